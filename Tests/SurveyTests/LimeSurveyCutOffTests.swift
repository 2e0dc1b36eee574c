import PlumblineKit
import PlumblineTesting
import SurveyConnectors
import Testing

/// What lies on the two sides of a run's end, and of a month.
@Suite struct LimeSurveyCutOffTests {
    typealias Scene = LimeSurveyScene

    private static let one: [String: SettingInput] = ["surveys": .list(["781923"]), "page_size": .text("2")]

    private func lime(_ cutOff: CutOff) -> LimeSurveyEmulator {
        var lime = LimeSurveyEmulator()
        lime.utcOffset = Scene.offset(cutOff.zone)
        lime.surveys["781923"] = Scene.survey()
        return lime
    }

    private func ids(_ numbers: Int...) -> [String] { numbers.map { Scene.id($0) + "/Q1" } }

    /// A run ends at the moment with one response handed in and one begun; others come before, at and behind it.
    @Test(arguments: CutOff.all)
    func `what comes, or is handed in, at the edge of a run comes with the next, once`(cutOff: CutOff) async throws {
        var lime = lime(cutOff)
        lime.put(1, ["Q1": "A1"], at: cutOff.moment.advanced(bySeconds: -1))
        lime.begin(at: cutOff.moment.advanced(bySeconds: -1))
        lime.put(3, ["Q1": "A1"], at: cutOff.moment)
        let service = EmulatedService(lime, at: cutOff.moment, pace: 0)
        var ledger = StreamLedger("answers")
        try await Scene.run(&ledger, service, zone: cutOff.zone, Self.one)
        #expect(ledger.lastRun == ids(1, 3))
        service.edit { lime in
            for (number, seconds) in [(4, -1), (5, 0), (6, 1)] {
                lime.put(number, ["Q1": "A2"], at: cutOff.moment.advanced(bySeconds: seconds))
            }
            lime.submit(2, at: cutOff.moment)
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone, Self.one)
        #expect(ledger.lastRun == ids(2, 4, 5, 6), "none lost, none doubled")
        try await Scene.run(&ledger, service, zone: cutOff.zone, Self.one)
        #expect(ledger.lastRun == [])
        Scene.expectExact(ledger, service)
    }

    /// Before, between and behind the exports of a run, which are its requests 7, 10, 13 and 14.
    @Test(arguments: CutOff.all, [7, 8, 10, 12, 13, 14, 15])
    func `whenever during a run it is handed in, a response comes once`(cutOff: CutOff, request: Int) async throws {
        var lime = lime(cutOff)
        for number in 1...4 { lime.put(number, ["Q1": "A1"], at: cutOff.moment) }
        lime.surveys["781923"]?.responses[2]?.submitted = nil
        let three = Self.one.merging(["page_size": .text("3")]) { $1 }
        let service = EmulatedService(lime, at: cutOff.moment)
        var ledger = StreamLedger("answers")
        service.meanwhile { lime, number, now in
            guard number == request else { return }
            lime.submit(2, at: now)
            for number in 5...7 { lime.put(number, ["Q1": "A4"], at: now) }
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone, three)
        let first = ledger.lastRun
        #expect(service.requests.count > request)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, zone: cutOff.zone, three)
        #expect((first + ledger.lastRun).sorted() == ids(1, 2, 3, 4, 5, 6, 7).sorted())
        Scene.expectExact(ledger, service)
    }

    /// The month is that of the zone's clocks, whether the server writes its times so or in UTC.
    @Test(arguments: CutOff.all, [false, true])
    func `a response belongs to the month that clocks show, to the second`(cutOff: CutOff, inUTC: Bool) async throws {
        var lime = lime(cutOff)
        if inUTC { lime.utcOffset = { _ in 0 } }
        let moments = [-1, 0, 1].map { cutOff.moment.advanced(bySeconds: $0) }
        for (place, moment) in moments.enumerated() { lime.put(place + 1, ["Q1": "A1"], at: moment) }
        let service = EmulatedService(lime, at: cutOff.moment)
        var ledger = StreamLedger("answers")
        let offset: [String: SettingInput] = inUTC ? ["server_utc_offset": .text("+00:00")] : [:]
        try await Scene.run(&ledger, service, zone: cutOff.zone, Self.one.merging(offset) { $1 })
        let clocks = moments.map { $0.advanced(bySeconds: Scene.offset(cutOff.zone)($0)).rfc3339.prefix(7) }
        for (place, month) in clocks.enumerated() {
            #expect(ledger.records[Scene.id(place + 1) + "/Q1"]?.json["month"] == .string(String(month)))
        }
    }
}
