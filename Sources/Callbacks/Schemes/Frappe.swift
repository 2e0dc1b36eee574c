import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Frappe and ERPNext: HMAC-SHA256 over the body in base64. No time and no id: put `modified` into the body, and let
    /// the connection know an event by doctype, name and `modified`.
    /// - Source: frappe, integrations/doctype/webhook/webhook.py (versions 14 and 15).
    static let frappe = CallbackSchemeKind(
        id: "frappe", title: LocalizedText(untranslated: "Frappe / ERPNext"),
        rule: SignatureRule(
            place: SignaturePlace(header: "X-Frappe-Webhook-Signature"), digest: .hmac(.sha256), encoding: .base64,
            signed: SignedTemplate([.body])))
}
