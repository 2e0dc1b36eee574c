import NIOCore
import Testing

@testable import Console

/// The pure parts that say how often and how long.
@Suite struct PatienceTests {
    private let begin = ContinuousClock.now

    @Test func `a bucket gives as many at once as a second may have, and then as time goes`() {
        var bucket = TokenBucket(perSecond: 2, at: begin)
        #expect(bucket.take(at: begin) == nil && bucket.take(at: begin) == nil)
        #expect(bucket.take(at: begin) == 1)
        #expect(bucket.take(at: begin + .milliseconds(499)) == 1)
        #expect(bucket.take(at: begin + .milliseconds(500)) == nil)
        #expect(bucket.take(at: begin + .milliseconds(500)) == 1)
    }

    @Test func `a bucket that rests is full and no fuller, and a clock that goes back gives nothing`() {
        var bucket = TokenBucket(perSecond: 1, at: begin)
        #expect(bucket.take(at: begin) == nil)
        #expect(bucket.take(at: begin - .seconds(100)) == 1)
        #expect(bucket.take(at: begin + .seconds(100)) == nil && bucket.take(at: begin + .seconds(100)) == 1)
    }

    @Test func `each connection has its own bucket, and a new limit counts at once`() {
        let rates = RateLimits(now: { [begin] in begin })
        #expect(rates.wait(for: "a", perSecond: 1) == nil && rates.wait(for: "a", perSecond: 1) == 1)
        #expect(rates.wait(for: "b", perSecond: 1) == nil)
        #expect(rates.wait(for: "a", perSecond: 2) == nil)
    }

    private let opened = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private func after(_ seconds: Int64) -> NIODeadline { opened + .seconds(seconds) }

    @Test func `a header, a body, an answer and a rest have a time each`() {
        var patience = ClientPatience(limits: HTTPLimits(), openedAt: opened)
        #expect(patience.deadline == after(10))
        patience.note(.head, at: after(1))
        #expect(patience.deadline == after(31))
        patience.note(.end, at: after(2))
        #expect(patience.deadline == after(62))
        patience.note(.answered, at: after(3))
        #expect(patience.deadline == after(78))
        patience.note(.closing, at: after(4))
        #expect(patience.deadline == after(6))
        patience.note(.head, at: after(5))
        #expect(patience.deadline == after(6))
    }

    @Test func `an early answer does not give a slow body more time`() {
        var patience = ClientPatience(limits: HTTPLimits(), openedAt: opened)
        patience.note(.head, at: after(1))
        patience.note(.answered, at: after(20))
        #expect(patience.deadline == after(31))
    }

    @Test func `a client that takes no answers is not waited for longer because it asks more`() {
        var patience = ClientPatience(limits: HTTPLimits(), openedAt: opened)
        for moment in [1, 2] as [Int64] {
            patience.note(.head, at: after(moment))
            patience.note(.end, at: after(moment))
        }
        patience.note(.answered, at: after(3))
        #expect(patience.deadline == after(63))
    }
}
