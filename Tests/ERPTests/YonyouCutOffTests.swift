import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What lies a second before a moment, on it and a second behind it, on clocks that tell no zone.
@Suite struct YonyouCutOffTests {
    typealias Scene = YonyouScene

    private static let clocks = [("+08:00", 28_800), ("+00:00", 0), ("-03:30", -12_600)]
    private static let windows = ["between", "bounds", "egt"]

    private func server(_ clock: (String, Int)) -> YonyouEmulator {
        var server = Scene.server()
        server.utcOffset = clock.1
        server.lists[YonyouEmulator.orders]?.operators = ["between", "egt", "elt"]
        return server
    }

    private func settings(
        _ clock: (String, Int), _ window: String, _ more: [String: SettingInput] = [:]
    ) -> [String: SettingInput] {
        ["utc_offset": .text(clock.0), "purchase_window": .text(window)].merging(more) { $1 }
    }

    @Test(arguments: CutOff.all, windows)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff, window: String) async throws {
        for clock in Self.clocks {
            var server = server(clock)
            for (id, seconds) in [(1, -1), (2, 0), (3, 1), (4, 1800)] {
                server.putOrder(id, lines: 1, at: cutOff.moment.advanced(bySeconds: seconds))
            }
            let service = EmulatedService(server)
            var ledger = StreamLedger("purchases")
            let since: [String: SettingInput] = ["since": .text(cutOff.written)]
            try await Scene.run(&ledger, service, settings(clock, window, since))
            #expect(ledger.lastRun.sorted() == ["2", "3", "4"] && service.system.faults == [])
        }
    }

    /// A run ends with a change at the moment. Behind it come changes of the same second, of the second before (committed
    /// late), of the second after and of half an hour later.
    @Test(arguments: CutOff.all, windows)
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff, window: String) async throws {
        for (clock, overlap) in zip(Self.clocks, ["0s", "5m", "5m"]) {
            let moment = cutOff.moment
            var server = server(clock)
            server.putOrder(6, lines: 1, at: moment.advanced(bySeconds: -10_800))
            server.putOrder(7, lines: 1, at: moment)
            let service = EmulatedService(server, at: moment.advanced(bySeconds: 60))
            var ledger = StreamLedger("purchases")
            let settings = settings(clock, window, ["overlap": .text(overlap)])
            try await Scene.run(&ledger, service, settings)
            service.edit { server in
                server.putOrder(7, lines: 2, at: Instant(microseconds: moment.microseconds + 250_000))
                server.putOrder(8, lines: 2, at: moment)
                server.putOrder(9, lines: 3, at: moment.advanced(bySeconds: 1))
                server.putOrder(10, lines: 1, at: moment.advanced(bySeconds: 1800))
                if overlap != "0s" { server.putOrder(5, lines: 1, at: moment.advanced(bySeconds: -1)) }
            }
            try await Scene.run(&ledger, service, settings)
            #expect(ledger.lastRun.contains("6") == false, "what changed long before is not read again")
            Scene.expectExact(ledger, service)
            try await Scene.run(&ledger, service, settings)
            Scene.expectExact(ledger, service)
        }
    }

    /// Somebody set the server's clock wrong once: two orders bear times of next year and of tomorrow.
    @Test(arguments: CutOff.all, windows)
    func `an order whose change is to come keeps nothing back`(cutOff: CutOff, window: String) async throws {
        for clock in Self.clocks {
            let moment = cutOff.moment
            var server = server(clock)
            for id in 1...6 { server.putOrder(id, lines: 1, at: moment.advanced(bySeconds: -7200 * (7 - id))) }
            server.putOrder(7, lines: 1, at: moment.advanced(bySeconds: 86_400 * 365))
            server.putOrder(8, lines: 1, at: moment.advanced(bySeconds: 86_400))
            let service = EmulatedService(server, at: moment)
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, service, settings(clock, window))
            Scene.expectExact(ledger, service)
            #expect(ledger.anomalies.map(\.id).sorted() == ["7", "8"], "told once in a run")
            #expect(ledger.anomalies.first?.reason.hasPrefix("'pubts' is 202") == true)
            let later = service.now()
            service.edit { server in
                server.approve(2, status: 2, at: later)
                server.putOrder(9, lines: 2, at: later)
            }
            try await Scene.run(&ledger, service, settings(clock, window))
            Scene.expectExact(ledger, service)
            #expect(
                Set(ledger.lastRun).isSuperset(of: ["2", "9"]) && Set(ledger.lastRun).isDisjoint(with: ["1", "3"]))
        }
    }

    @Test func `a run that would begin in the future reads everything instead`() async throws {
        var server = Scene.server()
        for id in 1...3 { server.putOrder(id, lines: 1, at: Scene.minute(id)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var (cursor, ids) = (Cursor(["mark": "2027-05-01T00:00:00Z"]), [String]())
        let connector = try Scene.connector(service, now: service.now)
        var hasMore = true
        while hasMore {
            let page = try await connector.page(of: "purchases", after: cursor)
            ids += page.records.map(\.id)
            (cursor, hasMore) = (page.cursor ?? cursor, page.hasMore)
        }
        #expect(ids == ["1", "2", "3"])
    }

    /// The server's clock is ahead of ours or behind it, and each order is read right after it was made.
    @Test(arguments: [-1800, -60, 0, 1, 299], ["between", "egt"])
    func `a server whose clock differs a little loses nothing`(ahead: Int, window: String) async throws {
        let service = EmulatedService(server(("+08:00", 28_800)), at: Scene.minute(0), pace: 0)
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = ["overlap": .text("0s"), "purchase_window": .text(window)]
        for id in 1...4 {
            service.edit { server in server.putOrder(id, lines: 1, at: Scene.minute(id).advanced(bySeconds: ahead)) }
            service.wait(seconds: 60)
            try await Scene.run(&ledger, service, settings)
            #expect(ledger.lastRun.contains(String(id)))
        }
        Scene.expectExact(ledger, service)
        #expect(ledger.anomalies == [])
    }

    /// A clock half an hour behind ours: the last windows reach a little further than its present, and one order after the
    /// other changes meanwhile.
    @Test(arguments: 1...6)
    func `what changes behind a window that reaches the present comes with the next run`(pace: Int) async throws {
        var server = Scene.server()
        for id in 1...60 { server.putOrder(id, lines: 1, at: Scene.minute(569).advanced(bySeconds: id)) }
        let service = EmulatedService(server, at: Scene.minute(600), pace: pace)
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number > 20, number <= 80 { server.approve(number - 20, status: 2, at: now.advanced(bySeconds: -1800)) }
        }
        let settings: [String: SettingInput] = ["overlap": .text("0s")]
        try await Scene.run(&ledger, service, settings)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, settings)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: CutOff.all)
    func `services that write milliseconds are asked in milliseconds`(cutOff: CutOff) async throws {
        var server = Scene.server()
        server.lists[YonyouEmulator.orders]?.writesMilliseconds = true
        for id in 1...12 { server.putOrder(id, lines: 2, at: cutOff.moment.advanced(bySeconds: id / 4)) }
        let service = EmulatedService(server, at: cutOff.moment.advanced(bySeconds: 600))
        let settings: [String: SettingInput] = ["time_form": .text("milliseconds")]
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, settings)
        let late = service.now()
        service.edit { $0.approve(4, status: 2, at: Instant(microseconds: late.microseconds + 120_000)) }
        try await Scene.run(&ledger, service, settings)
        Scene.expectExact(ledger, service)
    }
}
