import PlumblineKit
import ReviewStore
import Synchronization
import Testing

@testable import Gateway

/// How often systems may send, and who may keep them from it.
@Suite struct RateLimitTests {
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

    @Test func `who proves nothing spends nothing of the real sender's, who is told when to come again`() async throws {
        let hooked = try await HookedWorkspace()
        try hooked.company.edit("connectors/hooks.yaml", "people: all", "people: all, requests_per_second: 2")
        let moment = Mutex(begin)
        let reception = InboxReception(hooked.host.store, rates: RateLimits(now: { moment.withLock { $0 } }))
        let receiver = CallbackReceiver(try await hooked.company.host(), inbox: reception)
        let other = Array("another key of 32 bytes, and more".utf8)
        for _ in 0..<20 {
            let reply = await receiver.answer(try hooked.request("x", "{}", key: other), for: "hooks")
            #expect(reply.status == 401 && !reply.isProven)
        }
        for number in 1...2 {
            let reply = await receiver.answer(
                try hooked.request("m\(number)", HookedWorkspace.deed("\(number)")), for: "hooks")
            #expect(reply.status == 200 && reply.isProven)
        }
        let third = try hooked.request("m3", HookedWorkspace.deed("3"))
        let reply = await receiver.answer(third, for: "hooks")
        #expect(reply.status == 429 && reply.retryAfter == 1 && reply.isProven)
        #expect(try await hooked.host.store.inboxDepths().map(\.waiting) == [2])
        moment.withLock { $0 += .milliseconds(500) }
        #expect(await receiver.answer(third, for: "hooks").status == 200)
    }
}
