import Expressions
import Indicators
import ReviewStore
import Testing

/// How the outbox keeps what became of its events.
@Suite struct DeliveryContractTests {
    @Test(arguments: TestedStore.allCases)
    func `one process at a time delivers to a sink`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let (store, other) = (try await harness.prepared(), try await harness.prepared())
        let inside = try await store.withSinkClaim("a") {
            let same = try? await other.withSinkClaim("a") { 1 }
            let another = try? await other.withSinkClaim("b") { 2 }
            return [same ?? nil, another ?? nil]
        }
        #expect(inside == [nil, 2])
        #expect(try await other.withSinkClaim("a") { 3 } == 3)
    }

    @Test(arguments: TestedStore.allCases)
    func `an attempt is kept with what became of each event`(kind: TestedStore) async throws {
        let store = try await kind.harness().withEvents(3)
        let start = try await store.lastMoment()
        var state = SinkState(name: "a")
        (state.failures, state.openings, state.openUntil) = (5, 1, start + .seconds(60))
        let again = start + .seconds(30)
        try await store.note(
            .init(
                sink: "a", results: [1: .delivered, 2: .again(at: again), 3: .givenUp], started: start, ended: start,
                status: 500, error: "status 500", sinkState: state))
        let deliveries = try await store.deliveries(DeliveryFilter(), limit: 10)
        #expect(deliveries.map(\.state) == [.givenUp, .failed, .delivered])
        #expect(deliveries.map(\.next) == [nil, again, nil] && deliveries.map(\.delivered) == [nil, nil, start])
        #expect(deliveries.map(\.attempts) == [1, 1, 1] && deliveries.map(\.failures) == [1, 1, 0])
        #expect(deliveries.allSatisfy { $0.lastStatus == 500 && $0.lastError == "status 500" })
        #expect(try await store.attempts(of: 2).map(\.status) == [500])
        #expect(try await store.sinkState("a") == state)
    }

    @Test(arguments: TestedStore.allCases)
    func `nothing is due before its time, nor while the sink rests`(kind: TestedStore) async throws {
        let store = try await kind.harness().withEvents(2)
        let start = try await store.lastMoment() + .seconds(10)
        #expect(try await store.due(at: start) == [1, 2])
        try await store.attempt([1: .again(at: start + .seconds(5))], at: start)
        #expect(try await store.due(at: start) == [2])
        #expect(try await store.due(at: start + .seconds(5)) == [1, 2])
        var resting = SinkState(name: "a")
        resting.quietUntil = start + .seconds(60)
        try await store.attempt([2: .delivered], at: start, resting)
        #expect(try await store.due(at: start + .seconds(59)) == [])
        #expect(try await store.nextDelivery(to: "a", isOrdered: false) == start + .seconds(60))
        #expect(try await store.due(at: start + .seconds(60)) == [1])
    }

    @Test(arguments: TestedStore.allCases)
    func `where the order counts, nothing overtakes what has failed`(kind: TestedStore) async throws {
        let store = try await kind.harness().withEvents(3)
        let start = try await store.lastMoment() + .seconds(10)
        try await store.attempt([2: .again(at: start + .seconds(5))], at: start)
        #expect(try await store.due(at: start, isOrdered: true) == [1])
        #expect(try await store.due(at: start) == [1, 3])
        try await store.attempt([1: .delivered], at: start)
        #expect(try await store.due(at: start, isOrdered: true) == [])
        #expect(try await store.nextDelivery(to: "a", isOrdered: true) == start + .seconds(5))
        try await store.attempt([2: .givenUp], at: start)
        #expect(try await store.due(at: start, isOrdered: true) == [3])
    }

    @Test(arguments: TestedStore.allCases)
    func `a disabled sink gets nothing until it is enabled, then everything`(kind: TestedStore) async throws {
        let store = try await kind.harness().withEvents(2)
        let start = try await store.lastMoment()
        var state = SinkState(name: "a")
        (state.disabled, state.disabledReason) = (start, "gone")
        try await store.attempt([1: .again(at: start)], at: start, state)
        try await store.publish([value("e9", "1")])
        #expect(
            try await store.deliveries(DeliveryFilter(), limit: 9).map(\.state) == [.disabled, .disabled, .disabled])
        #expect(try await store.nextDelivery(to: "a", isOrdered: false) == nil)
        #expect(try await store.redeliver(DeliveryFilter(sink: "a"), actor: "it") == 0)
        #expect(try await store.enableSink("a", actor: "it") == 3)
        #expect(try await store.sinkState("a") == SinkState(name: "a"))
        #expect(try await store.due(at: start + .seconds(900)) == [1, 2, 3])
        #expect(try await store.auditEntries(after: 0, limit: 99).last?.action == "sink.enabled")
    }

    @Test(arguments: TestedStore.allCases)
    func `what was given up or delivered can be asked for again`(kind: TestedStore) async throws {
        let store = try await kind.harness().withEvents(3)
        let start = try await store.lastMoment()
        try await store.attempt([1: .givenUp, 2: .delivered, 3: .delivered], at: start)
        #expect(try await store.redeliver(DeliveryFilter(event: 1), actor: "it") == 1)
        let since = try #require(try await store.deliveries(DeliveryFilter(event: 3), limit: 1).first).event.occurred
        #expect(try await store.redeliver(DeliveryFilter(sink: "a", since: since), actor: "it") == 1)
        #expect(try await store.redeliver(DeliveryFilter(sink: "b"), actor: "it") == 0)
        let again = try await store.deliveries(DeliveryFilter(states: [.waiting]), limit: 9)
        #expect(again.map(\.event.id) == [3, 1] && again.allSatisfy { $0.failures == 0 && $0.attempts == 1 })
        #expect(try await store.verifyAudit().problems == [])
    }

    @Test(arguments: TestedStore.allCases)
    func `only what was delivered everywhere is deleted, with its attempts`(kind: TestedStore) async throws {
        let harness = try kind.harness()
        let store = try await harness.withEvents(3, sinks: ["a", "b"])
        let start = try await store.lastMoment()
        try await store.attempt([1: .delivered, 2: .delivered, 3: .delivered], at: start)
        try await store.note(
            .init(
                sink: "b", results: [1: .delivered, 2: .givenUp], started: start, ended: start, status: 200, error: nil,
                sinkState: SinkState(name: "b")))
        #expect(try await store.deleteDelivered(before: start, isPreview: false) == 0)
        #expect(try await store.deleteDelivered(before: start + .seconds(1), isPreview: true) == 1)
        #expect(try await store.deleteDelivered(before: start + .seconds(1), isPreview: false) == 1)
        #expect(try harness.rows("SELECT DISTINCT event_id FROM delivery_attempts") == [["2"], ["3"]])
        let depths = try await store.outboxDepths()
        #expect(
            depths.map(\.sink) == ["a", "b"] && depths.map(\.waiting) == [0, 1] && depths.map(\.givenUp) == [0, 1])
        #expect(depths[0].oldestWaiting == nil && depths[1].oldestWaiting != nil)
    }

    @Test func `a ring that nobody hears is kept for the next who waits`() async {
        let bell = OutboxBell()
        bell.ring()
        await bell.wait()
        async let woken: Void = bell.wait()
        let ringing = Task {
            while !Task.isCancelled {
                bell.ring()
                await Task.yield()
            }
        }
        await woken
        ringing.cancel()
        await ringing.value
    }

    @Test(arguments: TestedStore.allCases)
    func `whoever waits hears of an event that was written`(kind: TestedStore) async throws {
        let store = try await kind.harness().prepared()
        store.subscribe(.sinks(("a", [.valuesPublished], true)))
        async let heard: Void = store.outboxBell.wait()
        try await store.publish([value("e1", "1")])
        await heard
    }
}

extension StoreHarness {
    /// A store with so many events for some sinks.
    fileprivate func withEvents(_ count: Int, sinks: [String] = ["a"]) async throws -> any ReviewStore {
        let store = try await prepared()
        var subscriptions = OutboxSubscriptions()
        subscriptions.sinks = sinks.map { .init(sink: $0, kinds: [.valuesPublished], toldOfPeople: true) }
        store.subscribe(subscriptions)
        for number in 1...count { try await store.publish([value("e\(number)", "1")]) }
        return store
    }
}

extension ReviewStore {
    fileprivate func due(at moment: Timestamp, isOrdered: Bool = false) async throws -> [OutboxEventID] {
        try await dueDeliveries(to: "a", at: moment, isOrdered: isOrdered, limit: 10).map(\.event.id)
    }

    /// When the last event happened.
    fileprivate func lastMoment() async throws -> Timestamp {
        try #require(try await deliveries(DeliveryFilter(), limit: 1).first).event.occurred
    }

    fileprivate func attempt(
        _ results: [OutboxEventID: DeliveryRecord.Result], at moment: Timestamp, _ state: SinkState? = nil
    ) async throws {
        try await note(
            .init(
                sink: "a", results: results, started: moment, ended: moment, status: nil, error: nil,
                sinkState: state ?? SinkState(name: "a")))
    }
}
