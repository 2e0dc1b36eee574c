import OpenSSLCrypto
import PlumblineKit

extension CallbackSchemeKind {
    /// Jira, webhooks that an administrator registers with a secret: HMAC-SHA256 over the body (WebSub).
    ///
    /// The identifier stays the same over retries and is not signed: it counts together with the body, which holds a
    /// `timestamp` in milliseconds. Webhooks of Connect and OAuth apps carry a JWT
    /// instead and are refused.
    /// - Source: developer.atlassian.com, Jira Cloud platform, "Webhooks".
    static let jira = CallbackSchemeKind(
        id: "jira", title: LocalizedText(untranslated: "Jira"),
        rule: SignatureRule(
            place: SignaturePlace(header: "X-Hub-Signature", prefix: "sha256="), digest: .hmac(.sha256),
            encoding: .hex, signed: SignedTemplate([.body]), identity: .header("X-Atlassian-Webhook-Identifier")))
}
