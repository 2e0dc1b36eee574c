import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Slack: HMAC-SHA256 over version, time and body. Events are known by the body's `event_id`; the check of the
    /// address is signed as well.
    /// - Source: api.slack.com, "Verifying requests from Slack", "url_verification event".
    static let slack = CallbackSchemeKind(
        id: "slack", title: LocalizedText(untranslated: "Slack"),
        settings: [
            CommonSetting.secret.field, CommonSetting.previousSecret.field, CommonSetting.tolerance.field,
        ]
    ) { settings throws(CallbackSettingError) in
        SlackScheme(
            signature: SignatureScheme(
                rule: slackRule,
                keys: try settings.keys(
                    CommonSetting.secret, CommonSetting.previousSecret, atLeast: KeyLength.secret),
                window: settings.window))
    }

    private static let slackRule = SignatureRule(
        place: SignaturePlace(header: "X-Slack-Signature", prefix: "v0="), digest: .hmac(.sha256), encoding: .hex,
        signed: SignedTemplate([.text("v0:"), .timestamp, .text(":"), .body]),
        time: TimeRule(place: .header("X-Slack-Request-Timestamp"), form: .seconds), identity: .field(["event_id"]))
}

private struct SlackScheme: CallbackScheme {
    let signature: SignatureScheme

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        let callback = try signature.verified(request, now: now)
        if let challenge = challenge(in: callback.body) { return .addressCheck(.text(Array(challenge.utf8))) }
        return .verified(callback)
    }

    /// Commands are forms, and no JSON.
    private func challenge(in body: [UInt8]) -> String? {
        guard let document = try? JSON.parse(body), document["type"]?.string == "url_verification" else { return nil }
        return document["challenge"]?.string
    }
}
