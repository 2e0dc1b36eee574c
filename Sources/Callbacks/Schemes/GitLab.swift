import PlumblineKit

extension CallbackSchemeKind {
    /// GitLab: the secret itself in a header. It shows who sends, and leaves the body unsigned.
    ///
    /// `Idempotency-Key` stays the same over retries (17.4 and later); `X-Gitlab-Event-UUID` is shared by events that
    /// cause each other, so it is no key. Newer releases can sign as Standard Webhooks: use `standard-webhooks` there.
    /// - Source: docs.gitlab.com, "Webhooks"; merge request 160952.
    static let gitLab = CallbackSchemeKind(
        id: "gitlab", title: LocalizedText(untranslated: "GitLab"),
        rule: SignatureRule(
            place: SignaturePlace(header: "X-Gitlab-Token"), digest: .token, encoding: .hex,
            signed: SignedTemplate([]), identity: .header("Idempotency-Key")))
}
