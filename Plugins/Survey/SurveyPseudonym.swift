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
