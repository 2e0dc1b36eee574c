import PlumblineKit

/// Who asks for a token: our application, which signs the question.
struct YonyouSigner: Sendable {
    let appKey: String
    let appSecret: Secret
    /// HMAC with SHA-256 of a message under a key; nil where nothing is asked of the source, as in lint.
    let hash: (@Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8])?

    /// The parameters of the question at a moment, its signature among them.
    ///
    /// The signed text is names and values in the order of the names, joined by nothing.
    func parameters(at now: Instant) throws(ConnectorError) -> [(String, String)] {
        guard let hash else {
            throw .unexpected(reason: "the host offers no HMAC, without which a token cannot be asked for")
        }
        let named = [("appKey", appKey), ("timestamp", String(now.microseconds / 1000))]
        let text = named.map { $0.0 + $0.1 }.joined()
        let code = hash(Array(text.utf8), Array(appSecret.reveal().utf8))
        return named + [("signature", Base64.encode(code))]
    }
}
