import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Feishu's event callbacks. With an encrypt key they are signed and encrypted; without one only the verification
    /// token in the body shows whose they are, and the connection should get a key.
    ///
    /// Events are known by `header.event_id`, older ones by `uuid`. The check of the address comes unsigned; what it
    /// gets back is its own challenge.
    /// - Source: open.feishu.cn, "Configure Encrypt Key"; lark-oapi 1.7.5, `event/dispatcher_handler.py`.
    static let feishu = CallbackSchemeKind(
        id: "feishu", title: LocalizedText(zh: "飞书", en: "Feishu / Lark"), settings: FeishuSetting.fields,
        identify: FeishuSetting.identification
    ) { settings throws(CallbackSettingError) in
        FeishuScheme(
            tokens: try settings.keys(
                FeishuSetting.token, FeishuSetting.previousToken, atLeast: KeyLength.secret),
            keys: try FeishuSetting.keys(settings), window: settings.window)
    }
}

private enum FeishuSetting {
    static let token = Setting<Secret>.secret(
        "verification_token",
        LocalizedText(zh: "事件与回调设置页里的 Verification Token", en: "The verification token of the event settings"))
    static let previousToken = Setting<Secret?>.secret(
        "previous_verification_token",
        LocalizedText(
            zh: "更换期间仍然接受的旧 Verification Token", en: "The token of before, still taken while it is exchanged"))
    static let encryptKey = Setting<Secret?>.secret(
        "encrypt_key",
        LocalizedText(
            zh: "事件与回调设置页里的 Encrypt Key；建议设置，否则只有令牌能证明来源",
            en: "The encrypt key of the event settings; set one: without it a token is all that proves the sender"))
    static let previousEncryptKey = Setting<Secret?>.secret(
        "previous_encrypt_key",
        LocalizedText(zh: "更换期间仍然接受的旧 Encrypt Key", en: "The encrypt key of before, still taken while it is exchanged"))

    static let fields = [
        token.field, previousToken.field, encryptKey.field, previousEncryptKey.field, CommonSetting.tolerance.field,
    ]

    /// Without an encrypt key nothing is signed.
    static func identification(_ setting: (String) -> String?) -> EventIdentification {
        setting(encryptKey.field.key) == nil ? .unproven : .signed
    }

    static func keys(_ settings: KeySettings) throws(CallbackSettingError) -> [CallbackKey] {
        var keys: [CallbackKey] = []
        for setting in [encryptKey, previousEncryptKey] {
            if let key = try settings.key(setting, atLeast: KeyLength.secret) { keys.append(key) }
        }
        return keys
    }
}

/// How Feishu encrypts: AES-256-CBC under the SHA-256 of the encrypt key, behind its vector.
struct FeishuCipher: Sendable {
    private let key: CallbackKey

    init(_ encryptKey: CallbackKey) {
        key = CallbackKey(bytes: SHA256.digest(of: encryptKey.bytes))
    }

    func open(_ text: String) throws(CallbackRefusal) -> [UInt8] {
        try CipherText(text).openedBehindVector(key: key)
    }
}

private struct FeishuScheme: CallbackScheme {
    let tokens: [CallbackKey]
    /// Empty where the connection has no encrypt key.
    let keys: [CallbackKey]
    let window: TimeWindow

    /// A plain hash: time, nonce, key and the body as it came.
    private static let rule = SignatureRule(
        place: SignaturePlace(header: "X-Lark-Signature"), digest: .hash(.sha256), encoding: .hex,
        signed: SignedTemplate([.timestamp, .header("X-Lark-Request-Nonce"), .secret, .body]),
        time: TimeRule(place: .header("X-Lark-Request-Timestamp"), form: .seconds))

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        let document = try request.jsonBody()
        if keys.isEmpty { return try outcome(of: request.body, document, sentAt: nil) }
        guard document["encrypt"] != nil else { throw .notEncrypted }
        let encrypted = try document.callbackField("encrypt", limit: request.body.count)
        do throws(CallbackRefusal) {
            return try signed(request, encrypted, now: now)
        } catch {
            if case .missing(.header) = error, let check = addressCheck(encrypted) { return try check.get() }
            throw error
        }
    }

    private func signed(
        _ request: CallbackRequest, _ encrypted: String, now: Instant
    ) throws(CallbackRefusal) -> CallbackOutcome {
        let signature = SignatureScheme(rule: Self.rule, keys: keys, window: window)
        let proven = try signature.verified(request, now: now)
        let message = try open(encrypted)
        return try outcome(of: message, try Self.parse(message), sentAt: proven.sentAt)
    }

    /// The check of the address among unsigned requests; nil for all others, whatever is wrong with them, so that
    /// nobody learns from the refusal how far the decryption came.
    private func addressCheck(_ encrypted: String) -> Result<CallbackOutcome, CallbackRefusal>? {
        guard let message = try? open(encrypted), let document = try? JSON.parse(message), Self.isCheck(document) else {
            return nil
        }
        do throws(CallbackRefusal) {
            return .success(try outcome(of: message, document, sentAt: nil))
        } catch {
            return .failure(error)
        }
    }

    /// The first key that decrypts counts, or the last one's refusal.
    private func open(_ encrypted: String) throws(CallbackRefusal) -> [UInt8] {
        var refusal = CallbackRefusal.notEncrypted
        for key in keys {
            do throws(CallbackRefusal) {
                return try FeishuCipher(key).open(encrypted)
            } catch {
                refusal = error
            }
        }
        throw refusal
    }

    private static func parse(_ message: [UInt8]) throws(CallbackRefusal) -> JSON {
        guard let document = try? JSON.parse(message), document.object != nil else {
            throw .malformed(.body, wanted: .json)
        }
        return document
    }

    private static func isCheck(_ document: JSON) -> Bool { document["type"]?.string == "url_verification" }

    private func outcome(
        of body: [UInt8], _ document: JSON, sentAt: Instant?
    ) throws(CallbackRefusal) -> CallbackOutcome {
        let (place, holder) = document["header"].map { ("header.token", $0) } ?? ("token", document)
        guard let token = holder["token"]?.string else { throw .missing(.field(place)) }
        guard tokens.contains(where: { $0.isEqual(to: token) }) else { throw .token(.field(place)) }
        if Self.isCheck(document) {
            return .addressCheck(.json(["challenge": .string(try document.callbackField("challenge"))]))
        }
        let isSigned = !keys.isEmpty
        let key =
            DedupeKey(at: ["header", "event_id"], in: document, isSigned: isSigned)
            ?? DedupeKey(at: ["uuid"], in: document, isSigned: isSigned)
        return .verified(
            VerifiedCallback(
                body: body, dedupeKey: key, sentAt: sentAt, isBodySigned: isSigned,
                answer: .json(["msg": "success"])))
    }
}
