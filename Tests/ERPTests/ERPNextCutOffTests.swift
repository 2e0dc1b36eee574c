import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies a moment before a cut, on it and a moment behind it, on clocks that tell no zone.
@Suite struct ERPNextCutOffTests {
    typealias Scene = ERPNextScene

    /// Clocks that are put back in the hours behind the moment show times of before once more.
    private func isRepeated(_ cutOff: CutOff) -> Bool {
        let offset = KingdeeScene.offset(in: cutOff.zone)
        return offset(cutOff.moment) > offset(cutOff.moment.advanced(bySeconds: 3 * 3600))
    }

    @Test(arguments: CutOff.all)
    func `since takes its own moment and leaves out the microsecond before`(cutOff: CutOff) async throws {
        var server = Scene.server(zone: cutOff.zone)
        for (id, microseconds) in [(1, -1), (2, 0), (3, 1), (4, 1_800_000_000)] as [(Int, Int64)] {
            let moment = Instant(microseconds: cutOff.moment.microseconds + microseconds)
            server.putOrder("PO-\(id)", at: moment)
        }
        let service = EmulatedService(server, at: cutOff.moment.advanced(bySeconds: 7200))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, zone: cutOff.zone, ["since": .text(cutOff.written)])
        let wanted = (isRepeated(cutOff) ? [1, 2, 3, 4] : [2, 3, 4]).map { "PO-\($0)" }
        #expect(ledger.lastRun.sorted() == wanted && service.system.faults == [])
    }

    /// A run ends with a change at the moment. Behind it come changes of the same moment, of the microsecond behind it,
    /// of the second before (committed late) and of half an hour later, which clocks that were put back show as before.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff, overlap: String) async throws {
        let moment = cutOff.moment
        var server = Scene.server(zone: cutOff.zone)
        server.putOrder("PO-6", at: moment.advanced(bySeconds: -10_800))
        server.putOrder("PO-7", at: moment)
        let service = EmulatedService(server, at: moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = ["overlap": .text(overlap)]
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        service.edit { server in
            server.set("Purchase Order", "PO-7", "base_net_total", 999, at: moment)
            server.putOrder("PO-8", at: Instant(microseconds: moment.microseconds + 1))
            server.putOrder("PO-9", at: moment.advanced(bySeconds: 1))
            server.putOrder("PO-A", at: moment.advanced(bySeconds: 1800))
            if overlap != "0s" { server.putOrder("PO-5", at: moment.advanced(bySeconds: -1)) }
        }
        service.wait(seconds: 3600)
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        #expect(!ledger.lastRun.contains("PO-6"), "what changed long before is not read again")
        Scene.expectExact(ledger, service)
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        Scene.expectExact(ledger, service)
    }

    /// The hour in which clocks are put back passes while runs read: changes of every ten minutes, read every ten
    /// minutes.
    @Test func `an hour that clocks show twice loses nothing`() async throws {
        let start = FixedClock("2026-10-24T23:30:00Z").moment
        let service = EmulatedService(Scene.server(zone: "Europe/Berlin"), at: start, pace: 0)
        var ledger = StreamLedger("purchases")
        for number in 0..<18 {
            let moment = start.advanced(bySeconds: number * 600)
            service.edit { server in
                server.putOrder("PO-\(number)", at: moment)
                server.putOrder("PO-X", amount: number, at: moment)
            }
            service.wait(seconds: 300)
            try await Scene.run(&ledger, service, zone: "Europe/Berlin", ["overlap": .text("0s")])
            Scene.expectExact(ledger, service, "run \(number)")
            service.wait(seconds: 300)
        }
    }

    /// A run begins before clocks are put back and ends behind it: what changes meanwhile lies behind its place.
    @Test(arguments: 1...12)
    func `a run through the hour that comes twice leaves nothing to nobody`(request: Int) async throws {
        let start = FixedClock("2026-10-25T00:58:00Z").moment
        var server = Scene.server(zone: "Europe/Berlin")
        for id in 1...9 { server.putOrder("PO-\(id)", at: start.advanced(bySeconds: id - 60)) }
        let service = EmulatedService(server, at: start, pace: 600)
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number == request { server.set("Purchase Order", "PO-1", "base_net_total", .int(number), at: now) }
            if number == request + 8 { server.putOrder("PO-Z", at: now) }
        }
        try await Scene.run(&ledger, service, zone: "Europe/Berlin")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, zone: "Europe/Berlin")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `a document whose change is to come keeps nothing back`(cutOff: CutOff, overlap: String) async throws {
        let moment = cutOff.moment
        var server = Scene.server(zone: cutOff.zone)
        for id in 1...6 { server.putOrder("PO-\(id)", at: moment.advanced(bySeconds: -7200 * (7 - id))) }
        server.putOrder("PO-7", at: moment.advanced(bySeconds: 86_400 * 365))
        server.putOrder("PO-8", at: moment.advanced(bySeconds: 86_400))
        let service = EmulatedService(server, at: moment)
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = ["overlap": .text(overlap)]
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        Scene.expectExact(ledger, service)
        #expect(ledger.anomalies.map(\.id) == ["PO-7"], "told once in a run")
        let later = service.now()
        service.edit { server in
            server.set("Purchase Order", "PO-2", "base_net_total", 5, at: later)
            server.putOrder("PO-9", at: later)
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        Scene.expectExact(ledger, service)
        let run = Set(ledger.lastRun)
        #expect(run.isSuperset(of: ["PO-2", "PO-9"]) && run.isDisjoint(with: ["PO-1", "PO-3"]))
    }

    /// As one was stored before times to come were left out of it.
    @Test func `a run that would begin in the future reads everything instead`() async throws {
        var server = Scene.server()
        for id in 1...3 { server.putOrder("PO-\(id)", at: Scene.minute(id)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        let cursor = Cursor(["ended": ["purchase": "2027-05-01 00:00:00.000000"]])
        let page = try await connector.page(of: "purchases", after: cursor)
        #expect(page.records.map(\.id) == ["PO-1", "PO-2", "PO-3"])
    }

    /// What goes at the edge of a run is told by the next, whatever the zone.
    @Test(arguments: CutOff.all)
    func `a deletion at the edge of a run is told by the next`(cutOff: CutOff) async throws {
        let moment = cutOff.moment
        var server = Scene.server(zone: cutOff.zone)
        for id in 1...5 { server.putOrder("PO-\(id)", at: moment.advanced(bySeconds: -86_400)) }
        server.delete("Purchase Order", "PO-1", at: moment)
        let service = EmulatedService(server, at: moment.advanced(bySeconds: 60), pace: 0)
        let settings: [String: SettingInput] = ["read_deleted": .text("true"), "overlap": .text("0s")]
        var cursor: Cursor?
        let first = try Scene.connector(service, zone: cutOff.zone, now: service.now, settings)
        for try await page in first.pages(of: "purchases") { cursor = page.cursor }
        service.edit { server in
            server.delete("Purchase Order", "PO-2", at: moment)
            server.delete("Purchase Order", "PO-3", at: Instant(microseconds: moment.microseconds + 1))
            server.delete("Purchase Order", "PO-4", at: moment.advanced(bySeconds: 1800))
        }
        service.wait(seconds: 3600)
        let next = try Scene.connector(service, zone: cutOff.zone, now: service.now, settings)
        var deleted: Set<String> = []
        for try await page in next.pages(of: "purchases", after: cursor) { deleted.formUnion(page.deleted.map(\.id)) }
        #expect(deleted.isSuperset(of: ["PO-2", "PO-3", "PO-4"]) && !deleted.contains("PO-5"))
    }
}
