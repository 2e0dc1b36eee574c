import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading a K3Cloud that changes, forgets sessions and breaks meanwhile.
@Suite struct KingdeePagingTests {
    typealias Scene = KingdeeScene

    private static let ways: [[String: SettingInput]] = [
        [:], ["access": .text("app_secret")],
        ["access": .text("password"), "password": .secret(Secret("hunter22"))],
    ]

    private func orders(_ count: Int) -> KingdeeEmulator {
        var server = Scene.server()
        for id in 1...count { server.putOrder(id, lines: id % 4, at: Scene.minute(id / 3)) }
        return server
    }

    // MARK: Sessions

    @Test(arguments: 1...5, KingdeeEmulator.LossForm.allCases)
    func `a session that ends within a run is followed by another`(
        _ life: Int, _ form: KingdeeEmulator.LossForm
    ) async throws {
        for way in Self.ways {
            var server = orders(12)
            (server.sessionLife, server.lossForm) = (life, form)
            let service = EmulatedService(server)
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, service, way)
            Scene.expectExact(ledger, service, "life \(life), \(way)")
            #expect(service.system.logins > 1)
        }
    }

    @Test func `a run keeps one session`() async throws {
        for way in Self.ways {
            var server = orders(12)
            server.licences = 1
            let service = EmulatedService(server)
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, service, way)
            Scene.expectExact(ledger, service)
            #expect(service.system.logins == 1, "\(way)")
        }
    }

    @Test func `a session that ends as soon as it begins is refused, not asked for without end`() async throws {
        for way in Self.ways {
            var server = orders(3)
            server.sessionLife = 0
            let service = EmulatedService(server)
            let connector = try Scene.connector(service, now: service.now, way)
            let error = await #expect(throws: ConnectorError.self) {
                try await connector.page(of: "purchases", after: nil)
            }
            guard case .refused(200, let hint) = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
            #expect(hint.contains("会话信息已丢失") && service.requests.count <= 2)
        }
    }

    // MARK: Faults

    @Test(arguments: 1...20)
    func `a proxy's limit and a broken server only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(orders(12))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    /// A run and its sweep of 12 orders ask at least 14 times.
    @Test(arguments: 1...14)
    func `a run that dies goes on where it stood`(request: Int) async throws {
        for answer in [CannedAnswer.html, .json(KingdeeEmulator.failure("超时").text)] {
            let service = EmulatedService(orders(12))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test(arguments: [1, 2, 3])
    func `a limit of the server's own, smaller than a page, cuts nothing off`(_ limit: Int) async throws {
        var server = orders(12)
        server.addLine(to: 7, 799, at: Scene.minute(90))
        server.ownLimit = max(limit, 2)
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        Scene.expectExact(ledger, service)
    }

    @Test func `answers out of order are an error`() async throws {
        let transport = CannedTransport(always: .json(#"[[2,"李","E002"],[1,"张","E001"]]"#))
        let connector = try Scene.connector(transport, now: FixedClock().now)
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "BD_Empinfo: rows repeat or are not in the order of 'FID'")
        ) { try await connector.page(of: "employees", after: nil) }
    }

    /// A server that does not know the condition gives the same rows for ever.
    @Test func `rows that come again are an error, not a second page`() async throws {
        let transport = CannedTransport(always: .json(#"[[1,"张","E001"],[2,"李","E002"]]"#))
        let connector = try Scene.connector(transport, now: FixedClock().now)
        let page = try await connector.page(of: "employees", after: nil)
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "employees", after: page.cursor) }
    }

    // MARK: Changes meanwhile

    /// At every request something happens: an order that was read or will be changes, grows or shrinks; one comes, one goes.
    @Test(arguments: 0..<12)
    func `orders that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        let service = EmulatedService(orders(20), at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number > 60 { return }
            switch (number + seed) % 6 {
            case 0: server.approve((number * 7 + seed) % 20 + 1, status: "D", at: now)
            case 1: server.putOrder(100 + number, lines: number % 6, at: now)
            case 2: server.delete((number * 11 + seed) % 20 + 1)
            case 3: server.addLine(to: (number * 3) % 20 + 1, 90_000 + number, at: now)
            case 4: server.removeFirstLine(of: (number * 5 + seed) % 20 + 1, at: now)
            default: server.approve((number * 13) % 20 + 1, status: "B", at: now)
            }
        }
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// One order has more entries than a page, and they shift while it is read.
    @Test(arguments: 1...9)
    func `entries that shift while their order is read are neither lost nor doubled`(request: Int) async throws {
        var server = Scene.server()
        for id in 1...3 { server.putOrder(id, lines: 11, at: Scene.minute(id)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            guard number == request else { return }
            server.removeFirstLine(of: 1, at: now)
            server.addLine(to: 1, 50, at: now)
            server.removeFirstLine(of: 2, at: now)
            server.delete(3)
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        #expect(ledger.rejected == [])
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test func `an order that never holds still is unavailable, not cut short`() async throws {
        var server = Scene.server()
        server.putOrder(1, lines: 11, at: Scene.minute(1))
        let service = EmulatedService(server, at: Scene.minute(600))
        service.meanwhile { server, number, now in
            server.removeFirstLine(of: 1, at: now)
            server.addLine(to: 1, 90_000 + number, at: now)
        }
        let connector = try Scene.connector(service, now: service.now)
        await #expect(
            throws: ConnectorError.unavailable(
                reason: "PUR_PurchaseOrder: a bill changes faster than it can be read", retryAfter: nil)
        ) { try await connector.page(of: "purchases", after: nil) }
    }

    @Test(arguments: 1...8)
    func `a sweep that orders vanish under takes no other for gone`(request: Int) async throws {
        let service = EmulatedService(orders(12))
        service.meanwhile { server, number, _ in
            if number == request { for id in [1, 2, 5, 6] { server.delete(id) } }
        }
        let connector = try Scene.connector(service, now: service.now)
        var (listed, place) = ([String](), Cursor?.none)
        repeat {
            let page = try await connector.identifiers(of: "purchases", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: Scene.facts(service.system).keys), "got \(listed)")
        #expect(Set(listed).count == listed.count)
    }

    @Test func `an entry that is taken out of a timesheet is gone after the sweep`() async throws {
        var server = Scene.server()
        for id in 21...24 { server.putTimesheet(id, at: Scene.minute(id)) }
        let service = EmulatedService(server)
        var ledger = StreamLedger("timesheet_entries")
        try await Scene.run(&ledger, service)
        service.edit { $0.forms["K_Timesheet"]?.bills[22]?.entries.removeFirst() }
        try await Scene.run(&ledger, service)
        #expect(ledger.records.count == 7 && ledger.records["22/2201"] == nil && ledger.records["22/2202"] != nil)
    }
}
