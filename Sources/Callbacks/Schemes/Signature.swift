import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Any system that signs with one header: five knobs say which header, digest, encoding, signed bytes and time.
    static let signature = CallbackSchemeKind(
        id: "signature", title: LocalizedText(zh: "通用签名", en: "Any signature in a header"),
        settings: GenericSetting.fields, identify: GenericSetting.identification
    ) { settings throws(CallbackSettingError) in
        let rule = try SignatureRule(settings)
        return SignatureScheme(
            rule: rule, keys: try GenericSetting.keys(settings, rule.digest), window: settings.window)
    }
}

private enum GenericSetting {
    static let header = Setting<String>.text(
        "header", LocalizedText(zh: "放签名的请求头，例如 X-Signature", en: "The header with the signature, such as X-Signature"))
    static let prefix = Setting<String?>.text(
        "prefix", LocalizedText(zh: "签名前的固定文字，例如 sha256=", en: "What stands before the signature, such as sha256="))
    static let separator = Setting<String>.choice(
        "separator", of: ["none", "comma", "space"], default: "none",
        LocalizedText(zh: "一个请求头里多个签名之间的分隔符", en: "What separates several signatures in the header"))
    static let digest = Setting<String>.choice(
        "digest", of: digests.keys.sorted(), default: "hmac-sha256",
        LocalizedText(
            zh: "签名算法；sha1、sha256 等是不带密钥的摘要，signed 里要有 {secret}；token 表示请求头就是密钥本身",
            en: "What signs; sha1, sha256 and the like are hashes without a key and want {secret} in signed; "
                + "token means that the header is the secret itself"))
    static let encoding = Setting<String>.choice(
        "encoding", of: SignatureEncoding.allCases.map(\.rawValue), default: "hex",
        LocalizedText(zh: "签名的写法（十六进制用小写）", en: "How the signature is written (hex in lower case)"))
    static let signed = Setting<String>.text(
        "signed", default: "{body}",
        LocalizedText(
            zh: "被签名的内容，可用 {body}、{timestamp}、{id}、{header:名称}、{secret}",
            en: "The signed bytes, made of {body}, {timestamp}, {id}, {header:NAME}, {secret}"))
    static let timestampHeader = Setting<String?>.text(
        "timestamp_header", LocalizedText(zh: "放发送时间的请求头", en: "The header with the sender's time"))
    static let timestampPrefix = Setting<String?>.text(
        "timestamp_prefix",
        LocalizedText(
            zh: "发送时间在签名请求头里时，它前面的文字，例如 t=",
            en: "What stands before the time where the signature's header holds it, such as t="))
    static let timestampForm = Setting<String>.choice(
        "timestamp_form", of: TimeForm.allCases.map(\.rawValue), default: "seconds",
        LocalizedText(zh: "发送时间的写法", en: "How the sender's time is written"))
    static let idHeader = Setting<String?>.text(
        "id_header",
        LocalizedText(zh: "放事件编号的请求头，重发时不变", en: "The header with the event's id, the same over retries"))
    static let idField = Setting<String?>.text(
        "id_field",
        LocalizedText(zh: "JSON 请求体里的事件编号，例如 event.id", en: "The event's id in a body of JSON, such as event.id"))
    static let secretForm = Setting<String>.choice(
        "secret_form", of: ["text", "base64", "hex"], default: "text",
        LocalizedText(zh: "密钥是文字本身，还是它的编码", en: "Whether the secret is its text, or what its text encodes"))

    static let fields = [
        CommonSetting.secret.field, CommonSetting.previousSecret.field, secretForm.field, header.field, prefix.field,
        separator.field, digest.field, encoding.field, signed.field, timestampHeader.field, timestampPrefix.field,
        timestampForm.field, CommonSetting.tolerance.field, idHeader.field, idField.field,
    ]

    static let digests: [String: SignatureDigest] = [
        "hmac-sha1": .hmac(.sha1), "hmac-sha256": .hmac(.sha256), "hmac-sha512": .hmac(.sha512),
        "hmac-sm3": .hmac(.sm3), "sha1": .hash(.sha1), "sha256": .hash(.sha256), "sha512": .hash(.sha512),
        "sm3": .hash(.sm3), "ed25519": .ed25519, "token": .token,
    ]
    static let separators: [String: Character] = ["comma": ",", "space": " "]
    static let secretForms: [String: KeyForm] = ["text": .text, "base64": .base64(prefix: "whsec_"), "hex": .hex]

    /// A header counts as signed where the template holds it, as `{id}` or by its name.
    static func identification(_ setting: (String) -> String?) -> EventIdentification {
        guard let header = setting(idHeader.field.key) else {
            guard setting(idField.field.key) != nil else { return .none }
            return setting(digest.field.key) == "token" ? .unproven : .signed
        }
        if setting(digest.field.key) == "token" { return .unproven }
        let template = setting(signed.field.key) ?? "{body}"
        return template.contains("{id}") || template.contains("{header:\(header)}") ? .signed : .unsigned
    }

    /// For Ed25519 the public key stands in the place of the secret.
    static func keys(_ settings: KeySettings, _ digest: SignatureDigest) throws(CallbackSettingError) -> [CallbackKey] {
        let form = secretForms[settings[secretForm]] ?? .text
        guard digest == .ed25519 else {
            return try settings.keys(
                CommonSetting.secret, CommonSetting.previousSecret, form, atLeast: KeyLength.secret)
        }
        var keys = [try CallbackKey(publicKey: settings[CommonSetting.secret].reveal(), field: "secret")]
        if let previous = settings[CommonSetting.previousSecret] {
            keys.append(try CallbackKey(publicKey: previous.reveal(), field: "previous_secret"))
        }
        return keys
    }
}

extension SignatureRule {
    /// The rule of the generic scheme's settings.
    fileprivate init(_ settings: KeySettings) throws(CallbackSettingError) {
        place = SignaturePlace(
            header: settings[GenericSetting.header], prefix: settings[GenericSetting.prefix] ?? "",
            separator: GenericSetting.separators[settings[GenericSetting.separator]])
        digest = GenericSetting.digests[settings[GenericSetting.digest]] ?? .hmac(.sha256)
        encoding = SignatureEncoding(rawValue: settings[GenericSetting.encoding]) ?? .hex
        signed = digest == .token ? SignedTemplate([]) : try Self.template(settings[GenericSetting.signed])
        idHeader = settings[GenericSetting.idHeader]
        identity =
            idHeader.map(EventIdentity.header)
            ?? settings[GenericSetting.idField].map { .field($0.split(separator: ".").map(String.init)) }
        time = Self.time(settings)
        try check()
    }

    private static func template(_ text: String) throws(CallbackSettingError) -> SignedTemplate {
        do throws(TemplateFault) {
            return try SignedTemplate(text)
        } catch {
            throw .signed(
                zh: "不认识 \(error.part)，可用 {body}、{timestamp}、{id}、{header:名称}、{secret}",
                en: "\(error.part) is unknown; known: {body}, {timestamp}, {id}, {header:NAME}, {secret}")
        }
    }

    private static func time(_ settings: KeySettings) -> TimeRule? {
        let form = TimeForm(rawValue: settings[GenericSetting.timestampForm]) ?? .seconds
        if let header = settings[GenericSetting.timestampHeader] {
            return TimeRule(place: .header(header), form: form)
        }
        return settings[GenericSetting.timestampPrefix].map { TimeRule(place: .element($0), form: form) }
    }

    /// What signs must cover the body and the time, and a hash alone must hold the secret.
    private func check() throws(CallbackSettingError) {
        if digest == .token { return }
        if !signed.contains(.body) { throw .signed(zh: "缺少 {body}，请求体没有签名", en: "lacks {body}: nothing guards it") }
        if signed.contains(.timestamp) != (time != nil) {
            throw .signed(
                zh: "{timestamp} 和 timestamp_header（或 timestamp_prefix）要一起出现，否则时间没有签名",
                en: "{timestamp} and timestamp_header (or timestamp_prefix) go together: else the time is not signed")
        }
        if signed.contains(.id), idHeader == nil {
            throw .signed(zh: "有 {id} 就要有 id_header", en: "{id} needs an id_header")
        }
        if signed.contains(.secret) != isPlainHash {
            throw .signed(
                zh: "不带密钥的摘要要有 {secret}，其他算法不能有", en: "a hash without a key needs {secret}, others may not have it")
        }
    }

    private var isPlainHash: Bool { if case .hash = digest { true } else { false } }
}

extension CallbackSettingError {
    fileprivate static func signed(zh: String, en: String) -> CallbackSettingError {
        CallbackSettingError(field: GenericSetting.signed.field.key, reason: LocalizedText(zh: zh, en: en))
    }
}
