/// Takes credentials out of a text before a person or a log sees it.
///
/// Two rules work together: the secrets a request carried are known literally, and a value that follows a telling name
/// (`token=...`, `"password": "..."`, `Authorization: Bearer ...`) is hidden whatever it is.
public struct Redaction: Sendable, Hashable {
    /// What stands in place of a secret.
    public static let mark = "***"

    private let secrets: [String]

    /// Hides these texts, as they are and percent-encoded. Texts of fewer than 4 bytes are ignored: hiding them would
    /// only garble the message.
    public init(secrets: some Sequence<String> = []) {
        let all = secrets.filter { $0.utf8.count >= 4 }.flatMap { [$0, PercentEncoding.encode($0)] }
        // The longest first, so that a secret which contains another leaves nothing behind.
        self.secrets = Set(all).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    /// `text` with every known secret, and every value that follows a telling name, replaced by ``mark``.
    public func conceal(_ text: String) -> String {
        var text = text
        for secret in secrets { text.replace(secret, with: Self.mark) }
        return Self.concealNamedValues(text)
    }

    /// Whether a header or query item of this name holds a credential: `Authorization`, `access_token`, `X-Api-Key`,
    /// `appsecret`, `sign` and the like.
    public static func isSecretName(_ name: some StringProtocol) -> Bool {
        isTelling(name) || shortNames.contains(plain(name))
    }

    private static func concealNamedValues(_ text: String) -> String {
        let named = /(?i)([a-z0-9_-]+)(["']?\s*[=:]\s*["']?(?:(?:bearer|basic|token|digest)\s+)?)([^\s"'&;,<>)}]+)/
        var result = ""
        var rest = text[...]
        while let match = rest.firstMatch(of: named) {
            // After a harmless name the search goes on at its end: the value may hold a telling one.
            let isTelling = isTelling(match.1)
            result += rest[..<(isTelling ? match.3.startIndex : match.1.endIndex)]
            if isTelling { result += mark }
            rest = rest[(isTelling ? match.3.endIndex : match.1.endIndex)...]
        }
        return result + rest
    }

    private static let shortNames: Set = ["auth", "key", "sid", "code"]
    private static let tellingNames: Set = ["pass", "pwd", "sig", "sign", "jwt"]
    private static let tellingParts = [
        "token", "secret", "password", "passwd", "apikey", "appkey", "accesskey", "authorization", "cookie",
        "credential", "signature", "session",
    ]

    private static func isTelling(_ name: some StringProtocol) -> Bool {
        let name = plain(name)
        return tellingNames.contains(name) || tellingParts.contains { name.contains($0) }
    }

    private static func plain(_ name: some StringProtocol) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" }
    }
}
