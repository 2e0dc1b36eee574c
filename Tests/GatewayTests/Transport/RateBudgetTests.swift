import Testing

@testable import Gateway

@Suite struct RateBudgetTests {
    private var budget = RateBudget(requestsPerSecond: 4, concurrentRequests: 2, longestPause: .seconds(60))

    @Test mutating func `requests are spaced evenly`() {
        #expect(budget.handle(.asked(1), at: .seconds(10)) == [.admit(1)])
        #expect(budget.handle(.asked(2), at: .seconds(10)) == [.wake(after: .milliseconds(250))])
        #expect(budget.handle(.woken, at: .milliseconds(10_250)) == [.admit(2)])
    }

    @Test mutating func `no more run at once than allowed`() {
        _ = budget.handle(.asked(1), at: .seconds(1))
        _ = budget.handle(.asked(2), at: .seconds(2))
        #expect(budget.handle(.asked(3), at: .seconds(3)) == [])
        #expect(budget.handle(.finished, at: .seconds(4)) == [.admit(3)])
    }

    @Test mutating func `the first to ask is the first to go`() {
        _ = budget.handle(.asked(1), at: .zero)
        _ = budget.handle(.asked(2), at: .zero)
        #expect(budget.handle(.asked(3), at: .milliseconds(10)) == [])
        #expect(budget.handle(.woken, at: .milliseconds(250)) == [.admit(2)])
        #expect(budget.handle(.finished, at: .milliseconds(300)) == [.wake(after: .milliseconds(200))])
        #expect(budget.handle(.woken, at: .milliseconds(500)) == [.admit(3)])
    }

    @Test mutating func `a cancelled request takes no turn`() {
        _ = budget.handle(.asked(1), at: .zero)
        _ = budget.handle(.asked(2), at: .zero)
        _ = budget.handle(.asked(3), at: .zero)
        #expect(budget.handle(.cancelled(2), at: .milliseconds(100)) == [])
        #expect(budget.handle(.woken, at: .milliseconds(250)) == [.admit(3)])
    }

    @Test mutating func `a pause that the source asks for holds everybody`() {
        #expect(budget.handle(.held(for: .seconds(5)), at: .zero) == [])
        #expect(budget.handle(.asked(1), at: .seconds(1)) == [.wake(after: .seconds(4))])
        #expect(budget.handle(.woken, at: .seconds(5)) == [.admit(1)])
    }

    @Test mutating func `while the source wants a long pause nobody waits`() {
        for ticket: RateBudget.Ticket in 1...3 { _ = budget.handle(.asked(ticket), at: .zero) }
        #expect(
            budget.handle(.held(for: .seconds(90)), at: .zero) == [
                .refuse(2, rest: .seconds(90)), .refuse(3, rest: .seconds(90)),
            ])
        _ = budget.handle(.woken, at: .milliseconds(250))
        _ = budget.handle(.finished, at: .seconds(1))
        #expect(budget.handle(.asked(4), at: .seconds(20)) == [.refuse(4, rest: .seconds(70))])
        #expect(budget.handle(.asked(5), at: .seconds(40)) == [.wake(after: .seconds(50))])
        #expect(budget.handle(.woken, at: .seconds(90)) == [.admit(5)])
    }

    @Test mutating func `an early wake only asks for another`() {
        _ = budget.handle(.asked(1), at: .zero)
        _ = budget.handle(.asked(2), at: .zero)
        _ = budget.handle(.held(for: .seconds(3)), at: .milliseconds(100))
        #expect(budget.handle(.woken, at: .milliseconds(250)) == [.wake(after: .milliseconds(2850))])
        #expect(budget.handle(.woken, at: .milliseconds(3100)) == [.admit(2)])
    }

    @Test func `impossible limits still let one request through`() {
        var budget = RateBudget(requestsPerSecond: 0, concurrentRequests: 0, longestPause: .zero)
        #expect(budget.handle(.asked(1), at: .zero) == [.admit(1)])
    }
}
