import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// SurveyMonkey: HMAC-SHA1 over the body in base64, under client id and client secret joined by `&`. The address is
    /// asked for with an unsigned HEAD when a webhook is made, and 200 is wanted. Known by the body's `event_id`.
    ///
    /// The body holds ids only: the answer is read afterwards.
    /// - Source: api.surveymonkey.com/v3/docs, "Webhooks".
    static let surveyMonkey = CallbackSchemeKind(
        id: "surveymonkey", title: LocalizedText(untranslated: "SurveyMonkey"),
        settings: [clientID.field, clientSecret.field, previousClientSecret.field],
        answersHead: surveyMonkeyRule.answersHead, identify: surveyMonkeyRule.identify
    ) { settings throws(CallbackSettingError) in
        let secrets = try settings.keys(clientSecret, previousClientSecret, atLeast: KeyLength.secret)
        let start = Array("\(settings[clientID])&".utf8)
        return SignatureScheme(
            rule: surveyMonkeyRule, keys: secrets.map { CallbackKey(bytes: start + $0.bytes) }, window: .unused)
    }

    private static let surveyMonkeyRule = SignatureRule(
        place: SignaturePlace(header: "Sm-Signature"), digest: .hmac(.sha1), encoding: .base64,
        signed: SignedTemplate([.body]), identity: .field(["event_id"]), answersHead: true)

    private static let clientID = Setting<String>.text(
        "client_id", LocalizedText(zh: "SurveyMonkey 应用的 Client ID", en: "The client id of the SurveyMonkey app"))
    private static let clientSecret = Setting<Secret>.secret(
        "client_secret", LocalizedText(zh: "SurveyMonkey 应用的 Secret", en: "The secret of the SurveyMonkey app"))
    private static let previousClientSecret = Setting<Secret?>.secret(
        "previous_client_secret",
        LocalizedText(zh: "更换期间仍然接受的旧 Secret", en: "The secret of before, still taken while it is exchanged"))
}
