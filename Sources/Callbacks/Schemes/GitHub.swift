import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// GitHub: HMAC-SHA256 over the body. The older `X-Hub-Signature` with SHA-1 is not taken.
    ///
    /// The delivery's id stays the same when GitHub delivers an event again, and is not signed: it counts together with the
    /// body. Payloads hold times and numbers of their own, so that two events are hardly ever equal.
    /// - Source: docs.github.com, "Validating webhook deliveries".
    static let gitHub = CallbackSchemeKind(
        id: "github", title: LocalizedText(untranslated: "GitHub"),
        rule: SignatureRule(
            place: SignaturePlace(header: "X-Hub-Signature-256", prefix: "sha256="), digest: .hmac(.sha256),
            encoding: .hex, signed: SignedTemplate([.body]), identity: .header("X-GitHub-Delivery")))
}
