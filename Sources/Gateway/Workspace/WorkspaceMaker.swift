internal import Foundation
public import OpenSSLCrypto

/// Makes workspaces and adds connections to them.
public struct WorkspaceMaker {
    private let folder: URL

    /// A maker for the folder at that path, which need not exist yet.
    public init(folder: String) { self.folder = URL(filePath: folder) }

    /// Whether the folder is a workspace already.
    public var exists: Bool { FileManager.default.fileExists(atPath: file(WorkspaceReader.configurationFile).path) }

    /// Makes the folders, a commented `plumbline.yaml`, the workspace's key, and an empty people file where there is none;
    /// gives what was written.
    public func make() throws(WorkspaceError) -> [String] {
        if exists { throw .alreadyThere(path: folder.path) }
        let folders = ["connectors", "indicators", "schemes", "data", "secrets"]
        for name in folders { try makeFolder(name) }
        _ = try key()
        var written = [WorkspaceReader.configurationFile]
        if !FileManager.default.fileExists(atPath: file(Workspace.peopleFile).path) {
            try write(PeopleFile.columns.joined(separator: ",") + "\n", to: Workspace.peopleFile)
            written.append(Workspace.peopleFile)
        }
        // Last: it is what makes the folder a workspace, so that an `init` that was cut short can be repeated.
        try write(Self.configuration, to: WorkspaceReader.configurationFile)
        return written + folders.map { $0 + "/" }
    }

    /// Copies a connector's template into the workspace; gives the file's name.
    public func add(_ connector: String, registry: ConnectorRegistry) throws(WorkspaceError) -> String {
        guard let text = ConnectorTemplates.text(of: connector) else {
            throw .unknownConnector(connector, known: ConnectorTemplates.connectors)
        }
        let name = "connectors/\(Self.fileName(of: connector)).yaml"
        if FileManager.default.fileExists(atPath: file(name).path) {
            throw .fileExists(path: file(name).path)
        }
        try makeFolder("connectors")
        try write(text, to: name)
        return name
    }

    /// The system's name; with its family in front where several families have the system.
    private static func fileName(of connector: String) -> String {
        let system = connector.split(separator: ".").last.map(String.init) ?? connector
        let namesakes = ConnectorTemplates.connectors.filter { $0.hasSuffix(".\(system)") }
        return namesakes.count > 1 ? connector.replacing(".", with: "-") : system
    }

    /// Copies the template of a kind of sink into the workspace; gives the file's name.
    public func add(sink kind: String) throws(WorkspaceError) -> String {
        guard let text = SinkTemplates.text(of: kind) else { throw .unknownSink(kind, known: SinkTemplates.kinds) }
        let name = "\(SinkReader.folder)/\(kind).yaml"
        if FileManager.default.fileExists(atPath: file(name).path) { throw .fileExists(path: file(name).path) }
        try makeFolder(SinkReader.folder)
        try write(text, to: name)
        return name
    }

    /// The workspace's own key, made where there is none: it seals rejects and signs the audit chain.
    ///
    /// Of two that make it at once, both have the one that was there first.
    public func key() throws(WorkspaceError) -> SymmetricKey {
        if let key = try storedKey() { return key }
        try makeFolder("secrets")
        try protect("secrets", 0o700)
        let key: SymmetricKey
        do throws(CryptoError) { key = try SymmetricKey.random() } catch { throw Self.unusable("\(error)") }
        let draft = "\(Self.keyFile)-\(UUID().uuidString)"
        try write(key.revealHex() + "\n", to: draft)
        defer { try? FileManager.default.removeItem(at: file(draft)) }
        try protect(draft, 0o600)
        // The name is given to a whole file, and only once.
        if link(file(draft).path, file(Self.keyFile).path) == 0 { return key }
        let reason = String(cString: strerror(errno))
        guard let first = try storedKey() else { throw Self.unusable("it cannot be written: \(reason)") }
        return first
    }

    /// The key that is there. One that cannot be read must not be replaced: the database belongs to it.
    private func storedKey() throws(WorkspaceError) -> SymmetricKey? {
        guard FileManager.default.fileExists(atPath: file(Self.keyFile).path) else { return nil }
        return try Self.key(in: file(Self.keyFile).path)
    }

    /// The key of a workspace as its key file, or a copy of that, holds it.
    public static func key(in path: String) throws(WorkspaceError) -> SymmetricKey {
        guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
            throw unusable("\(path) is no readable file; name a copy of the workspace's key")
        }
        do throws(CryptoError) {
            return try SymmetricKey(hex: text.trimmingCharacters(in: .whitespacesAndNewlines))
        } catch {
            throw Self.unusable("\(error)")
        }
    }

    private static func unusable(_ reason: String) -> WorkspaceError {
        .secret(name: "plumbline.key", reason: reason)
    }

    static let keyFile = "secrets/plumbline.key"

    private func file(_ name: String) -> URL { folder.appending(path: name) }

    private func makeFolder(_ name: String) throws(WorkspaceError) {
        do {
            try FileManager.default.createDirectory(at: file(name), withIntermediateDirectories: true)
        } catch {
            throw .unreadable(path: file(name).path, reason: error.localizedDescription)
        }
    }

    private func write(_ text: String, to name: String) throws(WorkspaceError) {
        do {
            try Data(text.utf8).write(to: file(name), options: .atomic)
        } catch {
            throw .unreadable(path: file(name).path, reason: error.localizedDescription)
        }
    }

    private func protect(_ name: String, _ mode: Int) throws(WorkspaceError) {
        do {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file(name).path)
        } catch {
            throw .unreadable(path: file(name).path, reason: error.localizedDescription)
        }
    }

    private static let configuration = """
        # The company, in Chinese and English.
        company: {zh: 我的公司, en: My company}
        # Periods, days and business hours are in this zone.
        zone: Asia/Shanghai
        # Where it is: sinks in another country must be declared.
        country: CN
        # The language of tables and explanations: zh or en first.
        languages: [zh, en]
        # The working calendar: cn-2026, or a YAML file in this folder.
        calendar: cn-2026
        # Which periods get values.
        periods: [month, quarter, half_year, year]
        # Nothing before this period is calculated.
        first_period: 2026-01
        # For so many days rejected records are kept, and records of each type behind the end of the last period in which
        # they count ('plumbline retention'). Types that are not named are kept for good.
        retention:
          rejects: 30
          outbox: 30    # what was delivered to sinks
          # runs: 400         # what pulls did, as far as nothing rests on it
          # pushed_runs: 7    # and the many small runs of what systems send
          # deletions: 365    # how long a deletion is remembered of a record that is not stored
          # records: {attendance_day: 1095, survey_response: 730}

        # The quality gate compares every run with earlier runs of its stream. What is unusual is held: stored, but without
        # effect until a person releases or discards it ('plumbline gate'). A connection may have a 'gate' of its own; 'off'
        # lets a rule ask nothing. These are the defaults.
        # gate:
        #   compared_runs: 30      # with so many runs, of those since the last release
        #   min_records: 20        # fewer prove nothing
        #   volume_change: 50%     # so much more or less than the median may a run read that reads everything; so much may
        #                          # a stream grow at once, unless five times the most new records before are more
        #   deviations: 5          # or so many times the median absolute deviation
        #   surge: 10              # so many times faster than ever may changes come, where they are a tenth of the stream
        #   vanished_share: 10%    # such a share of a stream may vanish at once; of a small stream less than the half
        #   empty_share: 20%       # by so much may the share of records rise in which a field is empty
        #   rejected_share: 10%    # or that cannot be used
        #   unmatched_share: 10%   # or the share of accounts that belong to nobody
        #   count_share: 1%        # by so much may the source's count and ours part
        #   freshness_days: 3      # working days without anything new
        #   silence_hours: 8       # working hours without an event of a system that sends
        #   zero_rows: on          # a source that gave records must give some
        #   schema_drift: on       # fields of the source must stay, and stay of their kind
        #   future_hours: 24       # so far may times lie ahead
        #   earliest: 1980-01-01   # nothing is older

        """
}
