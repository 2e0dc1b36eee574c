import PlumblineKit

/// How the server lets us in.
enum SAPAccessKind: String, CaseIterable {
    /// A communication user with a password.
    case basic
    /// A token for an application (OAuth 2.0, client credentials).
    case clientCredentials = "client_credentials"
}

/// Our way in.
struct SAPAccess: Sendable {
    /// What an application shows for a token.
    struct Grant: Sendable {
        let url: String
        let id: String
        let secret: Secret
        let scope: String?
    }

    /// The header of a user; nil for an application.
    let basic: String?
    /// Nil for a user.
    let grant: Grant?
    /// What no message may hold.
    let secrets: [String]

    /// Refuses settings that lack a name, a secret or an address.
    init(settings: Settings) throws(ConnectorError) {
        switch SAPAccessKind(rawValue: settings[SAPSettings.access]) ?? .basic {
        case .basic:
            let name = try Self.required(settings[SAPSettings.username], SAPSettings.username.field)
            let password = try Self.required(settings[SAPSettings.password], SAPSettings.password.field)
            let header = Self.basic(name, password)
            (basic, grant) = (header, nil)
            secrets = [password.reveal(), String(header.dropFirst(6))]
        case .clientCredentials:
            let secret = try Self.required(settings[SAPSettings.clientSecret], SAPSettings.clientSecret.field)
            let id = try Self.required(settings[SAPSettings.clientID], SAPSettings.clientID.field)
            grant = Grant(
                url: try Self.tokenURL(settings), id: id, secret: secret, scope: settings[SAPSettings.scope])
            basic = nil
            secrets = [secret.reveal(), String(Self.basic(id, secret).dropFirst(6))]
        }
    }

    /// The header of a name with its password.
    static func basic(_ name: String, _ password: Secret) -> String {
        "Basic " + Base64.encode(Array("\(name):\(password.reveal())".utf8))
    }

    private static func tokenURL(_ settings: Settings) throws(ConnectorError) -> String {
        let text = try required(settings[SAPSettings.tokenURL], SAPSettings.tokenURL.field)
        do {
            return try HTTPURL(text).description
        } catch {
            throw .settings(field: SAPSettings.tokenURL.field.key, reason: error.reason)
        }
    }

    private static func required<Value>(_ value: Value?, _ field: SettingField) throws(ConnectorError) -> Value {
        guard let value else { throw .settings(field: field.key, reason: "this way of access needs it") }
        return value
    }
}

/// The token of an application, kept as long as it is good (RFC 6749, section 4.4).
actor SAPToken {
    private let grant: SAPAccess.Grant
    private let transport: any Transport
    private let now: @Sendable () -> Instant
    private var kept: (text: String, until: Instant)?

    init(grant: SAPAccess.Grant, transport: any Transport, now: @escaping @Sendable () -> Instant) {
        (self.grant, self.transport, self.now) = (grant, transport, now)
    }

    /// The token, and whether it was given just now.
    func current() async throws(ConnectorError) -> (text: String, isNew: Bool) {
        if let kept, now() < kept.until { return (kept.text, false) }
        let answer = try await ask()
        guard let text = answer["access_token"]?.string, !text.isEmpty else {
            throw .unexpected(reason: "the answer of token_url has no access_token")
        }
        let life = min(answer["expires_in"]?.int ?? Self.shortLife, 86_400)
        // A token that ends on its way would only cost another call; a tenth of a short life is enough.
        kept = (text, now().advanced(bySeconds: life - min(60, life / 10)))
        return (text, true)
    }

    /// Leaves a token that the server no longer takes.
    func forget() { kept = nil }

    /// Where the server does not say how long a token is good.
    private static let shortLife = 300

    private func ask() async throws(ConnectorError) -> JSON {
        let scope = grant.scope.map { [("scope", $0)] } ?? []
        let body = PercentEncoding.form([("grant_type", "client_credentials")] + scope)
        let response = try await transport.send(
            HTTPRequest(
                .post, grant.url,
                headers: [
                    "Authorization": SAPAccess.basic(grant.id, grant.secret), "Accept": "application/json",
                    "Content-Type": "application/x-www-form-urlencoded",
                ], body: Array(body.utf8), isIdempotent: true))
        guard response.isSuccess else {
            let header = SAPAccess.basic(grant.id, grant.secret).dropFirst(6)
            let words = Redaction(secrets: [grant.secret.reveal(), String(header)]).conceal(response.excerpt(200))
            throw .refused(status: response.status, hint: "token_url gives no token: \(words)")
        }
        return try response.json()
    }
}
