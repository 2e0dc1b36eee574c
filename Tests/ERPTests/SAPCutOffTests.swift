import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies before a moment, on it and behind it: moments, times without an offset, and days.
@Suite struct SAPCutOffTests {
    typealias Scene = SAPScene

    private static let local: [String: SettingInput] = [
        "purchase_change": .map(["field": "LastChangeLocal", "type": "datetime"])
    ]

    @Test(arguments: CutOff.all, SAPVersion.allCases)
    func `since takes its own second and leaves out the one before`(
        _ cutOff: CutOff, _ version: SAPVersion
    ) async throws {
        let zone = cutOff.zone
        var server = Scene.server(zone: zone)
        for (id, seconds) in [(1, -1), (2, 0), (3, 1), (4, 1800)] {
            server.putOrder(id, lines: 1, at: cutOff.moment.advanced(bySeconds: seconds), zone: zone)
        }
        server.putOrder(5, lines: 1, at: cutOff.moment.advanced(bySeconds: -2 * 86_400), zone: zone)
        for way in version == .v2 ? [[:], Scene.byDay, Self.local] : [[:], Scene.byDay] {
            let service = EmulatedService(server)
            var ledger = StreamLedger("purchases")
            try await Scene.run(
                &ledger, service, version, zone: zone, way.merging(["since": .text(cutOff.written)]) { $1 })
            if way.isEmpty { #expect(Set(ledger.lastRun) == ["2", "3", "4"]) }
            #expect(Set(ledger.lastRun).isSuperset(of: ["2", "3", "4"]) && !ledger.lastRun.contains("5"), "\(way)")
            #expect(service.system.faults == [])
        }
    }

    /// A run ends with a change at the moment. Behind it come changes of the same second, of the second before (committed
    /// late), of the second after and of half an hour later, which clocks that were put back show as before.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `what comes at the edge of a run comes with the next`(_ cutOff: CutOff, _ overlap: String) async throws {
        let (moment, zone) = (cutOff.moment, cutOff.zone)
        for (version, way) in [
            (.v2, [:]), (.v4, [:]), (.v2, Scene.byDay), (.v4, Scene.byDay), (.v2, Self.local),
        ] as [(SAPVersion, [String: SettingInput])] {
            var server = Scene.server(zone: zone)
            server.putOrder(6, lines: 1, at: moment.advanced(bySeconds: -2 * 86_400 - 10_800), zone: zone)
            server.putOrder(7, lines: 1, at: moment, zone: zone)
            let service = EmulatedService(server, at: moment.advanced(bySeconds: 60))
            var ledger = StreamLedger("purchases")
            let settings = way.merging(["overlap": .text(overlap)]) { $1 }
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            service.edit { server in
                let late = Instant(microseconds: moment.microseconds + 250_000)
                server.change(7, company: "late", at: late, zone: zone)
                server.putOrder(8, lines: 2, at: moment, zone: zone)
                server.putOrder(9, lines: 3, at: moment.advanced(bySeconds: 1), zone: zone)
                server.putOrder(10, lines: 1, at: moment.advanced(bySeconds: 1800), zone: zone)
                if overlap != "0s" { server.putOrder(5, lines: 1, at: moment.advanced(bySeconds: -1), zone: zone) }
            }
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
            #expect(!ledger.lastRun.contains("6"), "what changed long before is not read again")
            Scene.expectExact(ledger, service, "\(version), \(way)")
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            Scene.expectExact(ledger, service, "\(version), \(way)")
        }
    }

    /// Somebody set the server's clock wrong once: two orders bear times of next year and of two days later.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `an order whose change is to come keeps nothing back`(_ cutOff: CutOff, _ overlap: String) async throws {
        let (moment, zone) = (cutOff.moment, cutOff.zone)
        for (version, way) in [(.v2, [:]), (.v4, [:]), (.v4, Scene.byDay), (.v2, Self.local)]
            as [(SAPVersion, [String: SettingInput])]
        {
            var server = Scene.server(zone: zone)
            for id in 1...6 {
                server.putOrder(id, lines: 1, at: moment.advanced(bySeconds: -86_400 * 3 * (7 - id)), zone: zone)
            }
            server.putOrder(7, lines: 1, at: moment.advanced(bySeconds: 86_400 * 365), zone: zone)
            server.putOrder(8, lines: 1, at: moment.advanced(bySeconds: 86_400 * 2), zone: zone)
            let service = EmulatedService(server, at: moment)
            var ledger = StreamLedger("purchases")
            let settings = way.merging(["overlap": .text(overlap)]) { $1 }
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            Scene.expectExact(ledger, service)
            #expect(ledger.anomalies.map(\.id) == ["8"], "told once in a run")
            let later = service.now()
            service.edit { server in
                server.change(2, company: "new", at: later, zone: zone)
                server.putOrder(9, lines: 2, at: later, zone: zone)
            }
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            Scene.expectExact(ledger, service, "\(version), \(way)")
            #expect(Set(ledger.lastRun).isDisjoint(with: ["1", "3"]))
        }
    }

    /// An order changes again within the very second in which it was read, and the run goes on for longer than the overlap.
    @Test(arguments: CutOff.all, SAPVersion.allCases)
    func `a change in the second of its reading is not lost behind a long run`(
        _ cutOff: CutOff, _ version: SAPVersion
    ) async throws {
        for way in version == .v2 ? [[:], Scene.byDay, Self.local] : [[:], Scene.byDay] {
            let (moment, zone) = (cutOff.moment, cutOff.zone)
            var server = Scene.server(zone: zone)
            for id in 1...9 { server.putOrder(id, lines: 2, at: moment, zone: zone) }
            let service = EmulatedService(server, at: moment, pace: 0)
            var ledger = StreamLedger("purchases")
            service.meanwhile { server, number, _ in
                guard number == 3 else { return }
                server.change(1, company: "again", at: moment, zone: zone)
                server.change(9, company: "later", at: moment.advanced(bySeconds: 5400), zone: zone)
            }
            let settings = way.merging(["overlap": .text("0s")]) { $1 }
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            service.meanwhile(nil)
            try await Scene.run(&ledger, service, version, zone: zone, settings)
            Scene.expectExact(ledger, service, "\(way)")
        }
    }

    /// A cursor is of the field that it was made with.
    @Test func `another mark of changes reads anew`() async throws {
        let service = EmulatedService(Scene.orders(4))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, .v2)
        try await Scene.run(&ledger, service, .v2, Scene.byDay)
        #expect(ledger.lastRun.count == 4)
    }
}
