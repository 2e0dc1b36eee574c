import Expressions
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// Items that are refused, or that no stream takes: who learns of it.
@Suite struct UntakenTests {
    typealias Hooked = HookedWorkspace

    @Test func `the answer to a partial request names each item that was not taken, and why`() async throws {
        let hooked = try await HookedWorkspace()
        let body = [
            Hooked.metric("a", "2"), Hooked.metric("b", #""much""#), Hooked.metric("c", indicator: "others"),
            Hooked.metric("a", "9"), Hooked.metric("d"),
        ].joined(separator: ",")
        let reply = await hooked.receiver.answer(
            try hooked.request("m1", "[\(body)]", query: "partial=true"), for: "metrics")
        let answer = try JSON.parse(reply.body)
        #expect(reply.status == 200 && reply.contentType == "application/json")
        #expect(answer["taken"] == 2 && answer["refused"] == [2, 3, 4] && answer["count"] == 3)
        let told = answer["complaints"]?.array ?? []
        #expect(told.map { $0["item"] } == [2, 3, 4] && told.map { $0["field"] } == ["value", "indicator", "id"])
        #expect(told.first?["en"]?.string?.contains("must be a number") == true && told.first?["zh"] != nil)
        #expect(told.last?["en"] == "item 1 has the same id")
        let again = await hooked.receiver.answer(
            try hooked.request("m1", "[\(body)]", query: "partial=true"), for: "metrics")
        #expect(again == reply)
        let report = try await hooked.host.drainInbox()
        #expect(report.streams.map(\.run.counters.rejected) == [3])
        #expect(try await hooked.host.shown("calls_made", "E01") == "3")
    }

    @Test func `an answer tells a hundred complaints and all numbers; one that is whole is empty`() async throws {
        let hooked = try await HookedWorkspace()
        let items = [Hooked.metric("a")] + (0..<300).map { Hooked.metric("x\($0)", "true") }
        let reply = await hooked.receiver.answer(
            try hooked.request("m1", "[\(items.joined(separator: ","))]", query: "partial=true"), for: "metrics")
        let answer = try JSON.parse(reply.body)
        #expect(answer["refused"]?.array?.count == 300 && answer["count"] == 300)
        #expect(answer["complaints"]?.array?.count == 100 && reply.body.count < 65_536)
        #expect(try await hooked.answer("m2", Hooked.metric("b"), to: "metrics") == "200 ")
        let whole = try await hooked.answer("m3", Hooked.metric("c"), to: "metrics", query: "partial=true")
        #expect(whole == #"200 {"taken":1,"refused":[],"count":0,"complaints":[]}"#)
    }

    private static let untaken = #"{"type":"comment","id":"c1"}"#

    @Test func `what no stream takes is counted with its event, and told of its connection`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", "[\(Hooked.deed("a")),\(Self.untaken),\(#"{"type":"ping","id":"c2"}"#)]")
        try await hooked.send("m2", Hooked.deed("b"))
        _ = try await hooked.host.drainInbox()
        let events = try await hooked.host.store.inboxEvents(InboxFilter(), limit: 5)
        #expect(events.map(\.untaken) == [0, 2])
        #expect(try await hooked.host.store.inboxUntaken().map { [$0.events, $0.records] } == [[1, 2]])
        let status = try await hooked.host.status().connections
        #expect(status.first { $0.name == "hooks" }?.inboxUntaken == 2)
        #expect(status.first { $0.name == "metrics" }?.inboxUntaken == 0)
        #expect(status.first { $0.name == "diary" }.map { $0.inboxUntaken == nil } == true)
        #expect(try await findings(hooked) == ["hooks: no stream takes 2 records of 1 events"])
        try hooked.company.edit("connectors/hooks.yaml", "people: all", "people: all, untaken: expected")
        #expect(try await findings(hooked) == [])
    }

    private func findings(_ hooked: HookedWorkspace) async throws -> [String] {
        let host = try await hooked.company.host()
        return HookDiagnoses(host.workspace, try await host.store.health(), host.now()).all
            .filter { $0.level != .ok }.map(\.finding.en)
    }

    @Test func `what one of several streams takes is taken, and a mended condition clears the rest`() async throws {
        let file = try #require(Hooked.files["connectors/hooks.yaml"])
        let second = """
            \n  comments:
                from: events
                record: deed
                where: "'type' in source && source.type == 'comment'"
                map: {id: source.id, owner_id: "null", at: source.at, points: source.points}
            """
        let hooked = try await HookedWorkspace(["connectors/hooks.yaml": file + second])
        try await hooked.send("m1", #"{"type":"comment","id":"c","at":"2026-07-10T02:00:00Z","points":1}"#)
        try await hooked.send("m2", #"{"type":"note","id":"n","at":"2026-07-10T02:00:00Z","points":1}"#)
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.store.inboxEvents(InboxFilter(), limit: 5).map(\.untaken) == [1, 0])
        try hooked.company.edit("connectors/hooks.yaml", "source.type == 'comment'", "source.type != 'deed'")
        _ = try await hooked.company.host().replayInbox(InboxFilter())
        #expect(try await hooked.host.store.inboxUntaken().isEmpty)
    }
}
