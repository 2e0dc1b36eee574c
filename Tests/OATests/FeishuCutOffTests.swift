import FeishuTesting
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies a second before a moment, on it and a second behind it.
@Suite struct FeishuCutOffTests {
    typealias Scene = FeishuScene

    private func around(_ moment: Instant, includesEnds: Bool) -> FeishuEmulator {
        var feishu = Scene.office()
        feishu.includesEnds = includesEnds
        for (number, seconds) in [(1, -1), (2, 0), (3, 1)] {
            feishu.instances["i\(number)"] = .init("i\(number)", at: moment.advanced(bySeconds: seconds)) {
                ($0.status, $0.ended) = ("APPROVED", moment.advanced(bySeconds: seconds))
            }
        }
        return feishu
    }

    @Test(arguments: CutOff.all, [true, false])
    func `since takes its own second and leaves out the one before`(cutOff: CutOff, includesEnds: Bool) async throws {
        let service = EmulatedService(
            around(cutOff.moment, includesEnds: includesEnds), at: cutOff.moment.advanced(bySeconds: 7200))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["since": .text(cutOff.written)])
        #expect(ledger.lastRun == ["i2", "i3"] && service.system.faults == [])
    }

    @Test(arguments: CutOff.all, [true, false])
    func `what is created on the edge of a run comes with it or the next, once`(
        cutOff: CutOff, includesEnds: Bool
    ) async throws {
        let service = EmulatedService(around(cutOff.moment, includesEnds: includesEnds), at: cutOff.moment)
        let settings: [String: SettingInput] = ["since": .text(cutOff.moment.advanced(bySeconds: -90_000).rfc3339)]
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun == ["i1"])
        service.wait(seconds: 60)
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun == ["i2", "i3"])
        Scene.expectExact(ledger, service)
    }

    /// Windows of a day end on the moment, in the middle of a run.
    @Test(arguments: CutOff.all, [true, false])
    func `what is created where one window ends and another begins comes once`(
        cutOff: CutOff, includesEnds: Bool
    ) async throws {
        let service = EmulatedService(
            around(cutOff.moment, includesEnds: includesEnds), at: cutOff.moment.advanced(bySeconds: 90_000))
        var ledger = StreamLedger("approvals")
        try await Scene.run(
            &ledger, service, ["since": .text(cutOff.moment.advanced(bySeconds: -86_399).rfc3339)])
        #expect(ledger.lastRun == ["i1", "i2", "i3"])
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: CutOff.all)
    func `what is listed late comes with the overlap, and nothing twice in a run`(cutOff: CutOff) async throws {
        let service = EmulatedService(around(cutOff.moment, includesEnds: true), at: cutOff.moment)
        let settings: [String: SettingInput] = [
            "since": .text(cutOff.moment.advanced(bySeconds: -7200).rfc3339), "overlap": .text("5m"),
        ]
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, settings)
        let late = cutOff.moment.advanced(bySeconds: -299)
        service.edit { $0.instances["i4"] = .init("i4", at: late) { $0.status = "CANCELED" } }
        service.wait(seconds: 60)
        try await Scene.run(&ledger, service, settings)
        #expect(ledger.lastRun.sorted() == ["i1", "i2", "i3", "i4"])
        service.wait(seconds: 86_400)
        try await Scene.run(&ledger, service, settings)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        for _ in 1...2 { try await Scene.run(&ledger, service, settings) }
        #expect(ledger.lastRun == [])
    }

    /// A day is the day of the connection's zone.
    @Test func `a since without a time begins at midnight in the zone`() async throws {
        let midnight = FixedClock("2026-09-30T16:00:00Z").moment
        let service = EmulatedService(around(midnight, includesEnds: true))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, ["since": .text("2026-10-01")])
        #expect(ledger.lastRun == ["i2", "i3"])
    }
}
