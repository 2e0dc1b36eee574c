import AttendanceConnectors
import ERPConnectors
import Expressions
import FileConnectors
import Foundation
import GRDB
import Indicators
import OAConnectors
import OpenSSLCrypto
import PlumblineKit
import ProcessConnectors
import ReviewStore
import SurveyConnectors
import Synchronization
import Testing
import TicketingConnectors
import WebhookConnectors
import YAMLDocument

@testable import Gateway

/// A company's folder in a temporary place, with a store, and a clock that stands still until it is set.
///
/// It has a record type `deed`, counted by `deed_count` and averaged by `deed_points`, and a connection `diary` that
/// reads them from a script. A test replaces what it is about.
final class TestWorkspace {
    let folder: URL
    let clock = TestClock("2026-10-15T00:00:00Z")
    /// How long the store waits for others; to be set before the first host.
    var patience = Duration.seconds(30)
    private var store: SQLiteReviewStore?
    let key: SymmetricKey

    static let registry: ConnectorRegistry = {
        do {
            return try ConnectorRegistry(
                AttendanceFamily.connectors, ERPFamily.connectors, FileFamily.connectors, OAFamily.connectors,
                ProcessFamily.connectors, SurveyFamily.connectors, TicketingFamily.connectors,
                WebhookFamily.connectors, [ScriptedConnector.self])
        } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// A workspace with these files beside, or in the place of, the usual ones.
    init(_ files: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "plumbline-\(UUID().uuidString)")
        key = try SymmetricKey.random()
        for (name, text) in Self.files.merging(files, uniquingKeysWith: { $1 }) { try write(name, text) }
    }

    deinit {
        try? store?.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The folder's path.
    var path: String { folder.path }

    func write(_ name: String, _ text: String) throws {
        let url = folder.appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    func remove(_ name: String) throws {
        try FileManager.default.removeItem(at: folder.appending(path: name))
    }

    /// Puts `new` in the place of `old`, which must be there, in a file.
    func edit(_ name: String, _ old: String, _ new: String) throws {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        try #require(text.contains(old), "\(name) does not hold \(old)")
        try write(name, text.replacing(old, with: new))
    }

    /// What the source has from now on: pages of the stream `deeds`, and what else a script may hold.
    func script(_ deeds: [JSON], _ more: JSONObject = JSONObject()) throws {
        var script = more
        script["deeds"] = .array(deeds)
        try write("data/script.json", JSON.object(script).text)
    }

    /// What is wrong with the files: one line each.
    func problems() throws -> [String] {
        do throws(WorkspaceError) {
            _ = try Workspace.read(folder.path, registry: Self.registry)
            return []
        } catch {
            guard case .invalid(let problems) = error else { throw error }
            return problems.problems.map(\.description)
        }
    }

    /// The workspace at work, its files read anew.
    func host() async throws -> WorkspaceHost {
        let workspace = try Workspace.read(folder.path, registry: Self.registry)
        var configuration = StoreConfiguration(
            zone: workspace.calendar.zone, keys: StoreKeys(secret: key), now: clock.now)
        configuration.patience = patience
        let store =
            try self.store ?? SQLiteReviewStore(path: workspace.databasePath, configuration: configuration)
        self.store = store
        var host = WorkspaceHost(
            workspace: workspace, store: store, secrets: SecretStore(workspace: folder.path, environment: [:]),
            now: clock.now, actor: "tester")
        host.transportEnvironment = .withoutWaiting
        try await host.prepare()
        return host
    }

    /// A host of its own over the same database, as another process has it.
    func otherProcess() async throws -> WorkspaceHost {
        let workspace = try Workspace.read(folder.path, registry: Self.registry)
        let configuration = StoreConfiguration(
            zone: workspace.calendar.zone, keys: StoreKeys(secret: key), now: clock.now)
        let host = WorkspaceHost(
            workspace: workspace,
            store: try SQLiteReviewStore(path: workspace.databasePath, configuration: configuration),
            secrets: SecretStore(workspace: folder.path, environment: [:]), now: clock.now, actor: "other")
        try await host.prepare()
        return host
    }

    /// Lets the next host open the database anew, as another process would.
    func reopen() throws {
        try store?.close()
        store = nil
    }

    /// Runs SQL behind the program's back.
    func tamper(_ sql: String) throws {
        let database = try DatabaseQueue(path: folder.appending(path: "plumbline.sqlite").path)
        try database.write { try $0.execute(sql: sql) }
    }

    /// Lets the company read English.
    func speakEnglish() throws { try edit("plumbline.yaml", "zone:", "languages: [en]\nzone:") }

    /// Everything that the database's files hold.
    func databaseBytes() -> Data {
        ["", "-wal"].reduce(into: Data()) { bytes, suffix in
            let path = folder.appending(path: "plumbline.sqlite\(suffix)").path
            bytes += FileManager.default.contents(atPath: path) ?? Data()
        }
    }
}

// MARK: - What it holds

extension TestWorkspace {
    static let files = [
        "plumbline.yaml": """
        company: {zh: 公司, en: Company}
        zone: Asia/Shanghai
        periods: [month, quarter]
        first_period: 2026-07
        """,
        "indicators/deeds.yaml": """
        record_types:
          deed:
            fields:
              id: string
              owner_id: employee_ref?
              at: datetime?
              begun: datetime?
              points: decimal?
              kind: string?
              owner_intervals: list<owner_interval>
        indicators:
          - id: deed_count
            name: {zh: 数, en: Deeds}
            record: deed
            subject: record.owner_id
            anchor: record.at
            aggregate: count
            scale_digits: 0
          - id: deed_points
            record: deed
            subject: record.owner_id
            anchor: record.at
            value: record.points
            aggregate: mean
        """,
        "connectors/diary.yaml": """
        connection: diary
        connector: file.scripted
        settings:
          script: script.json
        streams:
          deeds:
            record: deed
            deletes: reported
            map:
              id: source.id
              owner_id: account(source.who)
              at: source.at
              begun: source.begun
              points: source.points
              kind: source.kind
              owner_intervals: source.owners
        """,
        "data/script.json": "{}",
    ]

    /// A record as the script's source gives it.
    static func deed(
        _ id: String, who: String? = "E01", at: String? = "2026-07-10T02:00:00Z", points: String? = "1",
        version: Int? = nil, begun: String? = nil, kind: String? = nil, owners: [JSON] = []
    ) -> JSON {
        [
            "id": .string(id), "version": version.map { .int($0) } ?? .null, "who": .text(who), "at": .text(at),
            "begun": .text(begun), "points": .text(points), "kind": .text(kind), "owners": .array(owners),
        ]
    }

    /// A page of records.
    static func page(_ records: JSON...) -> JSON { ["records": .array(records)] }

    /// Two employees of two teams of one unit.
    static let people = [
        DirectoryEntry(employee: "E01", nameZh: "张伟", emails: ["zhang@example.com"], unit: "Plumb/Support"),
        DirectoryEntry(employee: "E02", nameZh: "李娜", emails: ["li@example.com"], unit: "Plumb/Sales"),
    ]
}

/// A clock that a test sets.
final class TestClock: Sendable {
    private let moment: Mutex<Timestamp>

    init(_ text: String) { moment = Mutex(Self.timestamp(text)) }

    func set(_ text: String) { moment.withLock { $0 = Self.timestamp(text) } }

    var now: @Sendable () -> Timestamp { { self.moment.withLock { $0 } } }

    private static func timestamp(_ text: String) -> Timestamp {
        guard let moment = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is no time") }
        return moment
    }
}

extension TransportEnvironment {
    /// A world in which waiting takes no time.
    static var withoutWaiting: TransportEnvironment {
        let clock = JumpingClock()
        var environment = TransportEnvironment.system
        environment.uptime = { clock.now }
        environment.sleep = { time in
            try Task.checkCancellation()
            clock.jump(time)
        }
        return environment
    }
}

private final class JumpingClock: Sendable {
    private let time = Mutex(Duration.zero)
    var now: Duration { time.withLock { $0 } }
    func jump(_ duration: Duration) { time.withLock { $0 += duration } }
}

extension WorkspaceHost {
    /// The published value as people see it: `3`, `no_data`, or nil where there never was one.
    func shown(_ indicator: String, _ subject: String, _ period: String = "2026-07") async throws -> String? {
        let value = try await published(indicator, subject, period)
        return value.map { $0.content.decimal ?? $0.content.status.rawValue }
    }

    /// The published value of an employee, or of a unit where the subject has a slash or is the root.
    func published(_ indicator: String, _ subject: String, _ period: String = "2026-07") async throws -> PublishedValue?
    {
        let kind: SubjectKind = subject.hasPrefix("Plumb") ? .orgUnit : .employee
        return try await store.value(
            ValueKey(indicator: indicator, subject: Subject(kind: kind, id: subject), period: period))
    }

    /// All stored records of a type, whatever their state: `id state`.
    func evidenceStates(_ type: String = "deed") async throws -> [String] {
        try await store.evidence(of: type, after: nil, limit: 1000, states: Set(EvidenceState.allCases)).map {
            "\($0.key.externalID) \($0.state.rawValue)"
        }
    }

    /// What a failure must leave alone: cursors, evidence with its hashes, and values with their revisions.
    func state() async throws -> [String] {
        var lines: [String] = []
        for connection in workspace.connections {
            for stream in connection.streams {
                let cursor = try await store.cursor(connection: connection.name, stream: stream.name)
                lines.append("\(connection.name)/\(stream.name) \(cursor ?? "at the start")")
            }
        }
        for type in workspace.recordTypes.keys.sorted() {
            let all = try await store.evidence(of: type, after: nil, limit: 1000, states: Set(EvidenceState.allCases))
            lines += all.map { "\(type) \($0.key.externalID) \($0.contentHash.hex) \($0.mappingVersion) \($0.state)" }
        }
        return lines + (try await store.values(ValueFilter()).map { "\($0.key) \($0.revision) \($0.content)" })
    }

    /// The open rejects.
    func openRejects() async throws -> [DeadLetter] {
        try await store.deadLetters(DeadLetterFilter(), after: nil, limit: 100)
    }
}

extension Period {
    /// July 2026.
    static let july = Period(kind: .month, containing: Day(sinceEpoch: 20_635))
}
