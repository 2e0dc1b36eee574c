import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// wjx (问卷星), the push of answers as JSON: `sign` is SHA-1 over survey, sequence and push key, in lower-case hex.
    ///
    /// It leaves the answers unsigned: take the push as a notice, and read the answer again. Survey and sequence are
    /// joined without a mark, so that only both together know an answer.
    /// - Source: www.showdoc.com.cn/wjxopenapi/7664690808275512.
    static let wjx = CallbackSchemeKind(
        id: "wjx", title: LocalizedText(zh: "问卷星（答卷推送）", en: "wjx (push of answers)"),
        settings: [pushKey.field, previousPushKey.field]
    ) { settings throws(CallbackSettingError) in
        WjxScheme(keys: try settings.keys(pushKey, previousPushKey, atLeast: KeyLength.token))
    }

    private static let pushKey = Setting<Secret>.secret(
        "push_key", LocalizedText(zh: "问卷星客服提供的推送密钥", en: "The push key, from the support of wjx"))
    private static let previousPushKey = Setting<Secret?>.secret(
        "previous_push_key",
        LocalizedText(zh: "更换期间仍然接受的旧推送密钥", en: "The push key of before, still taken while it is exchanged"))
}

private struct WjxScheme: CallbackScheme {
    let keys: [CallbackKey]

    func verify(_ request: CallbackRequest, now: Instant) throws(CallbackRefusal) -> CallbackOutcome {
        let document = try request.jsonBody()
        let survey = try document.callbackField("activity")
        let sequence = try document.callbackField("index")
        let sign = try document.callbackField("sign")
        guard keys.contains(where: { signs(survey + sequence, sign, $0) }) else { throw .signature(.field("sign")) }
        return .verified(
            VerifiedCallback(
                body: request.body, dedupeKey: DedupeKey(text: "\(survey).\(sequence)", isSigned: true),
                isBodySigned: false))
    }

    private func signs(_ text: String, _ sign: String, _ key: CallbackKey) -> Bool {
        let digest = HashFunction.sha1.digest(of: Array(text.utf8) + key.bytes)
        return ConstantTime.equals(Array(Hex.encode(digest).utf8), Array(sign.utf8))
    }
}
