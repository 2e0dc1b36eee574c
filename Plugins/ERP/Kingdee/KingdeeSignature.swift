import PlumblineKit

/// Who signs requests: an application, for a user in a data centre.
struct KingdeeSigner: Sendable {
    let dataCentre: String
    let username: String
    let appID: Secret
    let appSecret: Secret
    let language: Int
    let organization: String
    /// HMAC with SHA-256 of a message under a key.
    let hash: @Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8]

    /// The headers of a request to a path, which is percent-encoded, at so many seconds since 1970.
    func headers(path: String, seconds: Int64) -> HTTPHeaders {
        let time = String(seconds)
        let encoded = PercentEncoding.encode(PercentEncoding.decode(path) ?? path)
        let signed = "POST\n\(encoded)\n\nx-api-nonce:\(time)\nx-api-timestamp:\(time)\n"
        let data = "\(dataCentre),\(username),\(language),\(organization)"
        return [
            "X-Api-ClientID": Self.clientID(in: appID),
            "X-Api-Auth-Version": "2.0",
            "x-api-timestamp": time,
            "x-api-nonce": time,
            "x-api-signheaders": "x-api-timestamp,x-api-nonce",
            "X-Api-Signature": code(of: signed, under: Self.clientSecret(in: appID)),
            "X-Kd-Appkey": appID.reveal(),
            "X-Kd-Appdata": Base64.encode(Array(data.utf8)),
            "X-Kd-Signature": code(of: appID.reveal() + data, under: appSecret.reveal()),
        ]
    }

    /// The part of the application's id before the first `_`.
    static func clientID(in appID: Secret) -> String { String(appID.reveal().prefix { $0 != "_" }) }

    /// What the part behind it hides, where it has 32 characters; else empty.
    static func clientSecret(in appID: Secret) -> String {
        let hidden = hidden(in: appID)
        guard hidden.utf8.count == mask.utf8.count, let bytes = Base64.decode(hidden) else { return "" }
        return Base64.encode(zip(bytes, mask.utf8).map { $0 ^ $1 })
    }

    /// The part behind the first `_`.
    static func hidden(in appID: Secret) -> Substring { appID.reveal().drop { $0 != "_" }.dropFirst() }

    private static let mask = "0054f397c6234378b09ca7d3e5debce7"

    /// Base64 of the code's hexadecimal digits, not of its bytes.
    private func code(of message: String, under key: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hex = hash(Array(message.utf8), Array(key.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return Base64.encode(hex)
    }
}
