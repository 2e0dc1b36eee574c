import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading a site that changes, limits, refuses and breaks meanwhile.
@Suite struct ERPNextPagingTests {
    typealias Scene = ERPNextScene

    private func orders(_ count: Int) -> ERPNextEmulator {
        var server = Scene.server()
        for id in 1...count { server.putOrder("PO-\(id)", rows: id % 4, at: Scene.minute(id / 3)) }
        return server
    }

    private let deletions: [String: SettingInput] = ["read_deleted": .text("true")]

    // MARK: Lists

    @Test func `a run over changes of one moment gives each once`() async throws {
        var server = Scene.server()
        for id in 1...11 { server.putOrder("PO-\(id)", at: Scene.minute(1)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.count == 11)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [1, 2])
    func `a limit of the site's own, smaller than a page, cuts nothing off`(_ limit: Int) async throws {
        var server = orders(12)
        server.ownLimit = limit
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        Scene.expectExact(ledger, service)
    }

    /// A site that does not know `or_filters` begins each page with the last document of the one before.
    @Test func `documents that come again are an error, not a second page`() async throws {
        let rows =
            #"{"data":[{"name":"A","creation":"2026-07-01 09:00:00"},{"name":"B","creation":"2026-07-01 09:00:00"}]}"#
        let transport = CannedTransport(["GET /api/resource/Customer": .json(rows), "*": .json(#"{"data":{}}"#)])
        let connector = try Scene.connector(transport, now: FixedClock().now)
        let page = try await connector.page(of: "partners", after: nil)
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "Customer: documents repeat or are not in the order of 'creation'")
        ) { try await connector.page(of: "partners", after: page.cursor) }
    }

    // MARK: Changes meanwhile

    /// At every request something happens: an order that was read or will be changes, is cancelled, made or submitted,
    /// one goes.
    @Test(arguments: 0..<12)
    func `orders that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        for changes in [[:], deletions] {
            let service = EmulatedService(orders(20), at: Scene.minute(600))
            var ledger = StreamLedger("purchases")
            service.meanwhile { server, number, now in
                if number > 70 { return }
                let other = "PO-\((number * 7 + seed) % 20 + 1)"
                switch (number + seed) % 6 {
                case 0: server.set("Purchase Order", other, "base_net_total", .int(number), at: now)
                case 1: server.putOrder("PO-N\(number)", rows: number % 5, docstatus: number % 2, at: now)
                case 2: server.delete("Purchase Order", "PO-\((number * 11 + seed) % 20 + 1)", at: now)
                case 3: server.set("Purchase Order", other, "docstatus", 2, at: now)
                case 4: server.set("Purchase Order", "PO-N\(number - 3)", "docstatus", 1, at: now)
                default: server.putOrder(other, amount: number, rows: number % 3, at: now)
                }
            }
            try await Scene.run(&ledger, service, changes)
            service.meanwhile(nil)
            try await Scene.run(&ledger, service, changes)
            Scene.expectExact(ledger, service, "seed \(seed), \(changes)")
        }
    }

    @Test func `a draft is met when it is submitted, and says so when it is cancelled`() async throws {
        var server = orders(3)
        server.putOrder("PO-9", docstatus: 0, at: Scene.minute(5))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["PO-9"] == nil)
        for state in [1, 2] {
            service.edit { $0.set("Purchase Order", "PO-9", "docstatus", .int(state), at: Scene.minute(600 + state)) }
            service.wait(seconds: 600)
            try await Scene.run(&ledger, service)
            #expect(ledger.records["PO-9"]?.json["docstatus"] == .int(state))
        }
    }

    // MARK: Deletions

    @Test func `a cancelled timesheet takes its logs with it, without a sweep`() async throws {
        var server = Scene.server()
        for id in 1...4 { server.putTimesheet("TS-\(id)", at: Scene.minute(id)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        let first = try Scene.connector(service, now: service.now)
        var cursor: Cursor?
        for try await page in first.pages(of: "timesheet_entries") { cursor = page.cursor }
        service.edit { $0.set("Timesheet", "TS-2", "docstatus", 2, at: Scene.minute(601)) }
        service.wait(seconds: 600)
        let deleted = try await deletions(of: "timesheet_entries", after: cursor, service, [:])
        #expect(deleted == ["TS-2/TS-2-l1", "TS-2/TS-2-l2"])
    }

    private func deletions(
        of stream: String, after cursor: Cursor?, _ service: EmulatedService<ERPNextEmulator>,
        _ changes: [String: SettingInput]
    ) async throws -> [String] {
        var deleted: [String] = []
        let connector = try Scene.connector(service, now: service.now, changes)
        for try await page in connector.pages(of: stream, after: cursor) { deleted += page.deleted.map(\.id) }
        return deleted
    }

    /// Sheets that were cancelled and deleted between two runs, and one that was made anew under the name of another.
    @Test(arguments: [
        ("timesheet_entries", "Timesheet", ["TS-1/TS-1-l1", "TS-1/TS-1-l2"]), ("purchases", "Purchase Order", ["TS-1"]),
        ("trainings", "Training Event", ["TS-1"]),
    ])
    func `what was deleted is told, and what was made anew under its name is not`(
        _ stream: String, _ type: String, _ wanted: [String]
    ) async throws {
        var server = Scene.server()
        func put(_ name: String, _ server: inout ERPNextEmulator, at moment: Instant) {
            switch type {
            case "Timesheet": server.putTimesheet(name, at: moment)
            case "Training Event": server.putTraining(name, at: moment)
            default: server.putOrder(name, at: moment)
            }
        }
        for id in 0...4 { put("TS-\(id)", &server, at: Scene.minute(id)) }
        server.delete(type, "TS-0", at: Scene.minute(9))
        let service = EmulatedService(server, at: Scene.minute(600))
        var (cursor, told): (Cursor?, [String]) = (nil, [])
        for try await page in try Scene.connector(service, now: service.now, deletions).pages(of: stream) {
            cursor = page.cursor
            told += page.deleted.map(\.id)
        }
        #expect(told == [], "nobody knows what went before the first run")
        service.edit { server in
            server.delete(type, "TS-1", at: Scene.minute(610))
            server.delete(type, "TS-2", at: Scene.minute(611))
            put("TS-2", &server, at: Scene.minute(612))
        }
        service.wait(seconds: 1200)
        let deleted = try await deletions(of: stream, after: cursor, service, deletions)
        #expect(deleted.filter { !$0.hasPrefix("TS-0") }.sorted() == wanted, "but for what went at the edge")
        #expect(try await deletions(of: stream, after: cursor, service, [:]) == [], "unless it is asked for")
    }

    /// A new name leaves the time of the last change as it is.
    @Test(arguments: 1...10)
    func `who gets another name meanwhile is known under it, in the end`(request: Int) async throws {
        var server = Scene.server()
        server.putTrees()
        for id in 1...7 { server.putEmployee("HR-EMP-0000\(id)", at: Scene.minute(id)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("employees")
        service.meanwhile { server, number, _ in
            guard number == request else { return }
            server.rename("Employee", "HR-EMP-00006", to: "AAA", links: [("Employee", "reports_to")])
            server.rename("Employee", "HR-EMP-00001", to: "ZZZ", links: [("Employee", "reports_to")])
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        let names = (service.system.types["Employee"]?.documents ?? [:]).keys.sorted()
        #expect(names.contains("AAA") && ledger.records.keys.sorted() == names)
        #expect(ledger.records.values.allSatisfy { $0.json["manager"] == "ZZZ" })
    }

    @Test func `an order with another name is met where the stream is read whole`() async throws {
        let service = EmulatedService(orders(7), at: Scene.minute(600))
        let whole: [String: SettingInput] = ["read_whole": .list(["purchases"])]
        var (ledger, other) = (StreamLedger("purchases"), StreamLedger("purchases"))
        try await Scene.run(&ledger, service, whole)
        let edge: [String: SettingInput] = ["overlap": .text("0s")]
        try await Scene.run(&other, service, edge)
        service.edit { $0.rename("Purchase Order", "PO-2", to: "PO-2B") }
        try await Scene.run(&ledger, service, whole)
        try await Scene.run(&other, service, edge)
        #expect(ledger.records["PO-2"] == nil && ledger.records["PO-2B"] != nil)
        #expect(other.records["PO-2B"] == nil, "nothing tells of it else")
    }

    @Test(arguments: 1...10)
    func `a sweep that orders vanish under takes no other for gone`(request: Int) async throws {
        let service = EmulatedService(orders(40), at: Scene.minute(600))
        service.meanwhile { server, number, now in
            guard number == request else { return }
            for id in [1, 2, 16, 17] { server.delete("Purchase Order", "PO-\(id)", at: now) }
            server.set("Purchase Order", "PO-30", "status", "Closed", at: now)
        }
        let connector = try Scene.connector(service, now: service.now)
        var (listed, place) = ([String](), Cursor?.none)
        repeat {
            let page = try await connector.identifiers(of: "purchases", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: Scene.orders(service.system).keys), "got \(listed)")
        #expect(Set(listed).count == listed.count)
    }

    // MARK: Faults

    @Test(arguments: 1...16)
    func `a limit and a broken site only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(orders(8), at: Scene.minute(600))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test func `a site that limits its time is waited for as long as it says`() async throws {
        var server = orders(8)
        server.rateLimit = ERPNextEmulator.RateLimit(limit: 1_000_000, window: 60, cost: 80_000)
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        let quick = EmulatedService(orders(8), at: Scene.minute(600))
        var other = StreamLedger("purchases")
        try await Scene.run(&other, quick)
        #expect(service.requests.count < quick.requests.count * 3 / 2, "a limit is not run into again and again")
    }

    @Test func `the header that tells when the window ends will do`() async throws {
        let limited = CannedAnswer.response(status: 429, headers: ["X-RateLimit-Reset": "41"], body: [])
        let connector = try Scene.connector(CannedTransport(always: limited), now: FixedClock().now)
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "employees", after: nil)
        }
        guard case .unavailable(_, .some(.seconds(41))) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    /// A run and its sweep of 8 orders ask 16 times.
    @Test(arguments: 1...16)
    func `a run that dies, or whose key is withdrawn, goes on where it stood`(request: Int) async throws {
        for isWithdrawn in [true, false] {
            let service = EmulatedService(orders(8), at: Scene.minute(600))
            var ledger = StreamLedger("purchases")
            if isWithdrawn {
                service.meanwhile { server, number, _ in if number == request { server.isKeyValid = false } }
            } else {
                service.fail(request: request, with: .html)
            }
            let error = await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
            if isWithdrawn {
                let hint = "the site does not know api_key and api_secret (AuthenticationError)"
                #expect(error == .refused(status: 401, hint: hint))
            }
            service.meanwhile(nil)
            service.edit { $0.isKeyValid = true }
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test func `a stored cursor that is no such is refused`() async throws {
        let service = EmulatedService(orders(3), at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "purchases", after: Cursor(["until": "2026"]))
        }
    }
}
