import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Zendesk: HMAC-SHA256 over time and body in base64. The secret looks like base64 and is used as the text it is.
    ///
    /// The invocation's id is not signed: it counts together with the body, and time and body together know a request that
    /// somebody repeats. Administrators write the bodies, so that equal ones do come, at other times. Whether the id stays
    /// the same over retries is not documented.
    /// - Source: developer.zendesk.com, "Verifying webhook authenticity", "Anatomy of a webhook request".
    static let zendesk = CallbackSchemeKind(
        id: "zendesk", title: LocalizedText(untranslated: "Zendesk"),
        rule: SignatureRule(
            place: SignaturePlace(header: "X-Zendesk-Webhook-Signature"), digest: .hmac(.sha256), encoding: .base64,
            signed: SignedTemplate([.timestamp, .body]),
            time: TimeRule(place: .header("X-Zendesk-Webhook-Signature-Timestamp"), form: .rfc3339),
            identity: .header("X-Zendesk-Webhook-Invocation-Id")))
}
