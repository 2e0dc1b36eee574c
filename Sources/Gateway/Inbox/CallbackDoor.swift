internal import Callbacks
internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import ReviewStore

/// A connection whose system may send to us: its secrets are resolved, its requests can be decided.
struct CallbackDoor: Sendable {
    let connection: String
    let rules: CallbackRules
    let scheme: any CallbackScheme
    let connector: any CallbackReading
    let parts: CallbackParts
    let permissions: CallbackPermissions

    /// Opens the door of a connection; nil where its system sends nothing.
    ///
    /// - Throws: `HostError.connector` for secrets that are absent, empty or short.
    init?(_ connection: Connection, host: WorkspaceHost) throws(HostError) {
        guard let rules = connection.callback else { return nil }
        let open = try OpenConnection(connection, host: host)
        guard let connector = open.connector as? any CallbackReading else { return nil }
        self.connection = connection.name
        self.rules = rules
        self.connector = connector
        parts = connector.callbackParts
        permissions = CallbackPermissions(
            recordTypes: Set(connection.streams.map(\.mapping.type.name)), indicators: rules.permission.indicators,
            accounts: rules.permission.accounts)
        scheme = try Self.scheme(rules, of: connection, secrets: host.secrets)
    }

    private static func scheme(
        _ rules: CallbackRules, of connection: Connection, secrets: SecretStore
    ) throws(HostError) -> any CallbackScheme {
        do throws(ConnectorError) {
            let input = try rules.settings.resolved(by: secrets)
            return try scheme(rules.scheme, try Settings(input, against: rules.scheme.settings))
        } catch {
            guard case .settings(let field, let reason) = error else {
                throw .connector(connection: connection.name, connection.failure(error))
            }
            let place = rules.settings[field]?.place ?? rules.place
            throw .connector(
                connection: connection.name,
                .init(message: "\(place): callback, '\(field)': \(reason)", isTemporary: false))
        }
    }

    private static func scheme(
        _ kind: CallbackSchemeKind, _ settings: Settings
    ) throws(ConnectorError) -> any CallbackScheme {
        do throws(CallbackSettingError) {
            return try kind.scheme(settings)
        } catch {
            throw .settings(field: error.field, reason: error.reason.en)
        }
    }
}

extension CallbackDoor {
    /// The request as the connector reads it.
    func received(_ callback: VerifiedCallback, _ request: CallbackRequest, now: Timestamp) -> ReceivedCallback {
        var headers = HTTPHeaders()
        for name in parts.headers { request.headers[name].map { headers.add(name, $0) } }
        var parameters: [String: String] = [:]
        for name in parts.parameters { parameters[name] = request.parameter(named: name) }
        return ReceivedCallback(
            body: callback.body, headers: headers, parameters: parameters,
            received: Instant(microseconds: now.microseconds))
    }

    /// What the event is known by; nil where neither the connection nor the scheme says that.
    func key(of callback: VerifiedCallback) -> EventKey? {
        guard let dedupe = rules.dedupe else {
            return callback.dedupeKey.map { EventKey($0, callback, rules.equalBodies) }
        }
        guard let body = try? JSON.parse(callback.body), let value = try? dedupe.evaluate([Value(body)]) else {
            return nil
        }
        switch value {
        case .string(let text): return text.isEmpty ? nil : EventKey(text: text)
        case .int(let number): return EventKey(text: String(number))
        default: return nil
        }
    }
}

extension ReceivedCallback {
    /// The request as the inbox keeps it.
    var contents: InboxContents {
        InboxContents(
            body: body,
            parts: headers.fields.map { InboxPart(name: "header \($0.name)", value: $0.value) }
                + parameters.sorted { $0.key < $1.key }.map { InboxPart(name: "parameter \($0.key)", value: $0.value) })
    }

    /// The request that the inbox has kept.
    init(_ contents: InboxContents, received: Timestamp) {
        var headers = HTTPHeaders()
        var parameters: [String: String] = [:]
        for part in contents.parts {
            let words = part.name.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            if words[0] == "header" { headers.add(words[1], part.value) } else { parameters[words[1]] = part.value }
        }
        self.init(
            body: contents.body, headers: headers, parameters: parameters,
            received: Instant(microseconds: received.microseconds))
    }
}
