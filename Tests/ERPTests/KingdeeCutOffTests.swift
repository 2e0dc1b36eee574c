import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies a second before a moment, on it and a second behind it, on clocks that tell no zone.
@Suite struct KingdeeCutOffTests {
    typealias Scene = KingdeeScene

    /// Clocks that are put back in the hours behind the moment show times of before once more.
    private func isRepeated(_ cutOff: CutOff) -> Bool {
        let offset = Scene.offset(in: cutOff.zone)
        return offset(cutOff.moment) > offset(cutOff.moment.advanced(bySeconds: 3 * 3600))
    }

    @Test(arguments: CutOff.all)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff) async throws {
        var server = Scene.server(zone: cutOff.zone)
        for (id, seconds) in [(1, -1), (2, 0), (3, 1), (4, 1800)] {
            server.putOrder(id, lines: 1, at: cutOff.moment.advanced(bySeconds: seconds))
        }
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, zone: cutOff.zone, ["since": .text(cutOff.written)])
        let wanted = isRepeated(cutOff) ? ["1", "2", "3", "4"] : ["2", "3", "4"]
        #expect(ledger.lastRun == wanted && service.system.faults == [])
    }

    /// A run ends with a change at the moment. Behind it come changes of the same second, of the second before (committed
    /// late), of the second after and of half an hour later, which clocks that were put back show as before.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff, overlap: String) async throws {
        let moment = cutOff.moment
        var server = Scene.server(zone: cutOff.zone)
        server.putOrder(6, lines: 1, at: moment.advanced(bySeconds: -10_800))
        server.putOrder(7, lines: 1, at: moment)
        let service = EmulatedService(server, at: moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = ["overlap": .text(overlap)]
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        service.edit { server in
            server.addLine(to: 7, 999, at: Instant(microseconds: moment.microseconds + 250_000))
            server.putOrder(8, lines: 2, at: moment)
            server.putOrder(9, lines: 3, at: moment.advanced(bySeconds: 1))
            server.putOrder(10, lines: 1, at: moment.advanced(bySeconds: 1800))
            if overlap != "0s" { server.putOrder(5, lines: 1, at: moment.advanced(bySeconds: -1)) }
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        #expect(ledger.lastRun.contains("6") == false, "what changed long before is not read again")
        Scene.expectExact(ledger, service)
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        Scene.expectExact(ledger, service)
    }

    /// Somebody set the server's clock wrong once, or wrote the field: two orders bear times of next year and of tomorrow.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `an order whose change is to come keeps nothing back`(cutOff: CutOff, overlap: String) async throws {
        let moment = cutOff.moment
        var server = Scene.server(zone: cutOff.zone)
        for id in 1...6 { server.putOrder(id, lines: 1, at: moment.advanced(bySeconds: -7200 * (7 - id))) }
        server.putOrder(7, lines: 1, at: moment.advanced(bySeconds: 86_400 * 365))
        server.putOrder(8, lines: 1, at: moment.advanced(bySeconds: 86_400))
        let service = EmulatedService(server, at: moment)
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = ["overlap": .text(overlap)]
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        Scene.expectExact(ledger, service)
        #expect(ledger.anomalies.map(\.id) == ["7"], "told once in a run")
        #expect(ledger.anomalies.first?.reason.hasPrefix("'FModifyDate' is 20") == true)
        let later = service.now()
        service.edit { server in
            server.approve(2, status: "D", at: later)
            server.putOrder(9, lines: 2, at: later)
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone, settings)
        Scene.expectExact(ledger, service)
        #expect(Set(ledger.lastRun).isSuperset(of: ["2", "9"]) && Set(ledger.lastRun).isDisjoint(with: ["1", "3"]))
    }

    /// As one was stored before times to come were left out of it.
    @Test func `a run that would begin in the future reads everything instead`() async throws {
        var server = Scene.server()
        for id in 1...3 { server.putOrder(id, lines: 1, at: Scene.minute(id)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        let page = try await connector.page(of: "purchases", after: Cursor(["until": "2027-05-01T00:00:00"]))
        #expect(page.records.map(\.id) == ["1", "2"])
    }

    @Test(arguments: [0, 1, 299])
    func `a server whose clock is a little ahead is nothing odd, and nothing is lost`(ahead: Int) async throws {
        let service = EmulatedService(Scene.server(), at: Scene.minute(0), pace: 0)
        var ledger = StreamLedger("purchases")
        for id in 1...3 {
            service.edit { server in server.putOrder(id, lines: 1, at: Scene.minute(id).advanced(bySeconds: ahead)) }
            service.wait(seconds: 60)
            try await Scene.run(&ledger, service, ["overlap": .text("0s")])
            #expect(ledger.lastRun.last == String(id))
        }
        Scene.expectExact(ledger, service)
        #expect(ledger.anomalies == [])
    }

    /// Where only times to come are known, each run reads everything.
    @Test func `orders that are all to come are read again each time`() async throws {
        var server = Scene.server()
        server.putOrder(1, lines: 1, at: Scene.minute(9_000))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        service.edit { $0.putOrder(2, lines: 1, at: Scene.minute(1)) }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == ["1", "2"])
    }

    /// An order changes again within the very second in which it was read, and the run goes on for longer than the overlap.
    @Test(arguments: CutOff.all)
    func `a change in the second of its reading is not lost behind a long run`(cutOff: CutOff) async throws {
        var server = Scene.server(zone: cutOff.zone)
        for id in 1...9 { server.putOrder(id, lines: 2, at: cutOff.moment) }
        let service = EmulatedService(server, at: cutOff.moment, pace: 0)
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, _ in
            guard number == 5 else { return }
            server.approve(1, status: "D", at: cutOff.moment)
            server.approve(9, status: "D", at: cutOff.moment.advanced(bySeconds: 5400))
        }
        try await Scene.run(&ledger, service, zone: cutOff.zone)
        #expect(ledger.records["1"]?.json["status"] == "C", "it was read before it changed again")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, zone: cutOff.zone)
        Scene.expectExact(ledger, service)
    }
}
