import Expressions
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// From the inbox to values: through mapping, identity, aggregation and gate, once whatever happens.
@Suite struct InboxDrainTests {
    typealias Hooked = HookedWorkspace

    @Test func `events become values, and are used once`() async throws {
        let hooked = try await HookedWorkspace()
        for number in 1...3 { try await hooked.send("m\(number)", Hooked.deed("d\(number)")) }
        try await hooked.send("m1", Hooked.deed("d1"))
        let report = try await hooked.host.drainInbox()
        #expect(report.events == 3 && report.failures.isEmpty)
        #expect(try await hooked.host.shown("deed_count", "E01") == "3")
        #expect(try await hooked.host.drainInbox().events == 0)
        let run = try #require(report.streams.first?.run)
        #expect(run.gate == .pending || run.counters.inserted == 3)
    }

    @Test func `metrics count for their own indicator, at their own moment`() async throws {
        let hooked = try await HookedWorkspace()
        let body = [
            Hooked.metric("a", "2"), Hooked.metric("b", "3"), Hooked.metric("c", #""0.5""#, indicator: "call_minutes"),
            Hooked.metric("d", "1.5", indicator: "call_minutes"), Hooked.metric("e", "0", indicator: "call_minutes"),
            Hooked.metric("f", "9", time: "2026-08-01T00:00:00+08:00"), Hooked.metric("g", "7", account: "E02"),
        ].joined(separator: ",")
        #expect(try await hooked.send("m1", "[\(body)]", to: "metrics") == 200)
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.shown("calls_made", "E01") == "5")
        #expect(try await hooked.host.shown("call_minutes", "E01") == "1.00")
        #expect(try await hooked.host.shown("calls_made", "E01", "2026-08") == "9")
        #expect(try await hooked.host.shown("calls_made", "E01", "2026-Q3") == "14")
        #expect(try await hooked.host.shown("calls_made", "E02") == "7")
    }

    @Test func `a metric that is sent again is corrected`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.metric("a", "2"), to: "metrics")
        _ = try await hooked.host.drainInbox()
        try await hooked.send("m2", Hooked.metric("a", "4"), to: "metrics")
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.shown("calls_made", "E01") == "4")
    }

    @Test func `the last event about a record counts, in one piece of work as in several`() async throws {
        let hooked = try await HookedWorkspace()
        for (number, points) in ["1", "2", "3"].enumerated() {
            try await hooked.send("m\(number)", Hooked.deed("d", points: points))
        }
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.shown("deed_points", "E01") == "3.00")
        try await hooked.send("gone", #"{"type":"gone","id":"d"}"#)
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.evidenceStates() == ["d deleted"])
        try await hooked.send("again", Hooked.deed("d", points: "4"))
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.shown("deed_points", "E01") == "4.00")
    }

    @Test func `events that are used again out of their order take nothing back`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.deed("d", points: "1"))
        try await hooked.send("m2", #"{"type":"gone","id":"d"}"#)
        try await hooked.send("m3", Hooked.deed("d", points: "3"))
        _ = try await hooked.host.drainInbox()
        for id in [1, 2] as [InboxID] {
            let (events, _) = try await hooked.host.replayInbox(InboxFilter(ids: id...id))
            #expect(events == 1)
            #expect(try await hooked.host.shown("deed_points", "E01") == "3.00")
        }
    }

    @Test func `a poisoned event becomes a reject, and blocks nobody`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", "no json")
        try await hooked.send("m2", #"{"who":"E01"}"#)
        try await hooked.send("m3", Hooked.deed("good"))
        try await hooked.send("m4", Hooked.deed("bad", points: #""many""#))
        let report = try await hooked.host.drainInbox()
        #expect(report.events == 4 && report.streams.map(\.run.counters.rejected) == [3])
        #expect(try await hooked.host.evidenceStates() == ["good live"])
        let rejects = try await hooked.host.openRejects().map { $0.externalID ?? "" }.sorted()
        #expect(rejects == ["bad", "event 1", "event 2, part 1"])
        #expect(try await hooked.host.store.inboxDepths().isEmpty)
    }

    @Test func `once the mapping is mended, a range of the inbox is used again`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.deed("a", points: #""2 points""#))
        try await hooked.send("m2", Hooked.deed("b", points: "4"))
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.shown("deed_points", "E01") == "4.00")
        try hooked.company.edit(
            "connectors/hooks.yaml", "points: source.points", "points: \"string(source.points).split(' ')[0]\"")
        let host = try await hooked.company.host()
        let (events, report) = try await host.replayInbox(InboxFilter(connection: "hooks"))
        #expect(events == 2 && report.streams.map(\.run.counters.rejected) == [0])
        #expect(try await host.shown("deed_points", "E01") == "3.00")
        #expect(try await host.openRejects().isEmpty)
    }

    @Test func `records of people whom the system may not write are rejected and alarmed`() async throws {
        let hooked = try await HookedWorkspace()
        try hooked.company.edit("connectors/hooks.yaml", "people: all", "people: [E01]")
        let host = try await hooked.company.host()
        try await hooked.send("m1", Hooked.deed("a", who: "E02"))
        try await hooked.send("m2", Hooked.deed("b", who: "E01"))
        _ = try await host.drainInbox()
        #expect(try await host.evidenceStates() == ["b live"])
        let reject = try #require(try await host.openRejects().first)
        #expect(
            reject.reason
                == "this connection may not write 'x02': list it under 'callback' in its file; an indicator must be defined as well"
        )
        #expect(try await host.store.alarms().map(\.kind) == [.notAllowed])
    }

    @Test func `whoever may write some people may write neither units nor the company`() async throws {
        let hooked = try await HookedWorkspace()
        let body = [
            Hooked.metric("a", "2"), #"{"id":"b","indicator":"calls_made","time":"2026-07-03T02:00:00Z","value":1}"#,
            #"{"id":"c","indicator":"calls_made","unit":"A","time":"2026-07-03T02:00:00Z","value":1}"#,
        ].joined(separator: ",")
        #expect(try await hooked.send("m1", "[\(body)]", to: "metrics") == 403)
        #expect(try await hooked.send("m2", "[\(body)]", to: "metrics", query: "partial=true") == 200)
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.evidenceStates("metric") == ["a live"])
        let reasons = try await hooked.host.openRejects().map(\.reason)
        #expect(reasons.count == 2 && reasons.allSatisfy { $0.contains("may write") }, "\(reasons)")
    }

    @Test func `an event of another kind leaves the record alone that it mentions`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.deed("d"))
        _ = try await hooked.host.drainInbox()
        try await hooked.send("m2", #"{"type":"comment","id":"d"}"#)
        _ = try await hooked.host.drainInbox()
        #expect(try await hooked.host.evidenceStates() == ["d live"])
    }

    @Test func `an event that cannot be read back becomes a reject, and those behind it are used`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.deed("a"))
        try await hooked.send("m2", Hooked.deed("b"))
        try hooked.company.tamper("UPDATE inbox SET contents = x'00' WHERE id = 1")
        #expect(try await hooked.host.drainInbox().events == 2)
        #expect(try await hooked.host.evidenceStates() == ["b live"])
        #expect(try await hooked.host.openRejects().map(\.externalID) == ["event 1"])
    }

    @Test func `values that could not be published are published with the next piece of work`() async throws {
        let hooked = try await HookedWorkspace()
        let worker = InboxWorker(
            CurrentHost(hooked.host), hooked.reception, board: WorkerBoard(), pause: .zero, log: { _ in })
        try await hooked.send("m1", Hooked.deed("a"))
        try hooked.company.tamper(
            "CREATE TRIGGER full BEFORE INSERT ON indicator_values BEGIN SELECT RAISE(ABORT, 'no'); END")
        var isOwed = false
        _ = await worker.work(&isOwed)
        #expect(isOwed)
        #expect(try await hooked.host.store.inboxDepths().isEmpty)
        try hooked.company.tamper("DROP TRIGGER full")
        _ = await worker.work(&isOwed)
        #expect(!isOwed)
        #expect(try await hooked.host.shown("deed_count", "E01") == "1")
    }

    @Test func `events of a connection that is gone wait, and are told`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.deed("a"))
        try hooked.company.remove("connectors/hooks.yaml")
        let report = try await hooked.company.host().drainInbox()
        #expect(report.events == 0 && report.unknown.map(\.connection) == ["hooks"])
        #expect(try await hooked.host.drainInbox().events == 1)
    }

    @Test func `impossible times in events are held, and a push is judged by pushes`() async throws {
        let hooked = try await HookedWorkspace()
        for number in 1...3 {
            try await hooked.send("m\(number)", Hooked.deed("d\(number)"))
            let report = try await hooked.host.drainInbox()
            #expect(report.values.judgements.allSatisfy { $0.holds.isEmpty })
        }
        try await hooked.send("m4", Hooked.deed("d4").replacing("2026-07-10", with: "2036-07-10"))
        let report = try await hooked.host.drainInbox()
        #expect(report.values.judgements.flatMap(\.holds).map(\.scope) == [.records])
        #expect(try await hooked.host.shown("deed_count", "E01") == "3")
    }

    @Test func `used events are forgotten when their time is over, those that wait are not`() async throws {
        let hooked = try await HookedWorkspace()
        try await hooked.send("m1", Hooked.deed("a"))
        _ = try await hooked.host.drainInbox()
        try await hooked.send("m2", Hooked.deed("b"))
        hooked.company.clock.set("2026-12-15T00:00:00Z")
        #expect(try await hooked.host.applyRetention(isPreview: false).inbox == 1)
        #expect(try await hooked.host.store.inboxEvents(InboxFilter(), limit: 5).map(\.id) == [2])
        #expect(try await hooked.host.evidenceStates() == ["a live"])
    }

    @Test func `the worker uses what comes, tells the board, and stops when it is told`() async throws {
        let hooked = try await HookedWorkspace()
        let board = WorkerBoard()
        let worker = InboxWorker(CurrentHost(hooked.host), hooked.reception, board: board, pause: .zero) { _ in }
        try await hooked.send("m1", Hooked.deed("a"))
        var isOwed = false
        #expect(await worker.work(&isOwed) == false)
        #expect(try await hooked.host.shown("deed_count", "E01") == "1")
        #expect(board.workers.map(\.isUp) == [true])
        try hooked.company.tamper("CREATE TRIGGER full BEFORE UPDATE ON inbox BEGIN SELECT RAISE(ABORT, 'no'); END")
        try await hooked.send("m2", Hooked.deed("b"))
        #expect(await worker.work(&isOwed) == false)
        #expect(board.workers.map(\.isUp) == [false])
        try hooked.company.tamper("DROP TRIGGER full")
        _ = await worker.work(&isOwed)
        #expect(board.workers.map(\.isUp) == [true])
        #expect(try await hooked.host.shown("deed_count", "E01") == "2")
    }
}
