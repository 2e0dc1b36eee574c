import NIOCore
import Testing

@testable import Console

/// The pure part that says how long.
@Suite struct PatienceTests {
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
