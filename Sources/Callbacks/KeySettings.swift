import PlumblineKit

/// Settings with the one rule for keys: never empty, never short, never with white space around them.
struct KeySettings: Sendable {
    let settings: Settings
    private let allowsShortKeys: Bool

    init(_ settings: Settings, allowsShortKeys: Bool = false) {
        self.settings = settings
        self.allowsShortKeys = allowsShortKeys
    }

    subscript<Value>(setting: Setting<Value>) -> Value { settings[setting] }

    /// The key under `setting`, of at least so many bytes.
    func key(
        _ setting: Setting<Secret>, _ form: KeyForm = .text, atLeast minimum: Int
    ) throws(CallbackSettingError) -> CallbackKey {
        try key(settings[setting].reveal(), form, atLeast: minimum, in: setting.field.key)
    }

    /// The key under `setting`, or nil where the connection gives none.
    func key(
        _ setting: Setting<Secret?>, _ form: KeyForm = .text, atLeast minimum: Int
    ) throws(CallbackSettingError) -> CallbackKey? {
        guard let secret = settings[setting] else { return nil }
        return try key(secret.reveal(), form, atLeast: minimum, in: setting.field.key)
    }

    /// The key of now, and the one before while senders change over.
    func keys(
        _ setting: Setting<Secret>, _ previous: Setting<Secret?>, _ form: KeyForm = .text, atLeast minimum: Int
    ) throws(CallbackSettingError) -> [CallbackKey] {
        let first = try key(setting, form, atLeast: minimum)
        guard let second = try key(previous, form, atLeast: minimum) else { return [first] }
        return [first, second]
    }

    private func key(
        _ text: String, _ form: KeyForm, atLeast minimum: Int, in field: String
    ) throws(CallbackSettingError) -> CallbackKey {
        guard text == text.trimmingHTTPSpace() else {
            throw CallbackSettingError(
                field: field, reason: LocalizedText(zh: "密钥前后有空白", en: "the key has white space around it"))
        }
        guard let bytes = form.bytes(of: text) else {
            throw CallbackSettingError(
                field: field, reason: LocalizedText(zh: "密钥不是\(form.name.zh)", en: "the key is not \(form.name.en)"))
        }
        guard bytes.count >= (allowsShortKeys ? 1 : minimum) else {
            throw .short(field, bytes: bytes.count, minimum: minimum)
        }
        return CallbackKey(bytes: bytes)
    }
}

extension CallbackSettingError {
    fileprivate static func short(_ field: String, bytes: Int, minimum: Int) -> CallbackSettingError {
        guard bytes > 0 else {
            return CallbackSettingError(field: field, reason: LocalizedText(zh: "密钥是空的", en: "the key is empty"))
        }
        return CallbackSettingError(
            field: field,
            reason: LocalizedText(
                zh: "密钥有 \(bytes) 字节，至少要 \(minimum) 字节：请在对方系统里换一个更长的，例如 openssl rand -hex 32 的输出",
                en: "the key has \(bytes) bytes, at least \(minimum) are needed: set a longer one in the other system, "
                    + "such as openssl rand -hex 32 gives"))
    }
}

/// How short a key may be, in bytes.
enum KeyLength {
    /// For what alone guards an address, and is chosen by people or made by the platform.
    static let secret = 16
    /// For a token beside a key of 32 bytes, and for keys that a platform hands out and nobody can change.
    static let token = 8
}

/// Settings that several schemes have.
enum CommonSetting {
    static let secret = Setting<Secret>.secret(
        "secret", LocalizedText(zh: "与对方系统约定的签名密钥", en: "The secret that the other system signs with"))
    static let previousSecret = Setting<Secret?>.secret(
        "previous_secret",
        LocalizedText(zh: "更换密钥期间仍然接受的旧密钥", en: "The secret of before, still taken while it is exchanged"))
    static let tolerance = Setting<Duration>.duration(
        "tolerance", in: .seconds(1) ... .seconds(86_400), default: "5m",
        LocalizedText(
            zh: "发送时间与本机时间最多相差多少（早晚都算）", en: "How far the sender's time may lie from ours, before and behind"))
}
