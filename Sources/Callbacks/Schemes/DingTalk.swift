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
