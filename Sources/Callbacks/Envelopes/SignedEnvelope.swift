import OpenSSLCrypto
import PlumblineKit

/// The four texts around which DingTalk, WeCom and Yonyou build their requests and our answers.
struct SignedEnvelope: Sendable {
    let signature: String
    let timestamp: String
    let nonce: String
    let encrypted: String

    /// No longer than that: so nothing can be moved between the nonce and the encrypted text under one signature, since
    /// whole blocks have at least 64 characters of base64.
    static let nonceLimit = 63
}

/// The keys of one connection at one time.
struct EnvelopeKeys: Sendable {
    let token: CallbackKey
    let frame: EncryptedFrame

    /// SHA-1 in lower-case hex over the four texts, sorted by bytes and joined.
    func signature(timestamp: String, nonce: String, encrypted: String) -> String {
        let parts = [token.bytes, Array(timestamp.utf8), Array(nonce.utf8), Array(encrypted.utf8)]
        let sorted = parts.sorted { $0.lexicographicallyPrecedes($1) }
        return Hex.encode(HashFunction.sha1.digest(of: Array(sorted.joined())))
    }

    /// An envelope of ours.
    func seal(_ message: [UInt8], timestamp: String) throws(CallbackRefusal) -> SignedEnvelope {
        let encrypted = try frame.seal(message)
        let nonce: String
        do throws(CryptoError) {
            nonce = Hex.encode(try SecureRandom.bytes(8))
        } catch {
            throw .unavailable(reason: error.description)
        }
        return SignedEnvelope(
            signature: signature(timestamp: timestamp, nonce: nonce, encrypted: encrypted), timestamp: timestamp,
            nonce: nonce, encrypted: encrypted)
    }
}

/// Opens envelopes with the keys of now and of before.
struct EnvelopeOpener: Sendable {
    let keys: [EnvelopeKeys]
    let time: TimeForm
    let window: TimeWindow

    /// The parts of an envelope, named as the platform names them.
    struct Places: Sendable {
        let signature: CallbackPart
        let timestamp: CallbackPart
    }

    /// What stood in an envelope.
    struct Opened {
        let message: [UInt8]
        let sentAt: Instant
        /// The keys that opened it, and close the answer.
        let keys: EnvelopeKeys
        /// What no second request has: the time and the nonce, both signed.
        let delivery: DedupeKey
    }

    func open(
        _ envelope: SignedEnvelope, _ places: Places, now: Instant
    ) throws(CallbackRefusal) -> Opened {
        guard let sentAt = time.read(envelope.timestamp) else { throw .notATime(places.timestamp, wanted: time.form) }
        let matching = keys.filter { $0.signs(envelope) }
        guard !matching.isEmpty else { throw .signature(places.signature) }
        try window.check(sentAt, now: now)
        let (message, keys) = try Self.open(envelope.encrypted, matching, else: .signature(places.signature))
        return Opened(
            message: message, sentAt: sentAt, keys: keys,
            delivery: DedupeKey(text: "\(envelope.timestamp).\(envelope.nonce)", isSigned: true))
    }

    /// Keys may share a token and differ in their frame: the first that decrypts counts, or the last one's refusal.
    private static func open(
        _ encrypted: String, _ matching: [EnvelopeKeys], else none: CallbackRefusal
    ) throws(CallbackRefusal) -> ([UInt8], EnvelopeKeys) {
        var refusal = none
        for keys in matching {
            do throws(CallbackRefusal) {
                return (try keys.frame.open(encrypted), keys)
            } catch {
                refusal = error
            }
        }
        throw refusal
    }
}

extension EnvelopeKeys {
    fileprivate func signs(_ envelope: SignedEnvelope) -> Bool {
        let expected = signature(
            timestamp: envelope.timestamp, nonce: envelope.nonce, encrypted: envelope.encrypted)
        return ConstantTime.equals(Array(expected.utf8), Array(envelope.signature.utf8))
    }
}

extension CallbackRequest {
    /// The body as JSON.
    func jsonBody() throws(CallbackRefusal) -> JSON {
        guard let document = try? JSON.parse(body), document.object != nil else {
            throw .malformed(.body, wanted: .json)
        }
        return document
    }
}

extension JSON {
    /// The text or number under `key`.
    func callbackField(_ key: String, limit: Int = 512) throws(CallbackRefusal) -> String {
        guard let member = self[key] else { throw .missing(.field(key)) }
        guard let text = member.scalarText else { throw .malformed(.field(key), wanted: .text) }
        guard text.utf8.count <= limit else { throw .oversize(.field(key), limit: limit) }
        return text
    }
}
