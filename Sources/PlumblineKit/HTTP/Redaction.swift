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

    /// The same for the beginning of a text whose rest was dropped: also what may be the beginning of a secret at its end is
    /// replaced.
    public func conceal(beginning bytes: some Collection<UInt8>) -> String {
        let bytes = Array(bytes)
        var hidden = [Bool](repeating: false, count: bytes.count)
        for secret in secrets {
            for place in Self.places(of: Array(secret.utf8), in: bytes) {
                for index in place { hidden[index] = true }
            }
        }
        var shown: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if !hidden[index] {
                shown.append(byte)
            } else if index == 0 || !hidden[index - 1] {
                shown += Self.mark.utf8
            }
        }
        return Self.concealNamedValues(String(decoding: shown, as: UTF8.self))
    }

    /// Where a secret stands, and at the end where it may begin.
    private static func places(of secret: [UInt8], in bytes: [UInt8]) -> [Range<Int>] {
        bytes.indices.compactMap { start in
            guard bytes[start] == secret[0] else { return nil }
            let count = min(secret.count, bytes.count - start)
            let fits = bytes[start..<start + count].elementsEqual(secret[..<count])
            return fits ? start..<start + count : nil
        }
    }

    /// Whether a header or query item of this name holds a credential: `Authorization`, `access_token`, `X-Api-Key`,
    /// `appsecret`, `sign` and the like.
    public static func isSecretName(_ name: some StringProtocol) -> Bool {
        isTelling(name) || shortNames.contains(plain(name))
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

extension Redaction {
    /// One pass over the bytes, because the text may be a long one from a source that wishes us ill.
    private static func concealNamedValues(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var shown: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let name = bytes[place...].prefix(while: isNameByte)
            guard !name.isEmpty else {
                shown.append(bytes[place])
                place += 1
                continue
            }
            shown += name
            place = name.endIndex
            guard name.count <= 64, isTelling(String(decoding: name, as: UTF8.self)),
                let start = startOfValue(in: bytes, after: place)
            else { continue }
            let value = bytes[start...].prefix { !"\"'&;,<>)} \t\r\n".utf8.contains($0) }
            guard !value.isEmpty else { continue }
            shown += bytes[place..<start] + mark.utf8
            place = value.endIndex
        }
        return String(decoding: shown, as: UTF8.self)
    }

    /// Behind an equals sign or a colon, quotes, and a scheme such as `Bearer`; nil when `place` has no sign behind it.
    private static func startOfValue(in bytes: [UInt8], after place: Int) -> Int? {
        func skip(_ skipped: String, from start: Int) -> Int {
            bytes[start...].prefix { skipped.utf8.contains($0) }.endIndex
        }
        let sign = skip("\"' \t", from: place)
        guard sign < bytes.count, bytes[sign] == UInt8(ascii: "=") || bytes[sign] == UInt8(ascii: ":") else {
            return nil
        }
        let start = skip("\"' \t", from: sign + 1)
        let scheme = bytes[start...].prefix(while: isNameByte)
        let isScheme = ["bearer", "basic", "token", "digest"].contains(
            String(decoding: scheme, as: UTF8.self).lowercased())
        let behind = skip(" \t", from: scheme.endIndex)
        return isScheme && behind > scheme.endIndex ? behind : start
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
