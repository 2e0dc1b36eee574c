import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Stripe: HMAC-SHA256 over time and body, several signatures in one header. The whole secret is the key, with its
    /// `whsec_`. Signatures of the kind `v0` are for tests and are not taken.
    /// - Source: docs.stripe.com, "Verify webhook signatures manually".
    static let stripe = CallbackSchemeKind(
        id: "stripe", title: LocalizedText(untranslated: "Stripe"),
        rule: SignatureRule(
            place: SignaturePlace(header: "Stripe-Signature", prefix: "v1=", separator: ","), digest: .hmac(.sha256),
            encoding: .hex, signed: SignedTemplate([.timestamp, .text("."), .body]),
            time: TimeRule(place: .element("t="), form: .seconds), identity: .field(["id"])))
}
