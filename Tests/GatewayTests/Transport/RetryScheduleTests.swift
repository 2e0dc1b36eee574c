import Testing

@testable import Gateway

@Suite struct RetryScheduleTests {
    private func schedule(isIdempotent: Bool = true, attempts: Int = 4) -> RetrySchedule {
        var policy = RetryPolicy()
        policy.attempts = attempts
        return RetrySchedule(policy, isIdempotent: isIdempotent, startingAt: .zero)
    }

    @Test func `bounds double from half a second and stop at the longest delay`() {
        var schedule = schedule(attempts: 10)
        let waits = (1...8).map { _ in schedule.next(after: .init(), at: .zero) { 1 } }
        let expected: [Duration] = [0.5, 1, 2, 4, 8, 16, 20, 20].map { .seconds($0) }
        #expect(waits == expected.map { .retry(after: $0) })
    }

    @Test(arguments: [0, 0.25, 0.99])
    func `the wait is a random part of the bound`(random: Double) {
        var schedule = schedule()
        #expect(schedule.next(after: .init(), at: .zero) { random } == .retry(after: .milliseconds(500) * random))
    }

    @Test func `attempts are counted`() {
        var schedule = schedule(attempts: 3)
        #expect(schedule.next(after: .init(), at: .zero) { 0 } == .retry(after: .zero))
        #expect(schedule.next(after: .init(), at: .zero) { 0 } == .retry(after: .zero))
        #expect(schedule.next(after: .init(), at: .zero) { 0 } == .giveUp)
    }

    @Test func `the source's wish is the least it gets`() {
        var schedule = schedule()
        let wait = Duration.seconds(30)
        #expect(schedule.next(after: .init(retryAfter: wait), at: .zero) { 0.5 } == .retry(after: wait))
        #expect(schedule.next(after: .init(retryAfter: .zero), at: .zero) { 0.5 } == .retry(after: .milliseconds(500)))
    }

    @Test func `a wish beyond the total time ends the attempts at once`() {
        var schedule = schedule()
        #expect(schedule.next(after: .init(retryAfter: .seconds(3600)), at: .zero) { 0 } == .giveUp)
    }

    @Test func `no attempt begins after the total time`() {
        var schedule = schedule()
        #expect(schedule.next(after: .init(), at: .seconds(119)) { 0 } == .retry(after: .zero))
        #expect(schedule.next(after: .init(), at: .seconds(121)) { 0 } == .giveUp)
    }

    @Test func `what must not be repeated is sent again only when it never left`() {
        var schedule = schedule(isIdempotent: false)
        #expect(schedule.next(after: .init(wasSent: false), at: .zero) { 0 } == .retry(after: .zero))
        #expect(schedule.next(after: .init(wasSent: true), at: .zero) { 0 } == .giveUp)
    }
}
