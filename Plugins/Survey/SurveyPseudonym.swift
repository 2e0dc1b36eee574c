import PlumblineKit

/// What stands in the place of a response's or respondent's own identifier: nobody without the key can tell whose it is.
struct SurveyPseudonym: Sendable {
    private let hash: @Sendable ([UInt8], [UInt8]) -> [UInt8]
    private let key: Secret

    init(key: Secret, context: ConnectorContext) throws(ConnectorError) {
        guard let hash = context.hmacSHA256 else {
            throw .unexpected(reason: "the host offers no keyed hash, without which answers would not be anonymous")
        }
        (self.hash, self.key) = (hash, key)
    }

    /// 32 hexadecimal digits, the same for the same parts under the same key.
    func of(_ parts: String...) -> String {
        let message = parts.map { "\($0.utf8.count):\($0)" }.joined()
        return hash(Array(message.utf8), Array(key.reveal().utf8)).prefix(16).map(Self.digits).joined()
    }

    private static func digits(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}

extension JSON {
    /// The value without members of these names, wherever they stand: what is rejected is kept, and must not tell either.
    func without(_ names: Set<String>) -> JSON {
        switch self {
        case .object(let object):
            let members = object.members.filter { !names.contains($0.key) }
            return .object(JSONObject(members.map { ($0.key, $0.value.without(names)) }))
        case .array(let elements): return .array(elements.map { $0.without(names) })
        default: return self
        }
    }
}
