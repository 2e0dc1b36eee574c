import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading an Odoo that changes, limits and breaks meanwhile, over both interfaces.
@Suite struct OdooPagingTests {
    typealias Scene = OdooScene

    private func orders(_ count: Int) -> OdooEmulator {
        var server = Scene.server()
        for id in 1...count { server.putOrder(id, lines: id % 4, at: Scene.minute(id / 3)) }
        return server
    }

    // MARK: Faults

    /// A run of 10 orders and its sweep ask more than 20 times.
    @Test(arguments: 1...20, Scene.protocols)
    func `a server that breaks only takes time`(_ request: Int, _ wire: String) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(orders(10))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service, wire)
            Scene.expectExact(ledger, service)
        }
    }

    @Test(arguments: 1...20, Scene.protocols)
    func `a run that dies goes on where it stood`(_ request: Int, _ wire: String) async throws {
        for answer in [CannedAnswer.html, .json(#"{"name":"builtins.ValueError","message":"x"}"#, status: 422)] {
            let service = EmulatedService(orders(10))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service, wire) }
            try await Scene.run(&ledger, service, wire)
            Scene.expectExact(ledger, service, "request \(request)")
        }
    }

    @Test(arguments: Scene.protocols)
    func `the limit of Odoo Online is waited for`(_ wire: String) async throws {
        var server = orders(10)
        server.window = RequestWindow(limit: 12, seconds: 60)
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, wire)
        Scene.expectExact(ledger, service)
    }

    /// Whichever search is answered so: of the newest change, of the page, or of lines.
    @Test(arguments: [[2, 1], [1, 1]], Scene.protocols)
    func `answers that repeat or are out of order are an error`(_ ids: [Int], _ wire: String) async throws {
        let rows = JSON.array(ids.map { ["id": .int($0)] })
        let answer: JSON = wire == "json-2" ? rows : ["jsonrpc": "2.0", "id": 1, "result": rows]
        var reasons: [String] = []
        for request in 1...20 {
            let service = EmulatedService(orders(1))
            let connector = try Scene.connector(service, wire, now: service.now)
            service.fail(request: request, with: .json(answer.text))
            do {
                _ = try await connector.page(of: "purchases", after: nil)
            } catch {
                reasons.append("\(error)")
            }
        }
        #expect(reasons.contains { $0.contains("records of purchase.order repeat or are not in the order") })
    }

    // MARK: Changes meanwhile

    /// At every request something happens: goods come for an order that was read or will be, one comes, one goes.
    @Test(arguments: 0..<12, Scene.protocols)
    func `orders that change, come and go meanwhile are known in the end`(_ seed: Int, _ wire: String) async throws {
        let service = EmulatedService(orders(20), at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number > 80 { return }
            switch (number + seed) % 6 {
            case 0: server.change("purchase.order", (number * 7 + seed) % 20 + 1, at: now, ["state": "done"])
            case 1: server.putOrder(100 + number, lines: number % 3, at: now)
            case 2: server.removeOrder((number * 11 + seed) % 20 + 1)
            case 3: server.receive((number * 3) % 20 + 1, quantity: "\(number).0", state: "done", at: now)
            case 4: server.receive((number * 5 + seed) % 20 + 1, quantity: "\(number).5", state: "waiting", at: now)
            default: server.change("purchase.order", (number * 13) % 20 + 1, at: now, ["user_id": 103])
            }
        }
        try await Scene.run(&ledger, service, wire)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, wire)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// A transaction that writes many records gives them one time, finer than it is told.
    @Test(arguments: Scene.protocols)
    func `more records of one moment than a page holds are all read, each once`(_ wire: String) async throws {
        var server = Scene.server()
        for id in 1...11 { server.putOrder(id, lines: 1, at: Scene.minute(7)) }
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, wire)
        #expect(ledger.lastRun == (1...11).map(String.init))
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: Scene.protocols)
    func `an order is read again when goods come, although it does not change`(_ wire: String) async throws {
        let service = EmulatedService(orders(9), at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        service.edit { server in
            server.receive(5, quantity: "4.0", state: "assigned", at: Scene.minute(601))
            server.change("stock.picking", 70, at: Scene.minute(602), ["state": "done"])
        }
        let requests = service.requests.count
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        #expect(ledger.lastRun == ["5", "7", "9"], "9 changed last, and is read again at the edge")
        Scene.expectExact(ledger, service)
        #expect(service.requests.count - requests < 30, "only what changed is read")
    }

    /// In version 19 the first day is a field of a contract's version, which an employee shows and does not store.
    @Test(arguments: ["contract_date_start", "departure_date"], Scene.protocols)
    func `a hire is read again when what its employee only shows has changed`(
        _ field: String, _ wire: String
    ) async throws {
        var server = Scene.server()
        server.addRest()
        server.models["hr.applicant"]?.rows[3] = nil
        server.models["hr.employee"]?.fields[field]?.isStored = false
        server.models["hr.employee"]?.rows[5]?.values[field] = false
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("hires")
        try await Scene.run(&ledger, service, wire)
        let member = field == "departure_date" ? "last_day" : "joined_on"
        #expect(ledger.records["2"]?.json[member] == .null)
        service.edit { $0.models["hr.employee"]?.rows[5]?.values[field] = "2026-08-03" }
        try await Scene.run(&ledger, service, wire)
        #expect(ledger.records["2"]?.json[member] == "2026-08-03" && service.system.faults == [])
        #expect(ledger.lastRun == ["1", "2", "4", "5"], "none has a time that would tell")
        try await Scene.run(&ledger, service, wire, ["since": .text("2026-07-01T00:35:00Z")])
        #expect(ledger.lastRun == ["4", "5"] && service.system.faults == [], "what is too old is still left out")
    }

    @Test(arguments: Scene.protocols)
    func `an order is read again when a field of the company's own is computed`(_ wire: String) async throws {
        var server = orders(4)
        server.models["purchase.order.line"]?.fields["x_cost"] = .init("float", isStored: false)
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = [
            "purchase_line_fields": .map(["cost": "x_cost"]), "overlap": .text("0s"),
        ]
        try await Scene.run(&ledger, service, wire, settings)
        service.edit { $0.models["purchase.order.line"]?.rows[100]?.values["x_cost"] = .number("7.0") }
        try await Scene.run(&ledger, service, wire, settings)
        #expect(ledger.records["1"]?.json["lines"]?.array?.first?["cost"] == .number("7.0"))
        Scene.expectExact(ledger, service)
    }

    /// Order 2 is of the user 107, who is no employee yet, order 3 of the user 106, who is two.
    private func ordersOfUsers() -> OdooEmulator {
        var server = orders(6)
        server.change("purchase.order", 2, at: Scene.minute(1), ["user_id": 107])
        server.change("purchase.order", 3, at: Scene.minute(1), ["user_id": 106])
        return server
    }

    private func makeKnown(_ server: inout OdooEmulator) {
        server.putEmployee(12, user: 107, at: Scene.minute(601))
        server.change("hr.employee", 9, at: Scene.minute(602), ["active": false])
    }

    @Test(arguments: Scene.protocols)
    func `what users did is their employees' once it is known who they are`(_ wire: String) async throws {
        let service = EmulatedService(ordersOfUsers(), at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        #expect(ledger.records["2"]?.json["buyer"] == "user/107" && ledger.records["3"]?.json["buyer"] == "user/106")
        service.edit { makeKnown(&$0) }
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        #expect(ledger.records["2"]?.json["buyer"] == "12" && ledger.records["3"]?.json["buyer"] == "8")
        #expect(ledger.lastRun == ["2", "3", "6"], "6 changed last, and is read again at the edge")
        Scene.expectExact(ledger, service)
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        #expect(ledger.lastRun == ["3"], "the last change was that of who did this")
    }

    @Test(arguments: Scene.protocols)
    func `who a user is brings no order that is too old`(_ wire: String) async throws {
        let service = EmulatedService(ordersOfUsers(), at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        let settings: [String: SettingInput] = ["overlap": .text("0s"), "since": .text("2026-07-01T00:01:30Z")]
        try await Scene.run(&ledger, service, wire, settings)
        service.edit { makeKnown(&$0) }
        try await Scene.run(&ledger, service, wire, settings)
        #expect(ledger.lastRun == ["6"] && ledger.records.keys.sorted() == ["6"] && service.system.faults == [])
    }

    /// Employees get users, leave and come back while orders are read.
    @Test(arguments: 0..<6, Scene.protocols)
    func `users who become employees meanwhile are known in the end`(_ seed: Int, _ wire: String) async throws {
        var server = orders(20)
        for id in 1...20 { server.change("purchase.order", id, at: Scene.minute(id), ["user_id": .int(101 + id % 7)]) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number > 40 { return }
            switch (number + seed) % 4 {
            case 0: server.change("hr.employee", 9, at: now, ["active": .bool(number % 3 == 0)])
            case 1: server.putEmployee(12 + number % 2, user: 107, at: now)
            case 2: server.change("hr.employee", 13, at: now, ["active": false])
            default: server.change("purchase.order", number % 20 + 1, at: now, ["state": "done"])
            }
        }
        for _ in 0..<2 { try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")]) }
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    @Test(arguments: Scene.protocols)
    func `what is deleted is gone after the sweep, what is archived is told`(_ wire: String) async throws {
        var server = Scene.server()
        server.addRest()
        server.models["crm.lead"]?.rows[3] = nil
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("leads")
        try await Scene.run(&ledger, service, wire)
        service.edit { server in
            server.delete("crm.lead", 1)
            server.change("crm.lead", 2, at: Scene.minute(601), ["active": false])
        }
        try await Scene.run(&ledger, service, wire)
        #expect(ledger.records.keys.sorted() == ["2", "4", "5", "6"])
        #expect(ledger.lastRun == ["2", "6"], "6 changed last, and is read again at the edge")
        #expect(ledger.records["2"]?.json["active"] == false)
    }

    @Test(arguments: 1...8, Scene.protocols)
    func `a sweep that orders vanish under takes no other for gone`(_ request: Int, _ wire: String) async throws {
        let service = EmulatedService(orders(12))
        service.meanwhile { server, number, _ in
            if number == request { for id in [1, 2, 5, 6] { server.removeOrder(id) } }
        }
        let connector = try Scene.connector(service, wire, now: service.now)
        var (listed, place) = ([String](), Cursor?.none)
        repeat {
            let page = try await connector.identifiers(of: "purchases", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: Scene.facts(service.system).keys), "got \(listed)")
        #expect(Set(listed).count == listed.count)
    }

    /// Expenses are read before leave; each has an end of its own.
    @Test(arguments: Scene.protocols)
    func `a stream of two models begins with each where it stood`(_ wire: String) async throws {
        var server = Scene.server()
        server.addRest()
        server.models["hr.expense"]?.rows[2]?.values["total_amount"] = .number("5.0")
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        #expect(ledger.records.count == 8)
        service.edit { server in
            server.change("hr.leave", 2, at: Scene.minute(601), ["state": "validate", "first_approver_id": 1])
        }
        try await Scene.run(&ledger, service, wire, ["overlap": .text("0s")])
        #expect(ledger.lastRun == ["hr.expense/4", "hr.leave/2", "hr.leave/4"], "at the edges, read again")
        #expect(ledger.records["hr.leave/2"]?.json["approver"] == "1")
    }

    @Test func `a model that is no longer read needs a new beginning`() async throws {
        var server = Scene.server()
        server.addRest()
        let service = EmulatedService(server)
        let first = try Scene.connector(service, "json-2", now: service.now, ["page_size": .text("2")])
        let page = try await first.page(of: "approvals", after: nil)
        let second = try Scene.connector(service, "json-2", now: service.now, ["approval_models": .list(["hr.leave"])])
        await #expect(throws: ConnectorError.self) { try await second.page(of: "approvals", after: page.cursor) }
        await #expect(throws: ConnectorError.self) {
            try await second.page(of: "approvals", after: Cursor(["place": 1]))
        }
    }

    @Test(arguments: Scene.protocols)
    func `only records of the companies that are named are read, and those of none`(_ wire: String) async throws {
        var server = Scene.server()
        for id in 1...5 { server.putOrder(id, lines: 1, at: Scene.minute(id)) }
        server.change("purchase.order", 2, at: Scene.minute(2), ["company_id": 2])
        server.change("purchase.order", 3, at: Scene.minute(3), ["company_id": false])
        let orders = try await Scene.records("purchases", of: server, wire, ["companies": .list(["1"])])
        #expect(orders.keys.sorted() == ["1", "3", "4", "5"])
    }
}
