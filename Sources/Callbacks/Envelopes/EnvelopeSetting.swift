import PlumblineKit

/// The settings that DingTalk and WeCom share.
enum EnvelopeSetting {
    static let token = Setting<Secret>.secret(
        "token", LocalizedText(zh: "回调设置页里的 Token", en: "The token of the callback's settings"))
    static let previousToken = Setting<Secret?>.secret(
        "previous_token",
        LocalizedText(zh: "更换期间仍然接受的旧 Token", en: "The token of before, still taken while it is exchanged"))
    static let aesKey = Setting<Secret>.secret(
        "encoding_aes_key",
        LocalizedText(zh: "回调设置页里的 EncodingAESKey，43 个字符", en: "The EncodingAESKey, of 43 characters"))
    static let previousAESKey = Setting<Secret?>.secret(
        "previous_encoding_aes_key",
        LocalizedText(
            zh: "更换期间仍然接受的旧 EncodingAESKey", en: "The EncodingAESKey of before, still taken while it is exchanged"))

    static func fields(owner: SettingField) -> [SettingField] {
        [
            token.field, previousToken.field, aesKey.field, previousAESKey.field, owner, CommonSetting.tolerance.field,
        ]
    }

    /// The keys of now, and those of before where token or key is being exchanged.
    static func keys(_ settings: KeySettings, owner: String) throws(CallbackSettingError) -> [EnvelopeKeys] {
        let tokens = try settings.keys(token, previousToken, atLeast: KeyLength.token)
        var frames = [
            try EncryptedFrame(encodedKey: settings[aesKey].reveal(), owner: owner, field: aesKey.field.key)
        ]
        if let previous = settings[previousAESKey] {
            frames.append(
                try EncryptedFrame(encodedKey: previous.reveal(), owner: owner, field: previousAESKey.field.key))
        }
        return tokens.flatMap { token in frames.map { EnvelopeKeys(token: token, frame: $0) } }
    }
}
