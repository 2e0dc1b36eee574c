import OpenSSLCrypto
import PlumblineKit
import Testing

@testable import Callbacks

/// By what each scheme knows an event, and what is left of that where somebody repeats a request.
@Suite struct IdentificationTests {
    /// Every scheme with the least that a connection says of it.
    static let table: [(scheme: String, settings: [String: String], identification: EventIdentification)] = [
        ("dingtalk", [:], .signed), ("feishu", ["encrypt_key": "k"], .signed), ("feishu", [:], .unproven),
        ("frappe", [:], .none), ("github", [:], .unsigned), ("gitlab", [:], .unproven), ("jira", [:], .unsigned),
        ("signature", ["header": "X-S"], .none), ("signature", ["id_header": "X-Id"], .unsigned),
        ("signature", ["id_field": "id"], .signed), ("signature", ["id_header": "X-Id", "digest": "token"], .unproven),
        ("signature", ["id_field": "id", "digest": "token"], .unproven),
        ("signature", ["id_header": "X-Id", "signed": "{id}.{body}"], .signed),
        ("signature", ["id_header": "X-Id", "signed": "{header:X-Id}.{body}"], .signed), ("slack", [:], .signed),
        ("standard-webhooks", [:], .signed), ("stripe", [:], .signed), ("surveymonkey", [:], .signed),
        ("svix", [:], .signed), ("typeform", [:], .signed), ("wecom", [:], .signed), ("wjx", [:], .signed),
        ("wjx-form", [:], .signed), ("yonyou", [:], .signed), ("zendesk", [:], .unsigned),
    ]

    @Test(arguments: table)
    func `each scheme says by what it knows an event`(
        scheme: String, settings: [String: String], identification: EventIdentification
    ) throws {
        let kind = try #require(CallbackSchemeKind.named(scheme))
        #expect(kind.identification { settings[$0] } == identification)
    }

    @Test func `no scheme is left out`() {
        #expect(Set(Self.table.map(\.scheme)) == Set(CallbackSchemeKind.all.map(\.id)))
    }

    @Test(arguments: Sender.all)
    func `what a scheme says of itself is what its requests show`(sender: Sender) throws {
        let kind = try #require(CallbackSchemeKind.named(sender.scheme))
        guard case .verified(let callback) = try sender.receiver.verify(sender.send(now).request(), now: now) else {
            Issue.record("not verified")
            return
        }
        switch kind.identification({ sender.settings[$0] }) {
        case .signed: #expect(callback.dedupeKey?.isSigned == true && callback.proof == nil)
        case .unsigned: #expect(callback.dedupeKey.map { !$0.isSigned && callback.proof != nil } ?? true)
        case .unproven: #expect(!callback.isBodySigned && callback.proof == nil)
        case .none: #expect(callback.dedupeKey == nil)
        }
    }

    private func verified(_ scheme: String, _ raw: RawRequest, at time: Instant = now) throws -> VerifiedCallback {
        let receiver = try #require(CallbackSchemeKind.named(scheme)).scheme(["secret": secret])
        guard case .verified(let callback) = try receiver.verify(raw.request(), now: time) else {
            throw CallbackRefusal.notEncrypted
        }
        return callback
    }

    private func github(_ body: String, _ delivery: String) -> RawRequest {
        let code = HashFunction.sha256.authenticationCode(for: Array(body.utf8), key: Array(secret.utf8))
        return RawRequest(
            headers: [("X-Hub-Signature-256", "sha256=" + Hex.encode(code)), ("X-GitHub-Delivery", delivery)],
            body: Array(body.utf8))
    }

    @Test func `the same signed body has one proof under any id, and another body has another`() throws {
        let first = try verified("github", github("{}", "d-1"))
        #expect(first.proof == (try verified("github", github("{}", "d-2"))).proof)
        #expect(first.proof != (try verified("github", github("[]", "d-1"))).proof)
        #expect(first.dedupeKey?.isSigned == false)
    }

    private func zendesk(_ time: Instant, _ id: String) -> RawRequest {
        let code = HashFunction.sha256.authenticationCode(
            for: Array((time.rfc3339 + "{}").utf8), key: Array(secret.utf8))
        return RawRequest(
            headers: [
                ("X-Zendesk-Webhook-Signature-Timestamp", time.rfc3339),
                ("X-Zendesk-Webhook-Signature", Base64.encode(code)), ("X-Zendesk-Webhook-Invocation-Id", id),
            ], body: Array("{}".utf8))
    }

    @Test func `where a time is signed, an equal body of another time has another proof`() throws {
        let first = try verified("zendesk", zendesk(now, "a"))
        #expect(first.proof == (try verified("zendesk", zendesk(now, "b"))).proof)
        #expect(first.proof != (try verified("zendesk", zendesk(now.advanced(bySeconds: 1), "a"))).proof)
    }
}
