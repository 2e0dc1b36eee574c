import Expressions
import PlumblineKit
import ReviewStore
import Testing

@testable import Gateway

/// When something is attempted again, and what answers mean.
@Suite struct DeliveryPlanTests {
    private let start = Timestamp(seconds: 1_785_000_000)

    @Test func `the schedule is that of Standard Webhooks, each pause up to a fifth longer`() {
        let schedule = DeliverySchedule.standard
        let pauses = (0...10).map { schedule.pause(afterFailures: $0, chance: 0) }
        let seconds: [Double?] = [0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, nil]
        #expect(pauses.map { $0.map { $0 / .seconds(1) } } == seconds)
        #expect(schedule.pause(afterFailures: 2, chance: 0.5) == .seconds(330))
        let most = schedule.pause(afterFailures: 2, chance: 0.999_999) ?? .zero
        #expect(most < .seconds(360) && most > .seconds(359))
    }

    @Test func `after the tenth failure it is given up`() {
        let plan = DeliveryPlan()
        let answer = DeliveryAnswer.failed("no")
        #expect(plan.result(of: answer, failures: 0, at: start, chance: 0) == .again(at: start + .seconds(5)))
        #expect(plan.result(of: answer, failures: 8, at: start, chance: 0) == .again(at: start + .seconds(86_400)))
        #expect(plan.result(of: answer, failures: 9, at: start, chance: 0) == .givenUp)
        #expect(plan.result(of: .accepted(status: 204), failures: 9, at: start, chance: 0) == .delivered)
    }

    static let statuses: [(Int, DeliveryAnswer.Verdict)] = [
        (200, .accepted), (202, .accepted), (299, .accepted), (301, .failed), (304, .failed), (307, .failed),
        (400, .failed), (401, .failed), (404, .failed), (408, .failed), (410, .gone), (429, .busy(for: .seconds(60))),
        (500, .failed), (502, .failed), (503, .failed), (504, .failed),
    ]

    @Test(arguments: statuses)
    func `a status means what Standard Webhooks says`(status: Int, verdict: DeliveryAnswer.Verdict) {
        let answer = DeliveryAnswer(status: status, headers: [:], words: "words", unixTime: start.seconds)
        #expect(answer.verdict == verdict && answer.status == status)
        #expect((answer.reason == nil) == (verdict == .accepted))
    }

    static let waits: [(String, Duration?)] = [
        ("120", .seconds(120)), ("0", .zero), ("999999999", .seconds(86_400)), ("soon", nil), ("-5", nil),
        ("Sat, 25 Jul 2026 17:21:40 GMT", .seconds(100)), ("Sat, 25 Jul 2020 17:21:40 GMT", .zero),
    ]

    @Test(arguments: waits, [429, 503])
    func `what the receiver asks for in Retry-After is kept, for a day at most`(
        wait: (text: String, pause: Duration?), status: Int
    ) throws {
        let now = try #require(Timestamp(rfc3339: "2026-07-25T17:20:00Z"))
        let answer = DeliveryAnswer(
            status: status, headers: ["Retry-After": wait.text], words: "", unixTime: now.seconds)
        let wanted: DeliveryAnswer.Verdict =
            wait.pause.map { .busy(for: $0) } ?? (status == 429 ? .busy(for: .seconds(60)) : .failed)
        #expect(answer.verdict == wanted)
    }

    @Test
    func `a wish for a pause is kept by the event and by the sink, a shorter one than the schedule's by the sink`() {
        let plan = DeliveryPlan()
        func busy(_ seconds: Int) -> DeliveryAnswer {
            DeliveryAnswer(verdict: .busy(for: .seconds(seconds)), status: 429, reason: "slow down")
        }
        #expect(plan.result(of: busy(600), failures: 0, at: start, chance: 0) == .again(at: start + .seconds(600)))
        #expect(plan.result(of: busy(60), failures: 1, at: start, chance: 0) == .again(at: start + .seconds(300)))
        let state = plan.state(SinkState(name: "a"), after: busy(60), at: start)
        #expect(state.quietUntil == start + .seconds(60) && state.failures == 0 && state.openUntil == nil)
    }

    @Test func `410 disables the sink and keeps the event`() {
        let plan = DeliveryPlan()
        let gone = DeliveryAnswer(verdict: .gone, status: 410, reason: "status 410")
        #expect(plan.result(of: gone, failures: 0, at: start, chance: 0) == .again(at: start))
        let state = plan.state(SinkState(name: "a"), after: gone, at: start)
        #expect(state.disabled == start && state.disabledReason == "status 410")
    }

    @Test func `a bot rests behind each message`() {
        let plan = DeliveryPlan(pauseBetweenMessages: .seconds(4))
        let state = plan.state(SinkState(name: "a"), after: .accepted(status: 200), at: start)
        #expect(state.quietUntil == start + .seconds(4))
    }

    // MARK: Circuit breaker

    @Test func `five failures in a row open the circuit, then each probe decides`() {
        var breaker = CircuitBreaker(SinkState(name: "a"))
        for _ in 1...4 { #expect(breaker.handle(.failed, at: start) == .pass) }
        #expect(breaker.handle(.failed, at: start) == .wait(until: start + .seconds(60)))
        #expect(breaker.handle(.asked, at: start + .seconds(59)) == .wait(until: start + .seconds(60)))
        #expect(breaker.handle(.asked, at: start + .seconds(60)) == .probe)
        let later = start + .seconds(61)
        #expect(breaker.handle(.failed, at: later) == .wait(until: later + .seconds(120)))
        #expect(breaker.handle(.succeeded, at: later + .seconds(120)) == .pass)
        #expect(breaker == CircuitBreaker(SinkState(name: "a")))
    }

    @Test func `a success between failures keeps the circuit closed`() {
        var breaker = CircuitBreaker(SinkState(name: "a"))
        for _ in 1...20 {
            for _ in 1...4 { _ = breaker.handle(.failed, at: start) }
            #expect(breaker.handle(.succeeded, at: start) == .pass)
        }
    }

    @Test func `the circuit is never open for more than half an hour at once`() {
        var breaker = CircuitBreaker(SinkState(name: "a"))
        var now = start
        var pauses: [Duration] = []
        for _ in 1...200 {
            guard case .wait(let end) = breaker.handle(.failed, at: now) else { continue }
            pauses.append(end - now)
            now = end
        }
        let minutes = pauses.prefix(7).map { Int($0 / .seconds(60)) }
        #expect(minutes == [1, 2, 4, 8, 16, 30, 30])
        #expect(pauses.max() == .seconds(1800))
    }

    @Test func `what it knows outlives the process`() {
        var breaker = CircuitBreaker(SinkState(name: "a"))
        for _ in 1...5 { _ = breaker.handle(.failed, at: start) }
        var state = SinkState(name: "a")
        breaker.note(in: &state)
        #expect(CircuitBreaker(state) == breaker && state.restsUntil == start + .seconds(60))
    }
}
