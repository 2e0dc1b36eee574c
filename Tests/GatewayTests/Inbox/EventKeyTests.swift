import Callbacks
import Expressions
import OpenSSLCrypto
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Requests that somebody repeats under ids that nobody has signed.
@Suite struct EventKeyTests {
    typealias Hooked = HookedWorkspace

    /// A company whose connection `hooks` has these rules in the place of the usual ones.
    private func hooked(_ rules: String) async throws -> HookedWorkspace {
        try await HookedWorkspace(["connectors/hooks.yaml": try Self.file(rules)])
    }

    private static func file(_ rules: String) throws -> String {
        try #require(Hooked.files["connectors/hooks.yaml"]).replacing(
            #"{scheme: standard-webhooks, secret: "${file:hook}", people: all}"#, with: "{\(rules), people: all}")
    }

    private static let secret = Array(("whsec_" + Base64.encode(Hooked.key)).utf8)

    private static func github(_ body: String, _ delivery: String) throws -> CallbackRequest {
        try CallbackRequest(
            method: .post, query: "",
            headers: [
                "X-Hub-Signature-256": "sha256=" + HMACText.sha256(body, key: secret), "X-GitHub-Delivery": delivery,
            ], body: Array(body.utf8))
    }

    private func send(_ request: CallbackRequest, _ hooked: HookedWorkspace) async throws -> Int {
        await hooked.receiver.answer(request, for: "hooks").status
    }

    private func events(_ hooked: HookedWorkspace) async throws -> [InboxEvent] {
        try await hooked.host.store.inboxEvents(InboxFilter(), limit: 10)
    }

    @Test func `a signed body that is repeated under a fresh id counts once`() async throws {
        let hooked = try await hooked(#"scheme: github, secret: "${file:hook}""#)
        for id in ["d-1", "d-2", "d-3"] { #expect(try await send(Self.github(Hooked.deed("1"), id), hooked) == 200) }
        let events = try await events(hooked)
        #expect(events.map(\.repeats) == [2] && events.map(\.contradictions) == [0])
    }

    @Test func `an old state that is repeated takes nothing back from a newer one`() async throws {
        let hooked = try await hooked(#"scheme: github, secret: "${file:hook}""#)
        let old = Hooked.deed("1", points: "1")
        for (body, id) in [(old, "d-1"), (Hooked.deed("1", points: "5"), "d-2"), (old, "d-3")] {
            #expect(try await send(Self.github(body, id), hooked) == 200)
            _ = try await hooked.host.drainInbox()
        }
        #expect(try await hooked.host.shown("deed_points", "E01") == "5.00")
    }

    @Test func `an id that is put onto another signed body contradicts nothing`() async throws {
        let hooked = try await hooked(#"scheme: github, secret: "${file:hook}""#)
        for (body, id) in [("1", "d-1"), ("2", "d-1"), ("2", "d-2"), ("1", "d-1")] {
            #expect(try await send(Self.github(Hooked.deed(body), id), hooked) == 200)
        }
        let events = try await events(hooked)
        #expect(events.map(\.repeats) == [1, 1] && events.map(\.contradictions) == [0, 0])
        try await hooked.reception.alarms.write(to: hooked.host.store)
        #expect(try await hooked.host.store.alarms().isEmpty)
    }

    @Test func `a connection may say that equal bodies are events of their own`() async throws {
        let hooked = try await hooked(#"scheme: github, secret: "${file:hook}", equal_bodies: events"#)
        for id in ["d-1", "d-2", "d-2"] { #expect(try await send(Self.github(Hooked.deed("1"), id), hooked) == 200) }
        #expect(try await events(hooked).map(\.repeats) == [1, 0])
    }

    private func zendesk(_ id: String, secondsAgo: Int64, _ hooked: HookedWorkspace) throws -> CallbackRequest {
        let time = Instant(microseconds: hooked.host.now().microseconds - secondsAgo * 1_000_000).rfc3339
        let body = Hooked.deed("1")
        let code = HashFunction.sha256.authenticationCode(for: Array((time + body).utf8), key: Self.secret)
        return try CallbackRequest(
            method: .post, query: "",
            headers: [
                "X-Zendesk-Webhook-Signature-Timestamp": time,
                "X-Zendesk-Webhook-Signature": Base64.encode(code), "X-Zendesk-Webhook-Invocation-Id": id,
            ], body: Array(body.utf8))
    }

    @Test func `where the time is signed, an equal body of another time is another event, unless its id says no`()
        async throws
    {
        let hooked = try await hooked(#"scheme: zendesk, secret: "${file:hook}""#)
        let sent: [(String, Int64)] = [("i-1", 60), ("i-2", 60), ("i-1", 30), ("i-3", 0)]
        for (id, ago) in sent { #expect(try await send(zendesk(id, secondsAgo: ago, hooked), hooked) == 200) }
        #expect(try await events(hooked).map(\.repeats) == [0, 2])
    }

    @Test(arguments: [
        (#"scheme: frappe, secret: "${file:hook}""#, "'callback' needs 'dedupe': with 'frappe' as it is set here"),
        (
            #"scheme: signature, secret: "${file:hook}", header: X-S"#,
            "'callback' needs 'dedupe': with 'signature' as it is set here"
        ),
        (
            #"scheme: standard-webhooks, secret: "${file:hook}", equal_bodies: events"#,
            "'equal_bodies' is for keys that are not signed"
        ),
        (#"scheme: github, secret: "${file:hook}", equal_bodies: both"#, "'equal_bodies' must be repeat or events"),
        (#"scheme: github, secret: "${file:hook}", untaken: no"#, "'untaken' must be warn or expected"),
    ])
    func `lint says what a connection without a key would do, and what has no effect`(
        rules: String, problem: String
    ) throws {
        let company = try TestWorkspace(Hooked.files)
        try company.write("connectors/hooks.yaml", try Self.file(rules))
        let problems = try company.problems()
        #expect(problems.count == 1 && problems.contains { $0.contains(problem) }, "\(problems)")
    }

    @Test(arguments: [
        #"scheme: frappe, secret: "${file:hook}", dedupe: string(source.id)"#,
        #"scheme: signature, secret: "${file:hook}", header: X-S, id_field: id"#,
        #"scheme: gitlab, secret: "${file:hook}""#,
    ])
    func `a connection that says by what an event is known has no mistake`(rules: String) throws {
        let company = try TestWorkspace(Hooked.files)
        try company.write("connectors/hooks.yaml", try Self.file(rules))
        #expect(try company.problems() == [])
    }
}
