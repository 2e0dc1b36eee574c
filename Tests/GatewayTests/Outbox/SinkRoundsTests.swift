import Expressions
import ReviewStore
import Testing

@testable import Gateway

/// Which sinks are delivered to at once, and which come next.
@Suite struct SinkRoundsTests {
    private let now = Timestamp(seconds: 1_785_000_000)

    private func report(_ sink: String, next: Timestamp? = nil, fault: String? = nil) -> SinkReport {
        var report = SinkReport(sink: sink)
        (report.next, report.fault) = (next, fault)
        return report
    }

    @Test func `a sink that is under way is not begun again, and keeps no other from it`() {
        var rounds = SinkRounds()
        rounds.want(["slow", "quick"])
        #expect(rounds.begin() == ["slow", "quick"])
        rounds.ended("quick", report("quick"))
        rounds.want(["slow", "quick"])
        #expect(rounds.begin() == ["quick"])
        rounds.ended("slow", report("slow"))
        #expect(rounds.begin() == ["slow"], "something was written while it was under way")
        rounds.ended("slow", report("slow"))
        #expect(rounds.begin() == [])
    }

    @Test func `only so many are under way at once, and who waits comes in turn`() {
        var rounds = SinkRounds()
        let sinks = (0..<SinkRounds.mostAtOnce + 3).map { "s\($0)" }
        rounds.want(sinks)
        #expect(rounds.begin() == Array(sinks.prefix(SinkRounds.mostAtOnce)))
        #expect(rounds.begin() == [])
        rounds.want(sinks)
        rounds.ended("s0", report("s0"))
        #expect(rounds.begin() == ["s\(SinkRounds.mostAtOnce)"])
    }

    @Test func `the pause ends when the first is due that is not under way`() {
        var rounds = SinkRounds()
        rounds.want(["a", "b", "c"])
        _ = rounds.begin()
        rounds.ended("a", report("a", next: now + .seconds(3)))
        rounds.ended("b", report("b", next: now + .seconds(1), fault: "no secret"))
        rounds.ended("c", report("c", next: now - .seconds(1)))
        #expect(rounds.pause(at: now, longest: .seconds(5)) == .milliseconds(50))
        rounds.want(["a", "b"])
        #expect(rounds.pause(at: now, longest: .seconds(5)) == .seconds(3), "a sink that is gone is not waited for")
        #expect(rounds.pause(at: now, longest: .seconds(2)) == .seconds(2))
        #expect(rounds.begin() == ["a", "b"])
        #expect(rounds.pause(at: now, longest: .seconds(5)) == .seconds(5))
    }
}
