import Expressions
import ReviewStore
import Testing

/// What systems send, from its arrival until it is forgotten.
@Suite struct InboxContractTests {
    private static let moment = Timestamp(microseconds: 1_790_000_000_000_000)

    private func arrival(
        _ key: String, _ body: String = "{}", at connection: String = "hooks", parts: [InboxPart] = [],
        secondsLater: Int64 = 0
    ) -> InboxArrival {
        InboxArrival(
            connection: connection, key: key, contents: InboxContents(body: Array(body.utf8), parts: parts),
            received: Self.moment + .seconds(secondsLater))
    }

    @Test(arguments: TestedStore.allCases)
    func `an event comes out as it went in, in the order of arrival`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let parts = [InboxPart(name: "header X-Kind", value: "工单"), InboxPart(name: "parameter partial", value: "")]
        let receipts = try await store.receive([arrival("a", "一\0", parts: parts), arrival("b")])
        #expect(receipts == [.stored(1), .stored(2)])
        let events = try await store.waitingEvents(of: "hooks", after: nil, limit: 10)
        #expect(events.map(\.id) == [1, 2])
        #expect(try events.first?.contents.get() == InboxContents(body: Array("一\0".utf8), parts: parts))
        #expect(events.first?.received == Self.moment)
        #expect(try await store.waitingEvents(of: "hooks", after: 1, limit: 10).map(\.id) == [2])
        #expect(try await store.waitingEvents(of: "others", after: nil, limit: 10).isEmpty)
    }

    @Test(arguments: TestedStore.allCases)
    func `the same event is kept once, and its repeats are flagged`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let first = try await store.receive([arrival("a", "1"), arrival("a", "1"), arrival("a", "2")])
        #expect(first == [.stored(1), .repeated(1), .contradicted(1)])
        #expect(try await store.receive([arrival("a", "1")]) == [.repeated(1)])
        let event = try #require(try await store.inboxEvents(InboxFilter(), limit: 10).first)
        #expect(event.repeats == 2 && event.contradictions == 1 && event.state == .waiting)
        #expect(try await store.inboxContents(of: 1).body == Array("1".utf8))
    }

    @Test(arguments: TestedStore.allCases)
    func `however often a key is contradicted, each other event is kept once`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        _ = try await store.receive(
            [arrival("a", "1")] + (0..<50).map { arrival("a", $0.isMultiple(of: 2) ? "2" : "3") })
        let event = try #require(try await store.inboxEvents(InboxFilter(), limit: 10).first)
        #expect(event.repeats == 0 && event.contradictions == 50)
        #expect(try harness.rows("SELECT COUNT(*) FROM inbox_repeats") == [["2"]])
    }

    @Test(arguments: TestedStore.allCases)
    func `long events are read a few at a time, and one at least`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let long = String(repeating: "x", count: 5_000_000)
        _ = try await store.receive((0..<4).map { arrival("\($0)", long) })
        #expect(try await store.waitingEvents(of: "hooks", after: nil, limit: 10).map(\.id) == [1, 2])
        #expect(try await store.waitingEvents(of: "hooks", after: 3, limit: 10).map(\.id) == [4])
    }

    @Test(arguments: TestedStore.allCases)
    func `a run whose end cannot be written lets go of its stream`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.prepared()
        let run = try await store.beginRun(connection: "hooks", stream: "s")
        try harness.failWrites(to: "runs")
        await #expect(throws: StoreError.self) {
            try await store.finishRun(run.id, as: .failed, message: nil, sourceCount: nil)
        }
        try harness.allowWrites(to: "runs")
        let next = try await store.beginRun(connection: "hooks", stream: "s")
        #expect(try await store.run(run.id).state == .interrupted && next.state == .running)
    }

    @Test(arguments: TestedStore.allCases)
    func `keys are known within a connection alone`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        #expect(try await store.receive([arrival("a"), arrival("a", at: "other")]) == [.stored(1), .stored(2)])
        let depths = try await store.inboxDepths()
        #expect(depths.map(\.connection) == ["hooks", "other"] && depths.map(\.waiting) == [1, 1])
    }

    @Test(arguments: TestedStore.allCases)
    func `events are used in the transaction of a page, or not at all`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.receive([arrival("a"), arrival("b")])
        let run = try await store.beginRun(connection: "hooks", stream: "s")
        var page = PageCommit(
            run: run.id, recordType: "sample", mappingVersion: "v1", events: [.record(mapped("1", "a"))])
        page.uses = [1]
        _ = try await store.commit(page)
        #expect(try await store.waitingEvents(of: "hooks", after: nil, limit: 10).map(\.id) == [2])
        page.uses = [2]
        page.recordType = "nothing"
        await #expect(throws: StoreError.unknownRecordType("nothing")) { try await store.commit(page) }
        #expect(try await store.inboxDepths().map(\.waiting) == [1])
        let used = try #require(try await store.inboxEvents(InboxFilter(states: [.used]), limit: 10).first)
        #expect(used.id == 1 && used.run == run.id)
    }

    @Test(arguments: TestedStore.allCases)
    func `events that are put back await their use again`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.receive((0..<4).map { arrival("\($0)", secondsLater: $0) })
        #expect(try await store.discardWaiting(InboxFilter(ids: 1...3), actor: "u1", reason: "a test") == 3)
        #expect(try await store.waitingEvents(of: "hooks", after: nil, limit: 10).map(\.id) == [4])
        let since = InboxFilter(connection: "hooks", since: Self.moment + .seconds(1), until: Self.moment + .seconds(2))
        #expect(try await store.requeue(since, actor: "u1") == 1)
        #expect(try await store.requeue(since, actor: "u1") == 0)
        #expect(try await store.waitingEvents(of: "hooks", after: nil, limit: 10).map(\.id) == [2, 4])
        let actions = try await store.auditEntries(after: 0, limit: 10).map(\.action)
        #expect(actions == ["inbox.discarded", "inbox.requeued"])
    }

    @Test(arguments: TestedStore.allCases)
    func `what is over goes with its key, what waits stays`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        _ = try await store.receive([arrival("a"), arrival("a"), arrival("b"), arrival("c", secondsLater: 60)])
        _ = try await store.discardWaiting(InboxFilter(ids: 1...1), actor: "u1", reason: "a test")
        let end = Self.moment + .seconds(30)
        #expect(try await store.deleteInbox(of: "hooks", before: end, isPreview: false, actor: "u1") == 1)
        #expect(try await store.inboxEvents(InboxFilter(), limit: 10).count == 2)
        guard case .stored = try await store.receive([arrival("a")]).first else {
            Issue.record("a key outlived its event")
            return
        }
    }

    @Test(arguments: TestedStore.allCases)
    func `alarms of one kind are one, with first and last`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        let (one, two) = (Self.moment, Self.moment + .seconds(5))
        try await store.raise([
            Alarm(connection: "hooks", kind: .refused, detail: "token", count: 3, first: one, last: one)
        ])
        try await store.raise([
            Alarm(connection: "hooks", kind: .refused, detail: "token", count: 2, first: two, last: two),
            Alarm(connection: "other", kind: .contradicted, detail: "key", count: 1, first: one, last: one),
        ])
        let alarms = try await store.alarms()
        #expect(alarms.map(\.count) == [5, 1] && alarms.first?.first == one && alarms.first?.last == two)
        #expect(try await store.clearAlarms(of: "hooks", actor: "u1") == 1)
        #expect(try await store.alarms().map(\.connection) == ["other"])
    }
}
