import Expressions
import OpenSSLCrypto
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// Whatever receivers answer, and wherever the process ends: what is attempted when is what the plan says, and every event
/// arrives, is given up after its tenth failure, or waits at a sink that is disabled.
@Suite struct DeliveryPropertyTests {
    @Test(arguments: 0..<24)
    func `any order of outcomes keeps to the plan`(seed: Int) async throws {
        let isOrdered = seed.isMultiple(of: 2)
        let workspace = try TestWorkspace.telling([
            "a": "sink: a\nkind: file\nevents: [connection.failed]\nordered: \(isOrdered)"
        ])
        var host = try await workspace.host()
        host.transportEnvironment.random = { 0.5 }
        let channel = ScriptedChannel(seed: UInt64(seed) * 7919 + 1, allowsGone: seed % 6 == 5)
        for name in ["one", "two", "three", "four"] {
            try await workspace.tell(name, host: host)
            workspace.goOn(by: .seconds(1))
        }
        var model = PlannedSink(
            isOrdered: isOrdered,
            events: try await host.store.deliveries(DeliveryFilter(), limit: 9).reversed().compactMap(\.next))
        var passes = 0
        while let next = model.next(after: workspace.clock.now()), passes < 400 {
            passes += 1
            if next - .seconds(1) > workspace.clock.now() {
                workspace.clock.set((next - .seconds(1)).rfc3339)
                try await pass(host, channel)
                #expect(channel.takeSent().isEmpty, "seed \(seed): nothing is due a second before \(next)")
            }
            if next > workspace.clock.now() { workspace.clock.set(next.rfc3339) }
            try await pass(host, channel)
            let sent = channel.takeSent()
            #expect(
                model.attempts(with: sent.map(\.outcome), at: workspace.clock.now()) == sent.map(\.event),
                "seed \(seed)")
        }
        #expect(try await host.deliveryStates() == model.states, "seed \(seed)")
        #expect(model.events.allSatisfy { $0.state != .waiting && $0.state != .failed } && !channel.keysDiffer)
    }

    private func pass(_ host: WorkspaceHost, _ channel: ScriptedChannel) async throws {
        let delivery = SinkDelivery(
            host: host, sink: host.workspace.sinks[0], channel: channel, limit: .max, isStopping: { false },
            progress: { _ in })
        let report = try await host.store.withSinkClaim("a") { () -> Result<SinkReport, StoreError> in
            do throws(StoreError) { return .success(try await delivery.run()) } catch { return .failure(error) }
        }
        _ = try #require(report, "the sink is somebody else's").get()
    }
}

/// What comes of an attempt.
private enum Outcome: CaseIterable {
    case accepted, failed, busy, timeOut, crash, gone
}

/// Gives outcomes by chance, and remembers what was sent.
private final class ScriptedChannel: DeliveryChannel {
    let eventsPerMessage = 1
    private let allowsGone: Bool
    private struct State {
        var random: UInt64
        var sent: [(event: OutboxEventID, outcome: Outcome)] = []
        var keys: [OutboxEventID: Set<String>] = [:]
        var crashes = 0
    }
    private let state: Mutex<State>

    init(seed: UInt64, allowsGone: Bool) {
        state = Mutex(State(random: seed))
        self.allowsGone = allowsGone
    }

    /// What was sent since the last call.
    func takeSent() -> [(event: OutboxEventID, outcome: Outcome)] {
        state.withLock { state in
            defer { state.sent = [] }
            return state.sent
        }
    }

    /// Whether an event was sent under more than one key.
    var keysDiffer: Bool { state.withLock { $0.keys.values.contains { $0.count > 1 } } }

    func send(_ events: [OutgoingEvent], at now: Timestamp) async -> (count: Int, answer: DeliveryAnswer)? {
        guard let event = events.first?.event else { return nil }
        let outcome = state.withLock { state in
            state.random = state.random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let dice = Int(state.random >> 33 % 100)
            let outcome: Outcome =
                switch dice {
                case ..<8: .accepted
                case ..<45: .failed
                case ..<60: .busy
                case ..<80: .timeOut
                case ..<96: .crash
                default: allowsGone ? .gone : .failed
                }
            state.sent.append((event.id, outcome))
            state.keys[event.id, default: []].insert(event.key)
            return outcome
        }
        switch outcome {
        case .accepted: return (1, .accepted(status: 200))
        case .failed: return (1, .failed("status 500", status: 500))
        case .busy: return (1, DeliveryAnswer(verdict: .busy(for: .seconds(1000)), status: 429, reason: "busy"))
        case .timeOut: return (1, .failed("no whole answer"))
        case .crash: return nil
        case .gone: return (1, DeliveryAnswer(verdict: .gone, status: 410, reason: "gone"))
        }
    }
}

/// The plan once more, in plain words and without a store.
private struct PlannedSink {
    struct Event {
        var state = Delivery.State.waiting
        var attempts = 0
        var failures = 0
        var due: Timestamp
    }

    let isOrdered: Bool
    var events: [Event]
    private var rest: Timestamp?
    private var circuit: Timestamp?
    private var failuresInARow = 0
    private var openings = 0
    private var isDisabled = false

    init(isOrdered: Bool, events: [Timestamp]) {
        self.isOrdered = isOrdered
        self.events = events.map { Event(due: $0) }
    }

    var states: [String] {
        events.enumerated().map { "\($0.offset + 1) \($0.element.state.rawValue) \($0.element.attempts)" }
    }

    private var open: [Int] { events.indices.filter { [.waiting, .failed].contains(events[$0].state) } }

    /// When something is to be attempted next, not before `now`; nil where nothing is any more.
    func next(after now: Timestamp) -> Timestamp? {
        if isDisabled { return nil }
        let due = isOrdered ? open.first.map { events[$0].due } : open.map { events[$0].due }.min()
        return due.map { [$0, rest ?? $0, circuit ?? $0, now].max() ?? $0 }
    }

    /// The events that are attempted now, one after the other, where these are the outcomes.
    mutating func attempts(with outcomes: [Outcome], at now: Timestamp) -> [OutboxEventID] {
        var attempted: [OutboxEventID] = []
        var outcomes = outcomes[...]
        while let event = dueEvent(at: now) {
            attempted.append(OutboxEventID(event + 1))
            guard let outcome = outcomes.popFirst() else { break }
            if outcome == .crash { break }
            apply(outcome, to: event, at: now)
        }
        return attempted
    }

    private func dueEvent(at now: Timestamp) -> Int? {
        if isDisabled || rest.map({ $0 > now }) == true || circuit.map({ $0 > now }) == true { return nil }
        if isOrdered { return open.first.flatMap { events[$0].due <= now ? $0 : nil } }
        return open.first { events[$0].due <= now }
    }

    private mutating func apply(_ outcome: Outcome, to event: Int, at now: Timestamp) {
        events[event].attempts += 1
        rest = outcome == .busy ? now + .seconds(1000) : nil
        switch outcome {
        case .accepted:
            events[event].state = .delivered
            (circuit, failuresInARow, openings) = (nil, 0, 0)
        case .failed, .timeOut, .busy:
            events[event].failures += 1
            let seconds = [5.0, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
            let failures = events[event].failures
            events[event].state = failures < 10 ? .failed : .givenUp
            if failures < 10 {
                let pause = max(seconds[failures - 1] * 1.1, outcome == .busy ? 1000 : 0)
                events[event].due = now + .seconds(pause)
            }
            if outcome != .busy { countFailure(at: now) }
        case .gone:
            isDisabled = true
            for index in open { events[index].state = .disabled }
        case .crash: break
        }
    }

    private mutating func countFailure(at now: Timestamp) {
        failuresInARow += 1
        guard circuit != nil || failuresInARow >= 5 else { return }
        circuit = now + .seconds(min(60 << openings, 1800))
        openings += 1
    }
}
