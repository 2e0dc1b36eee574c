internal import OpenSSLCrypto
internal import PlumblineKit

/// Signs messages as Standard Webhooks says: `v1` with each secret, `v1a` with a private key.
struct WebhookSigner: Sendable {
    private let secrets: [[UInt8]]
    private let seed: [UInt8]?

    /// - Throws: `SinkFault` where a secret is none, with the setting that holds it.
    init(secrets: [Secret], privateKey: Secret?) throws(SinkFault) {
        var keys: [[UInt8]] = []
        for (name, secret) in zip(["secret", "previous_secret"], secrets) {
            keys.append(try Self.bytes(of: secret, prefix: "whsec_", length: 24...64, setting: name))
        }
        self.secrets = keys
        var seed: [UInt8]?
        if let privateKey {
            // Some write the public half behind it, as libsodium does.
            let bytes = try Self.bytes(of: privateKey, prefix: "whsk_", length: 32...64, setting: "private_key")
            guard bytes.count == 32 || bytes.count == 64 else {
                throw SinkFault("private_key must be 32 bytes of Ed25519 in base64, with or without whsk_")
            }
            seed = Array(bytes.prefix(Ed25519.keyByteCount))
        }
        self.seed = seed
    }

    /// The headers of a message that is sent now.
    func headers(key: String, unixTime: Int64, body: [UInt8]) throws(SinkFault) -> HTTPHeaders {
        let signed = Array("\(key).\(unixTime).".utf8) + body
        var signatures = secrets.map { secret in
            "v1," + Base64.encode(HMACSHA256.code(for: signed, key: secret))
        }
        if let seed {
            do throws(CryptoError) {
                signatures.append("v1a," + Base64.encode(try Ed25519.sign(signed, seed: seed)))
            } catch {
                throw SinkFault("cannot sign: \(error)")
            }
        }
        return [
            "Content-Type": "application/json", "webhook-id": key, "webhook-timestamp": "\(unixTime)",
            "webhook-signature": signatures.joined(separator: " "),
        ]
    }

    private static func bytes(
        of secret: Secret, prefix: String, length: ClosedRange<Int>, setting: String
    ) throws(SinkFault) -> [UInt8] {
        let text = secret.reveal()
        let encoded = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        guard let bytes = Base64.decode(encoded), length.contains(bytes.count) else {
            throw SinkFault(
                "\(setting) must be \(length.lowerBound) to \(length.upperBound) bytes in base64, with or without \(prefix)"
            )
        }
        return bytes
    }
}

/// Why nothing can be sent to a sink before a person has acted.
struct SinkFault: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
