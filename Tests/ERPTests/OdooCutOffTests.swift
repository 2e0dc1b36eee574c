import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies a second before a moment, on it and a second behind it, whatever the zone: the server's times are in UTC.
@Suite struct OdooCutOffTests {
    typealias Scene = OdooScene

    @Test(arguments: CutOff.all, Scene.protocols)
    func `since takes its own second and leaves out the one before`(_ cutOff: CutOff, _ wire: String) async throws {
        var server = Scene.server()
        for (id, seconds) in [(1, -1), (2, 0), (3, 1), (4, 1800)] {
            server.putOrder(id, lines: 1, at: cutOff.moment.advanced(bySeconds: seconds))
        }
        let service = EmulatedService(server, at: cutOff.moment.advanced(bySeconds: 3600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, wire, zone: cutOff.zone, ["since": .text(cutOff.written)])
        #expect(ledger.lastRun == ["2", "3", "4"] && service.system.faults == [])
    }

    /// A run ends with a change at the moment. Behind it come changes of the same second, of the second before (committed
    /// late), of the second after and of half an hour later.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `what comes at the edge of a run comes with the next`(_ cutOff: CutOff, _ overlap: String) async throws {
        for wire in Scene.protocols {
            let moment = cutOff.moment
            var server = Scene.server()
            server.putOrder(6, lines: 1, at: moment.advanced(bySeconds: -10_800))
            server.putOrder(7, lines: 1, at: moment)
            let service = EmulatedService(server, at: moment.advanced(bySeconds: 60))
            var ledger = StreamLedger("purchases")
            let settings: [String: SettingInput] = ["overlap": .text(overlap)]
            try await Scene.run(&ledger, service, wire, zone: cutOff.zone, settings)
            service.edit { server in
                server.receive(
                    7, quantity: "9.0", state: "done", at: Instant(microseconds: moment.microseconds + 250_000))
                server.putOrder(8, lines: 2, at: moment)
                server.putOrder(9, lines: 3, at: moment.advanced(bySeconds: 1))
                server.putOrder(10, lines: 1, at: moment.advanced(bySeconds: 1800))
                if overlap != "0s" { server.putOrder(5, lines: 1, at: moment.advanced(bySeconds: -1)) }
            }
            try await Scene.run(&ledger, service, wire, zone: cutOff.zone, settings)
            #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
            #expect(!ledger.lastRun.contains("6"), "what changed long before is not read again")
            Scene.expectExact(ledger, service)
            try await Scene.run(&ledger, service, wire, zone: cutOff.zone, settings)
            Scene.expectExact(ledger, service)
        }
    }

    /// The server's clock was wrong once: two orders bear times of next year and of tomorrow.
    @Test(arguments: CutOff.all, Scene.protocols)
    func `an order whose change is to come keeps nothing back`(_ cutOff: CutOff, _ wire: String) async throws {
        let moment = cutOff.moment
        var server = Scene.server()
        for id in 1...6 { server.putOrder(id, lines: 1, at: moment.advanced(bySeconds: -7200 * (7 - id))) }
        server.putOrder(7, lines: 1, at: moment.advanced(bySeconds: 86_400 * 365))
        server.putOrder(8, lines: 1, at: moment.advanced(bySeconds: 86_400))
        let service = EmulatedService(server, at: moment)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, wire, zone: cutOff.zone)
        Scene.expectExact(ledger, service)
        let later = service.now()
        service.edit { server in
            server.receive(2, quantity: "7.0", state: "done", at: later)
            server.putOrder(9, lines: 2, at: later)
        }
        try await Scene.run(&ledger, service, wire, zone: cutOff.zone)
        Scene.expectExact(ledger, service)
        #expect(Set(ledger.lastRun).isSuperset(of: ["2", "9"]) && Set(ledger.lastRun).isDisjoint(with: ["1", "3"]))
    }

    /// An order changes again within the very second in which it was read, and the run goes on for longer than the overlap.
    @Test(arguments: CutOff.all, Scene.protocols)
    func `a change in the second of its reading is not lost behind a long run`(
        _ cutOff: CutOff, _ wire: String
    ) async throws {
        var server = Scene.server()
        for id in 1...9 { server.putOrder(id, lines: 2, at: cutOff.moment) }
        let service = EmulatedService(server, at: cutOff.moment, pace: 0)
        var ledger = StreamLedger("purchases")
        let connector = try Scene.connector(service, wire, zone: cutOff.zone, now: service.now)
        let first = try await connector.page(of: "purchases", after: nil)
        #expect(first.records.map(\.id) == ["1", "2", "3"])
        service.edit { server in
            server.receive(1, quantity: "3.0", state: "done", at: cutOff.moment)
            server.receive(9, quantity: "3.0", state: "done", at: cutOff.moment.advanced(bySeconds: 5400))
        }
        service.wait(seconds: 5400)
        var cursor = first.cursor
        while true {
            let page = try await connector.page(of: "purchases", after: cursor)
            cursor = page.cursor
            if !page.hasMore { break }
        }
        let next = try await connector.page(of: "purchases", after: cursor)
        #expect(next.records.first?.id == "1")
        #expect(next.records.first?.json["lines"]?.array?.first?["received"] == .number("3.0"))
        try await Scene.run(&ledger, service, wire)
        Scene.expectExact(ledger, service)
    }
}
