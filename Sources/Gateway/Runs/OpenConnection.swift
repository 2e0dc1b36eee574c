internal import Expressions
internal import Foundation
internal import Indicators
internal import OpenSSLCrypto
internal import PlumblineKit
internal import YAMLDocument

/// A connection whose secrets are resolved and whose connector can be asked.
struct OpenConnection {
    let connection: Connection
    let connector: any Connector
    private let transport: GuardedTransport?
    private let programs: SandboxedPrograms

    /// Opens a connection; nothing is sent yet. Close it with ``close()``.
    init(_ connection: Connection, host: WorkspaceHost) throws(HostError) {
        self.connection = connection
        let log: @Sendable (String) -> Void = { [log = host.log, name = connection.name] in log("\(name): \($0)") }
        programs = SandboxedPrograms(options: connection.sandbox, workspace: host.workspace.folder, log: log)
        do throws(ConnectorError) {
            let settings = try Settings(
                try connection.settings.resolved(by: host.secrets), against: connection.description.settings)
            transport = try Self.transport(of: connection, host: host)
            connector = try connection.connector.init(
                settings: settings,
                context: ConnectorContext(
                    transport: transport ?? NoTransport(), files: WorkspaceFiles(folder: host.workspace.dataFolder),
                    programs: programs, now: { [now = host.now] in Instant(microseconds: now().microseconds) },
                    zone: connection.zone.identifier, utcOffset: connection.zone.utcOffset, clocks: Zone.clocks,
                    hmacSHA256: { HMACSHA256.code(for: $0, key: $1) },
                    digest: { HashFunction($0).digest(of: $1) },
                    directory: StoredDirectory(host.store),
                    deviceLog: StoredDeviceLog(host.store, connection: connection.name), log: log))
        } catch {
            throw .connector(connection: connection.name, connection.failure(error))
        }
    }

    func close() async {
        await programs.close()
        await transport?.shutdown()
    }

    /// A connection that names no address gets no transport.
    private static func transport(
        of connection: Connection, host: WorkspaceHost
    ) throws(ConnectorError) -> GuardedTransport? {
        guard case .input(.text(let address))? = connection.settings["base_url"]?.content else { return nil }
        var options = connection.transport
        options.caFiles = options.caFiles.map { URL(filePath: host.workspace.folder).appending(path: $0).path }
        return try GuardedTransport(baseURL: address, options: options, environment: host.transportEnvironment)
    }
}

extension HashFunction {
    /// The function that a connector asks for.
    init(_ kind: DigestKind) {
        switch kind {
        case .sha1: self = .sha1
        case .sha256: self = .sha256
        }
    }
}

extension [String: ConnectionSetting] {
    /// The settings with their secrets.
    func resolved(by secrets: SecretStore) throws(ConnectorError) -> [String: SettingInput] {
        var input: [String: SettingInput] = [:]
        for (key, setting) in self {
            switch setting.content {
            case .input(let plain): input[key] = plain
            case .secret(let reference): input[key] = .secret(try secrets.resolve(reference, for: key))
            case .nested(let node):
                input[key] = .nested(
                    try NestedSetting(node) { reference throws(ConnectorError) in
                        try secrets.resolve(reference, for: key)
                    })
            }
        }
        return input
    }
}

extension SecretStore {
    /// The secret that the setting `key` names.
    fileprivate func resolve(_ reference: Reference, for key: String) throws(ConnectorError) -> Secret {
        do throws(WorkspaceError) {
            return try resolve(reference)
        } catch {
            throw .settings(field: key, reason: error.description)
        }
    }
}

extension NestedSetting {
    /// What stands in a file, `resolve` giving the secret for each reference.
    init<Failure: Error>(
        _ node: YAMLNode, resolve: (SecretStore.Reference) throws(Failure) -> Secret
    ) throws(Failure) {
        switch node.content {
        case .list(let elements):
            self = .list(try elements.map { element throws(Failure) in try NestedSetting(element, resolve: resolve) })
        case .map(let entries):
            var members: [String: NestedSetting] = [:]
            for entry in entries { members[entry.key] = try NestedSetting(entry.value, resolve: resolve) }
            self = .map(members)
        case .scalar(let scalar):
            guard let reference = SecretStore.Reference(scalar.text) else {
                self = .value(JSON(node))
                return
            }
            self = .secret(try resolve(reference))
        }
    }
}

extension OpenConnection {
    /// Whether the connector can list the identifiers of everything that its source has.
    var listsIdentifiers: Bool { connector is any IdentifierListing }

    /// Calls `body` with each page of the identifiers that the source lists; never where the connector cannot list.
    func listIdentifiers(
        of source: String, _ body: ([String]) async throws(PullStop) -> Void
    ) async throws(PullStop) {
        guard let listing = connector as? any IdentifierListing else { return }
        var cursor: Cursor?
        repeat {
            let page: IdentifierPage
            do throws(ConnectorError) {
                page = try await listing.identifiers(of: source, after: cursor)
            } catch {
                throw .connector(error)
            }
            try await body(page.identifiers)
            if page.hasMore, page.cursor == nil || page.cursor == cursor {
                throw .connector(.unexpected(reason: "the source listed the same identifiers again"))
            }
            cursor = page.hasMore ? page.cursor : nil
        } while cursor != nil
    }
}

/// The transport of connections that read no network.
struct NoTransport: Transport {
    func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
        throw .settings(field: "base_url", reason: "the connection names no address, so nothing can be asked")
    }
}

extension Connection {
    /// A connector's error with the place of the setting it concerns.
    func failure(_ error: ConnectorError) -> HostError.ConnectorFailure {
        switch error {
        case .settings(let field, let reason):
            .init(message: "\(settings[field]?.place ?? place): setting '\(field)': \(reason)", isTemporary: false)
        case .refused: .init(message: "\(error)", isTemporary: false)
        case .unavailable(_, let retryAfter):
            .init(message: "\(error)", isTemporary: true, retryAfter: retryAfter)
        case .cancelled: .init(message: "\(error)", isTemporary: true)
        case .unexpected: .init(message: "\(error)", isTemporary: false)
        }
    }
}

extension Zone {
    /// The clocks of a zone by its name, as connectors ask for them.
    static let clocks: @Sendable (String) -> (@Sendable (Instant) -> Int)? = { name in
        Zone(identifier: name)?.utcOffset
    }

    /// The seconds by which clocks are ahead of UTC, as connectors ask for them.
    var utcOffset: @Sendable (Instant) -> Int {
        { [self] moment in
            let (seconds, rest) = moment.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
            return secondsAhead(at: Timestamp(seconds: rest < 0 ? seconds - 1 : seconds))
        }
    }
}
