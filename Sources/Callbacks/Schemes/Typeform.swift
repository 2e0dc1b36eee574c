import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Typeform: HMAC-SHA256 over the body in base64, without a time; known by the body's `event_id`.
    /// - Source: guides of receivers; the vendor's own page was not seen.
    static let typeform = CallbackSchemeKind(
        id: "typeform", title: LocalizedText(untranslated: "Typeform"),
        rule: SignatureRule(
            place: SignaturePlace(header: "Typeform-Signature", prefix: "sha256="), digest: .hmac(.sha256),
            encoding: .base64, signed: SignedTemplate([.body]), identity: .field(["event_id"])))
}
