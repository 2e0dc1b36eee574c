import DingTalkTesting
import Foundation
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies a second before a moment, on it and a second behind it.
@Suite struct DingTalkApprovalCutOffTests {
    typealias Scene = DingTalkScene

    private func secondsAhead(_ zone: String) throws -> @Sendable (Instant) -> Int {
        let rules = try #require(TimeZone(identifier: zone))
        return { rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000))) }
    }

    private func connector(
        _ service: Scene.Service, in zone: String, _ changes: [String: SettingInput] = [:]
    ) throws -> DingTalkConnector {
        let settings = Scene.settings.merging(["overlap": .text("0s"), "recheck": .text("0s")]) { $1 }
        return try DingTalkConnector(
            settings: Settings(settings.merging(changes) { $1 }, against: DingTalkConnector.description.settings),
            context: DingTalkConnection.context(
                service, now: service.now, zone: zone, secondsAhead: try secondsAhead(zone)))
    }

    /// Decided long before, so that nothing is followed.
    private func around(_ cutOff: CutOff) throws -> DingTalkEmulator {
        var dingTalk = DingTalkEmulator.company()
        dingTalk.secondsAhead = try secondsAhead(cutOff.zone)
        for (id, seconds) in [("1", -1), ("2", 0), ("3", 1)] {
            dingTalk.ask(id, of: "PROC-1", by: "li", approver: "zhang", at: cutOff.moment.advanced(bySeconds: seconds))
            dingTalk.decide(id, "agree", at: cutOff.moment.advanced(bySeconds: -86_400))
        }
        return dingTalk
    }

    @Test(arguments: CutOff.all)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff) async throws {
        let service = EmulatedService(try around(cutOff), at: cutOff.moment.advanced(bySeconds: 7200))
        let page = try await connector(service, in: cutOff.zone, ["since": .text(cutOff.written)])
            .page(of: "approvals", after: nil)
        #expect(page.records.map(\.id) == ["2", "3"] && service.system.faults == [])
    }

    @Test(arguments: CutOff.all)
    func `since as a day begins with that day's midnight in the zone`(cutOff: CutOff) async throws {
        let service = EmulatedService(try around(cutOff), at: cutOff.moment.advanced(bySeconds: 7200))
        let day = service.system.shown(cutOff.moment).prefix(10)
        let page = try await connector(
            service, in: cutOff.zone, ["since": .text(String(day)), "page_size": .text("5")]
        )
        .page(of: "approvals", after: nil)
        let isMidnight = service.system.shown(cutOff.moment).hasSuffix("00:00:00")
        #expect(page.records.map(\.id) == (isMidnight ? ["2", "3"] : ["1", "2", "3"]))
    }

    /// A run ends with the moment at which it began; what lies on it is read by both runs, what lies behind by the next.
    @Test(arguments: CutOff.all)
    func `what is asked for on the edge of a run is neither lost nor doubled`(cutOff: CutOff) async throws {
        let service = EmulatedService(try around(cutOff), at: cutOff.moment)
        var ledger = StreamLedger("approvals")
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == ["1", "2"])
        service.wait(seconds: 3600)
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == ["2", "3"] && ledger.records.count == 3)
        service.wait(seconds: 3600)
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == [], "nothing else is read again")
    }

    /// Windows of thirty days meet: nothing falls between two of them, nothing into both.
    @Test(arguments: CutOff.all)
    func `windows meet without a gap`(cutOff: CutOff) async throws {
        var dingTalk = try around(cutOff)
        let edge = cutOff.moment.advanced(bySeconds: 30 * 86_400)
        for (id, seconds) in [("4", -1), ("5", 0), ("6", 1)] {
            dingTalk.ask(id, of: "PROC-1", by: "li", approver: "zhang", at: edge.advanced(bySeconds: seconds))
            dingTalk.decide(id, "agree", at: edge.advanced(bySeconds: -86_400))
        }
        let service = EmulatedService(dingTalk, at: edge.advanced(bySeconds: 86_400))
        var ledger = StreamLedger("approvals")
        try await ledger.run(connector(service, in: cutOff.zone, ["since": .text(cutOff.written)])) {
            service.wait(seconds: $0)
        }
        #expect(ledger.lastRun == ["2", "3", "4", "5", "6"] && service.system.faults == [])
    }
}
