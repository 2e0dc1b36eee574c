import Foundation
import OAConnectors
import PlumblineKit
import PlumblineTesting
import Testing
import WeComTesting

/// What lies a second before a moment, on it and a second behind it.
@Suite struct WeComCutOffTests {
    typealias Scene = WeComScene

    private func connector(
        _ service: EmulatedService<WeComEmulator>, in zone: String, since: String = "2026-01-01"
    ) throws -> WeComOAConnector {
        let rules = try #require(TimeZone(identifier: zone))
        let settings = try Settings(
            Scene.settings.merging(["since": .text(since)]) { $1 }, against: WeComOAConnector.description.settings)
        return try WeComOAConnector(
            settings: settings,
            context: Scene.context(
                service, now: service.now, zone: zone,
                utcOffset: {
                    rules.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0.microseconds / 1_000_000)))
                }))
    }

    private func around(_ moment: Instant, holdsEdges: Bool) -> WeComEmulator {
        var weCom = Scene.weCom()
        weCom.holdsEdges = holdsEdges
        for (number, seconds) in [(1, -1), (2, 0), (3, 1)] {
            Scene.submit(number, at: moment.advanced(bySeconds: seconds), &weCom)
            weCom.decide(Scene.number(number), at: moment.advanced(bySeconds: seconds + 1))
            weCom.decide(Scene.number(number), at: moment.advanced(bySeconds: seconds + 2))
        }
        return weCom
    }

    /// The run's own moment ends its last window: what lies on it comes with the next.
    @Test(arguments: CutOff.all, [false, true])
    func `two runs give what was submitted around the end of the first once`(
        cutOff: CutOff, holdsEdges: Bool
    ) async throws {
        let service = EmulatedService(around(cutOff.moment, holdsEdges: holdsEdges), at: cutOff.moment, pace: 0)
        var ledger = StreamLedger("approvals")
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == [Scene.number(1)])
        service.wait(seconds: 60)
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == [2, 3].map(Scene.number), "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    /// Windows of thirty days, the first of which begins at `since`.
    @Test(arguments: CutOff.all, [false, true])
    func `what lies around the edge of two windows comes once`(cutOff: CutOff, holdsEdges: Bool) async throws {
        let zone = try #require(TimeZone(identifier: cutOff.zone))
        let start = cutOff.moment.advanced(bySeconds: -60 * 86_400)
        let shown = Date(timeIntervalSince1970: Double(start.microseconds / 1_000_000))
        let day = String(start.advanced(bySeconds: zone.secondsFromGMT(for: shown)).rfc3339.prefix(10))
        let midnight = try #require(Instant(rfc3339: day + "T00:00:00Z"))
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(midnight.microseconds / 1_000_000)))
        let edge = midnight.advanced(bySeconds: 60 * 86_400 - offset)
        let service = EmulatedService(
            around(edge, holdsEdges: holdsEdges), at: edge.advanced(bySeconds: 40 * 86_400))
        var ledger = StreamLedger("approvals")
        try await ledger.run(connector(service, in: cutOff.zone, since: day)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == [1, 2, 3].map(Scene.number), "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [("Asia/Shanghai", "2026-06-30T16:00:00Z"), ("UTC", "2026-07-01T00:00:00Z")])
    func `since begins with its day in the zone, and leaves out the second before`(zone: String, utc: String)
        async throws
    {
        let moment = try #require(Instant(rfc3339: utc))
        let service = EmulatedService(around(moment, holdsEdges: true), at: moment.advanced(bySeconds: 7200))
        let page = try await connector(service, in: zone, since: "2026-07-01").page(of: "approvals", after: nil)
        #expect(page.records.map(\.id) == [2, 3].map(Scene.number))
    }

    @Test func `since may be ahead, and reads nothing`() async throws {
        let service = EmulatedService(around(FixedClock().moment, holdsEdges: true))
        var ledger = StreamLedger("approvals")
        try await ledger.run(connector(service, in: "UTC", since: "2027-01-01")) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == [] && service.system.faults == [])
    }
}
