import PlumblineKit

extension CallbackSchemeKind {
    /// DingTalk's HTTP callbacks: signed and encrypted, answered by the encrypted word `success` within 1.5 s.
    ///
    /// Events carry no id: the key is the request's own time and nonce, which finds exact repeats. Let the connection
    /// know an event by what its text holds.
    /// - Source: open-dingtalk/DingTalk-Callback-Crypto; dingtalk-sdk 1.3.8, `crypto`.
    static let dingTalk = CallbackSchemeKind(
        id: "dingtalk", title: LocalizedText(zh: "钉钉", en: "DingTalk"),
        settings: EnvelopeSetting.fields(owner: dingTalkOwner.field)
    ) { settings throws(CallbackSettingError) in
        DingTalkScheme(
            opener: EnvelopeOpener(
                keys: try EnvelopeSetting.keys(settings, owner: settings[dingTalkOwner]), time: .milliseconds,
                window: settings.window))
    }

    private static let dingTalkOwner = Setting<String>.text(
        "owner_key",
        LocalizedText(
            zh: "应用级订阅填 AppKey，接口注册的回调填 CorpId，第三方应用填 SuiteKey",
            en: "The AppKey of an app's subscription, the CorpId of a callback registered by API, or the SuiteKey"))
}

private struct DingTalkScheme: CallbackScheme {
    let opener: EnvelopeOpener

    private static let places = EnvelopeOpener.Places(
        signature: .parameter("msg_signature"), timestamp: .parameter("timestamp"))

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        let opened = try opener.open(try envelope(of: request), Self.places, now: now)
        let answer = try answer(opened.keys, now: now)
        if isAddressCheck(opened.message) { return .addressCheck(answer) }
        return .verified(
            VerifiedCallback(
                body: opened.message, dedupeKey: opened.delivery, sentAt: opened.sentAt, answer: answer))
    }

    /// Older deployments send `signature` and `timeStamp`.
    private func envelope(of request: CallbackRequest) throws(CallbackRefusal) -> SignedEnvelope {
        SignedEnvelope(
            signature: try request.parameter("msg_signature", "signature"),
            timestamp: try request.parameter("timestamp", "timeStamp"),
            nonce: try request.parameter("nonce", limit: SignedEnvelope.nonceLimit),
            encrypted: try request.jsonBody().callbackField("encrypt", limit: request.body.count))
    }

    private func isAddressCheck(_ message: [UInt8]) -> Bool {
        let document = try? JSON.parse(message)
        return document?["EventType"]?.string == "check_url"
    }

    private func answer(_ keys: EnvelopeKeys, now: Instant) throws(CallbackRefusal) -> CallbackAnswer {
        let envelope = try keys.seal(Array("success".utf8), timestamp: TimeForm.milliseconds.write(now))
        return .json([
            "msg_signature": .string(envelope.signature), "timeStamp": .string(envelope.timestamp),
            "nonce": .string(envelope.nonce), "encrypt": .string(envelope.encrypted),
        ])
    }
}

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
