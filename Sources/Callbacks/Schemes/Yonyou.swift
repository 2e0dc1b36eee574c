import PlumblineKit

extension CallbackSchemeKind {
    /// Yonyou's event pushes: DingTalk's envelope inside the body's JSON, the app's secret being token and key at once;
    /// answered by the encrypted word `success` within 5 s. Known by the text's `eventId`.
    /// - Source: yonyoucloud-open/corp-demo, README, `crypto/*.java`.
    static let yonyou = CallbackSchemeKind(
        id: "yonyou", title: LocalizedText(zh: "用友 YonBIP", en: "Yonyou YonBIP"),
        settings: [appKey.field, appSecret.field, previousAppSecret.field, CommonSetting.tolerance.field]
    ) { settings throws(CallbackSettingError) in
        var keys: [EnvelopeKeys] = []
        for secret in try settings.keys(appSecret, previousAppSecret, atLeast: KeyLength.secret) {
            let frame = try EncryptedFrame(
                encodedKey: encodedKey(of: secret), owner: settings[appKey], field: appSecret.field.key)
            keys.append(EnvelopeKeys(token: secret, frame: frame))
        }
        return YonyouScheme(
            opener: EnvelopeOpener(keys: keys, time: .milliseconds, window: settings.window))
    }

    /// The secret without hyphens, cut or filled with `0` to 43 characters.
    private static func encodedKey(of secret: CallbackKey) -> String {
        let letters = secret.bytes.filter { $0 != UInt8(ascii: "-") }.prefix(43)
        let filling = [UInt8](repeating: UInt8(ascii: "0"), count: 43 - letters.count)
        return String(decoding: letters + filling, as: UTF8.self)
    }

    private static let appKey = Setting<String>.text(
        "app_key", LocalizedText(zh: "用友应用的 AppKey", en: "The AppKey of the Yonyou app"))
    private static let appSecret = Setting<Secret>.secret(
        "app_secret", LocalizedText(zh: "用友应用的 AppSecret", en: "The AppSecret of the Yonyou app"))
    private static let previousAppSecret = Setting<Secret?>.secret(
        "previous_app_secret",
        LocalizedText(zh: "更换期间仍然接受的旧 AppSecret", en: "The AppSecret of before, still taken while it is exchanged"))
}

private struct YonyouScheme: CallbackScheme {
    let opener: EnvelopeOpener

    private static let places = EnvelopeOpener.Places(
        signature: .field("msgSignature"), timestamp: .field("timestamp"))

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        let opened = try opener.open(try envelope(of: request), Self.places, now: now)
        let answer = try answer(opened.keys, now: now)
        let event = try? JSON.parse(opened.message)
        if event?["type"]?.string == "CHECK_URL" { return .addressCheck(answer) }
        let key = event.flatMap { DedupeKey(at: ["eventId"], in: $0, isSigned: true) }
        return .verified(
            VerifiedCallback(
                body: opened.message, dedupeKey: key ?? opened.delivery, sentAt: opened.sentAt, answer: answer))
    }

    private func envelope(of request: CallbackRequest) throws(CallbackRefusal) -> SignedEnvelope {
        let document = try request.jsonBody()
        return SignedEnvelope(
            signature: try document.callbackField("msgSignature"),
            timestamp: try document.callbackField("timestamp"),
            nonce: try document.callbackField("nonce", limit: SignedEnvelope.nonceLimit),
            encrypted: try document.callbackField("encrypt", limit: request.body.count))
    }

    private func answer(_ keys: EnvelopeKeys, now: Instant) throws(CallbackRefusal) -> CallbackAnswer {
        let envelope = try keys.seal(Array("success".utf8), timestamp: TimeForm.milliseconds.write(now))
        return .json([
            "msgSignature": .string(envelope.signature), "timestamp": .number(envelope.timestamp),
            "nonce": .string(envelope.nonce), "encrypt": .string(envelope.encrypted),
        ])
    }
}
