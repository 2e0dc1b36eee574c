import Callbacks
import Foundation
import OpenSSLCrypto
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// What systems send: whose it is, whether it came before, and what they hear of it.
@Suite struct CallbackReceiverTests {
    typealias Hooked = HookedWorkspace

    @Test func `an event is on disk when it is answered, and nothing is mapped yet`() async throws {
        let hooked = try await HookedWorkspace()
        #expect(try await hooked.send("m1", Hooked.deed("1")) == 200)
        #expect(try await hooked.host.store.inboxDepths().map(\.waiting) == [1])
        #expect(try await hooked.host.evidenceStates().isEmpty)
    }

    @Test func `a repeat is answered like the first, another body under its key is not taken`() async throws {
        let hooked = try await HookedWorkspace()
        #expect(try await hooked.send("m1", Hooked.deed("1")) == 200)
        #expect(try await hooked.send("m1", Hooked.deed("1")) == 200)
        #expect(try await hooked.send("m1", Hooked.deed("2")) == 409)
        let event = try #require(try await hooked.host.store.inboxEvents(InboxFilter(), limit: 5).first)
        #expect(event.repeats == 1 && event.contradictions == 1)
        let alarms = hooked.reception.alarms
        #expect(try await alarms.write(to: hooked.host.store).map(\.kind) == [.contradicted])
        #expect(try await hooked.host.store.alarms().map(\.kind) == [.contradicted])
        #expect(try await hooked.send("m1", Hooked.deed("3")) == 409)
        #expect(try await alarms.write(to: hooked.host.store).isEmpty, "the log was told of the kind")
        #expect(try await hooked.host.store.alarms().map(\.count) == [2])
    }

    @Test func `all refusals are alike for the sender, and told apart by the alarm`() async throws {
        let hooked = try await HookedWorkspace()
        let wrongKey = try hooked.request("m1", "{}", key: Array("another key of 32 bytes, and more".utf8))
        let unsigned = try CallbackRequest(method: .post, query: "", headers: [:], body: Array("{}".utf8))
        let replies = [
            await hooked.receiver.answer(wrongKey, for: "hooks"), await hooked.receiver.answer(unsigned, for: "hooks"),
        ]
        #expect(Set(replies).count == 1 && replies[0].status == 401)
        #expect(try await hooked.host.store.inboxEvents(InboxFilter(), limit: 5).isEmpty)
        try await hooked.reception.alarms.write(to: hooked.host.store)
        let alarms = try await hooked.host.store.alarms().map(\.detail).sorted()
        #expect(alarms == ["missing header webhook-signature", "wrong signature in header webhook-signature"])
    }

    @Test func `a connection that takes nothing, or is unknown, is not found`() async throws {
        let hooked = try await HookedWorkspace()
        #expect(hooked.receiver.limits(of: "diary") == nil)
        #expect(try await hooked.send("m1", "{}", to: "diary") == 404)
        #expect(hooked.receiver.limits(of: "hooks") == CallbackLimits(bodyBytes: 1_048_576, requestsPerSecond: 500))
        #expect(hooked.receiver.connections.map(\.name) == ["hooks", "metrics"])
    }

    @Test(arguments: [("", "is empty"), ("whsec_c2hvcnQ=", "at least 24"), (nil, "no readable file secrets/hook")])
    func `a connection with an empty, short or absent key does not start`(key: String?, reason: String) async throws {
        let hooked = try await HookedWorkspace()
        if let key { try hooked.company.write("secrets/hook", key) } else { try hooked.company.remove("secrets/hook") }
        let receiver = CallbackReceiver(try await hooked.company.host(), inbox: hooked.reception)
        let request = try hooked.request("m1", Hooked.deed("1"))
        #expect(await receiver.answer(request, for: "hooks").status == 503)
        #expect(try await hooked.host.store.inboxDepths().isEmpty)
        let fault = try #require(receiver.faults.first { $0.connection == "hooks" }?.reason)
        #expect(fault.contains(reason) && fault.contains("connectors/hooks.yaml:4:"), "\(fault)")
        #expect(try hooked.company.problems() == [])
    }

    @Test func `what an event is known by may be an expression over its body`() async throws {
        let rules = #"{scheme: github, secret: "${file:hook}", people: all, dedupe: string(source.n)}"#
        let text = try #require(Hooked.files["connectors/hooks.yaml"])
        let hooked = try await HookedWorkspace([
            "connectors/hooks.yaml": text.replacing(
                #"{scheme: standard-webhooks, secret: "${file:hook}", people: all}"#, with: rules)
        ])
        let key = Array(("whsec_" + Base64.encode(Hooked.key)).utf8)
        func send(_ body: String) async throws -> Int {
            let code = HMACText.sha256(body, key: key)
            let request = try CallbackRequest(
                method: .post, query: "", headers: ["X-Hub-Signature-256": "sha256=\(code)"], body: Array(body.utf8))
            return await hooked.receiver.answer(request, for: "hooks").status
        }
        #expect(try await send(#"{"n":1,"id":"a"}"#) == 200)
        #expect(try await send(#"{"n":1,"id":"b"}"#) == 409)
        #expect(try await send(#"{"n":2,"id":"b"}"#) == 200)
        #expect(try await send(#"{"id":"c"}"#) == 422)
    }

    @Test func `a metric with a mistake is refused with item and field, and nothing of its request is kept`()
        async throws
    {
        let hooked = try await HookedWorkspace()
        let body = "[\(Hooked.metric("a")), \(Hooked.metric("b", #""much""#)), \(Hooked.metric("a"))]"
        let answer = try await hooked.answer("m1", body, to: "metrics")
        #expect(answer.hasPrefix("422 "))
        #expect(answer.contains(#""item":2,"field":"value""#) && answer.contains("must be a number"), "\(answer)")
        #expect(answer.contains(#""item":3,"field":"id""#) && answer.contains("item 1 has the same id"))
        #expect(try await hooked.host.store.inboxEvents(InboxFilter(), limit: 5).isEmpty)
    }

    @Test func `of a metric request that is partial the good items are taken`() async throws {
        let hooked = try await HookedWorkspace()
        let body = "[\(Hooked.metric("a", "2")), \(Hooked.metric("b", #""much""#))]"
        #expect(try await hooked.send("m1", body, to: "metrics", query: "partial=true") == 200)
        #expect(
            try await hooked.send("m2", "[\(Hooked.metric("b", "true"))]", to: "metrics", query: "partial=true") == 422)
        let report = try await hooked.host.drainInbox()
        #expect(report.events == 1 && report.streams.map(\.run.counters.rejected) == [1])
        #expect(try await hooked.host.shown("calls_made", "E01") == "2")
    }

    @Test func `what a connection may not write is refused and alarmed`() async throws {
        let hooked = try await HookedWorkspace()
        let other = Hooked.metric("a", indicator: "first_response_minutes")
        #expect(try await hooked.send("m1", other, to: "metrics") == 403)
        #expect(try await hooked.send("m2", Hooked.metric("a", account: "E03"), to: "metrics") == 403)
        try await hooked.reception.alarms.write(to: hooked.host.store)
        let alarms = try await hooked.host.store.alarms()
        #expect(
            alarms.map(\.detail).sorted() == ["account", "indicator"] && alarms.allSatisfy { $0.kind == .notAllowed })
    }

    @Test func `senders are asked to come later before anything is lost`() async throws {
        let hooked = try await HookedWorkspace()
        let reception = InboxReception(hooked.host.store, mostWaiting: 1)
        let receiver = CallbackReceiver(hooked.host, inbox: reception)
        #expect(await receiver.answer(try hooked.request("m1", Hooked.deed("1")), for: "hooks").status == 200)
        let reply = await receiver.answer(try hooked.request("m2", Hooked.deed("2")), for: "hooks")
        #expect(reply.status == 503 && reply.retryAfter == 2)
        reception.note(waiting: 0)
        #expect(await receiver.answer(try hooked.request("m2", Hooked.deed("2")), for: "hooks").status == 200)
    }

    @Test func `no more arrive at once than may`() async throws {
        let hooked = try await HookedWorkspace()
        let receiver = CallbackReceiver(hooked.host, inbox: InboxReception(hooked.host.store, mostArriving: 0))
        #expect(await receiver.answer(try hooked.request("m1", Hooked.deed("1")), for: "hooks").status == 503)
    }

    @Test func `what the store cannot keep is answered with come later`() async throws {
        let hooked = try await HookedWorkspace()
        try hooked.company.tamper("CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(ABORT, 'no'); END")
        #expect(try await hooked.send("m1", Hooked.deed("1")) == 503)
        try hooked.company.tamper("DROP TRIGGER full")
        #expect(try await hooked.send("m1", Hooked.deed("1")) == 200)
    }

    @Test func `neither keys nor contents of events are read in the database`() async throws {
        let hooked = try await HookedWorkspace()
        #expect(try await hooked.send("event-4711", #"{"id":"x","who":"body-4711"}"#) == 200)
        #expect(hooked.company.databaseBytes().range(of: Data("4711".utf8)) == nil)
    }

    @Test(arguments: [
        (
            "scheme: standard-webhooks", "scheme: standardwebhooks",
            "unknown scheme 'standardwebhooks', perhaps 'standard-webhooks'"
        ),
        (", people: all", "", "'callback' needs 'people': 'all', or the accounts that the system may write"),
        ("people: all", "people: all, peple: x", "unknown key 'peple', perhaps 'people'"),
        ("people: all", "people: all, max_body: 0", "'max_body' must be 1 to 16777216, not 0"),
        (#"secret: "${file:hook}""#, "secret: plain", "'secret' is a secret: write ${file:NAME}"),
        ("people: all", "people: all, dedupe: source.", "'dedupe': "),
    ])
    func `mistakes of the file are told at their place`(old: String, new: String, problem: String) throws {
        let company = try TestWorkspace(Hooked.files)
        try company.edit("connectors/hooks.yaml", old, new)
        let problems = try company.problems()
        #expect(problems.contains { $0.contains(problem) && $0.hasPrefix("connectors/hooks.yaml:4:") }, "\(problems)")
    }

    @Test func `a connection that is only sent to needs rules, and one that writes indicators lists them`() throws {
        let company = try TestWorkspace(Hooked.files)
        try company.edit("connectors/metrics.yaml", "\n  indicators: [calls_made, call_minutes]", "")
        #expect(try company.problems().contains { $0.contains("the stream 'metrics' writes values of indicators") })
        let text = try #require(Hooked.files["connectors/hooks.yaml"])
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("callback") }
        try company.write("connectors/hooks.yaml", lines.joined(separator: "\n"))
        #expect(try company.problems().contains { $0.contains("webhook.json needs 'callback'") })
        try company.edit("connectors/diary.yaml", "streams:", "callback: {scheme: github, people: all}\nstreams:")
        #expect(try company.problems().contains { $0.contains("file.scripted reads nothing that its system sends") })
    }
}

/// The code that GitHub's header holds.
enum HMACText {
    static func sha256(_ text: String, key: [UInt8]) -> String {
        Hex.encode(HashFunction.sha256.authenticationCode(for: Array(text.utf8), key: key))
    }
}
