import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Standard Webhooks 1.0: `v1` is HMAC-SHA256, `v1a` is Ed25519, over id, time and body.
    /// - Source: github.com/standard-webhooks, spec/standard-webhooks.md.
    static let standardWebhooks = standard(
        id: "standard-webhooks", title: LocalizedText(untranslated: "Standard Webhooks"), headers: "webhook")

    /// Svix: Standard Webhooks under headers of its own.
    /// - Source: docs.svix.com, "Verifying webhooks manually".
    static let svix = standard(id: "svix", title: LocalizedText(untranslated: "Svix"), headers: "svix")

    private static func standard(id: String, title: LocalizedText, headers: String) -> CallbackSchemeKind {
        CallbackSchemeKind(id: id, title: title, settings: StandardSetting.fields) {
            settings throws(CallbackSettingError) in
            let symmetric = try StandardSetting.secrets(settings)
            let asymmetric = try StandardSetting.publicKeys(settings)
            guard !symmetric.isEmpty || !asymmetric.isEmpty else { throw StandardSetting.noKey }
            return StandardWebhooksScheme(
                header: "\(headers)-signature",
                schemes: [
                    SignatureScheme(
                        rule: rule(headers, "v1,", .hmac(.sha256)), keys: symmetric, window: settings.window),
                    SignatureScheme(rule: rule(headers, "v1a,", .ed25519), keys: asymmetric, window: settings.window),
                ].filter { !$0.keys.isEmpty })
        }
    }

    private static func rule(_ headers: String, _ version: String, _ digest: SignatureDigest) -> SignatureRule {
        SignatureRule(
            place: SignaturePlace(header: "\(headers)-signature", prefix: version, separator: " "), digest: digest,
            encoding: .base64, signed: SignedTemplate([.id, .text("."), .timestamp, .text("."), .body]),
            time: TimeRule(place: .header("\(headers)-timestamp"), form: .seconds), idHeader: "\(headers)-id",
            identity: .header("\(headers)-id"))
    }
}

/// One scheme for each version that the connection has keys for; one of them must prove the request.
private struct StandardWebhooksScheme: CallbackScheme {
    let header: String
    let schemes: [SignatureScheme]

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        var refusal = CallbackRefusal.noSignature(.header(header), form: "v1,<base64>")
        for scheme in schemes {
            do throws(CallbackRefusal) {
                return try scheme.verify(request, now: now)
            } catch {
                if refusal.isAbsence { refusal = error }
            }
        }
        throw refusal
    }
}

extension CallbackRefusal {
    /// Whether merely no signature of this version came.
    fileprivate var isAbsence: Bool { if case .noSignature = self { true } else { false } }
}

/// The settings of Standard Webhooks: a secret, a public key, or both.
private enum StandardSetting {
    static let secret = Setting<Secret?>.secret(
        "secret",
        LocalizedText(zh: "发送方给出的 whsec_ 密钥，24 到 64 字节", en: "The sender's whsec_ secret, of 24 to 64 bytes"))
    static let publicKey = Setting<String?>.text(
        "public_key",
        LocalizedText(zh: "发送方给出的 whpk_ 公钥，用于 v1a 签名", en: "The sender's whpk_ public key, for signatures of v1a"))
    static let previousPublicKey = Setting<String?>.text(
        "previous_public_key",
        LocalizedText(zh: "更换期间仍然接受的旧公钥", en: "The public key of before, still taken while it is exchanged"))

    static let fields = [
        secret.field, CommonSetting.previousSecret.field, publicKey.field, previousPublicKey.field,
        CommonSetting.tolerance.field,
    ]

    static let noKey = CallbackSettingError(
        field: secret.field.key,
        reason: LocalizedText(zh: "secret 和 public_key 至少要有一个", en: "a secret or a public_key is needed"))

    static func secrets(_ settings: KeySettings) throws(CallbackSettingError) -> [CallbackKey] {
        var keys: [CallbackKey] = []
        for setting in [secret, CommonSetting.previousSecret] {
            guard let key = try settings.key(setting, .base64(prefix: "whsec_"), atLeast: 24) else { continue }
            guard key.bytes.count <= 64 else { throw tooLong(setting.field.key) }
            keys.append(key)
        }
        return keys
    }

    static func publicKeys(_ settings: KeySettings) throws(CallbackSettingError) -> [CallbackKey] {
        var keys: [CallbackKey] = []
        for setting in [publicKey, previousPublicKey] {
            guard let text = settings[setting] else { continue }
            keys.append(try CallbackKey(publicKey: text, field: setting.field.key))
        }
        return keys
    }

    private static func tooLong(_ field: String) -> CallbackSettingError {
        CallbackSettingError(
            field: field, reason: LocalizedText(zh: "密钥超过 64 字节", en: "the key has more than 64 bytes"))
    }
}

extension CallbackKey {
    /// A public key of Ed25519 in base64, with or without `whpk_`.
    init(publicKey text: String, field: String) throws(CallbackSettingError) {
        guard let bytes = KeyForm.base64(prefix: "whpk_").bytes(of: text), bytes.count == Ed25519.keyByteCount else {
            throw CallbackSettingError(
                field: field,
                reason: LocalizedText(
                    zh: "不是 Ed25519 公钥：应是 32 字节的 base64，可以带 whpk_ 前缀",
                    en: "is no public key of Ed25519: 32 bytes in base64 are wanted, with or without whpk_"))
        }
        self.init(bytes: bytes)
    }
}
