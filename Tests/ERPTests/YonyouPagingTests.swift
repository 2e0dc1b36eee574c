import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading a YonBIP that changes and breaks meanwhile, and whose lists have an order that it does not tell.
@Suite struct YonyouPagingTests {
    typealias Scene = YonyouScene
    typealias Order = YonyouEmulator.Order

    private func orders(_ count: Int, in order: Order = .oldestFirst) -> YonyouEmulator {
        var server = Scene.server()
        server.lists[YonyouEmulator.orders]?.order = order
        for id in 1...count { server.putOrder(id, lines: id % 4, at: Scene.minute(id / 3)) }
        return server
    }

    private func people(_ count: Int, in order: Order) -> YonyouEmulator {
        var server = Scene.server()
        server.lists[YonyouEmulator.staff]?.order = order
        for id in 1...count { server.putEmployee(id, at: Scene.minute(id)) }
        return server
    }

    private func expectPeople(
        _ ledger: StreamLedger, _ service: EmulatedService<YonyouEmulator>, _ comment: Comment? = nil
    ) {
        let there = Set((service.system.lists[YonyouEmulator.staff]?.rows ?? []).map(\.id))
        #expect(Set(ledger.records.keys) == there, comment)
        #expect(service.system.faults == [], comment)
    }

    // MARK: Faults

    @Test(arguments: 1...8)
    func `a proxy's limit and a broken server only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken, YonyouEmulator.failure("310046", "请求频率超过限制")] {
            let service = EmulatedService(orders(12))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    /// A run and its sweep of 12 orders ask more often.
    @Test(arguments: 1...12)
    func `a run that dies goes on where it stood`(request: Int) async throws {
        for answer in [CannedAnswer.html, YonyouEmulator.failure("999", "服务端逻辑异常")] {
            let service = EmulatedService(orders(12))
            var ledger = StreamLedger("purchases")
            service.fail(request: request, with: answer)
            await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test(arguments: Order.allCases, [1, 2, 3])
    func `a limit of the server's own, smaller than a page, cuts nothing off`(_ order: Order, _ limit: Int) async throws
    {
        var server = orders(12, in: order)
        server.lists[YonyouEmulator.orders]?.ownLimit = limit
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: [
        #"{"code":"200","data":{"recordList":[]}}"#, #"{"code":"200","data":{"recordCount":3}}"#,
        #"{"code":"200","data":{"recordCount":0,"recordList":[{"id":1}]}}"#, #"{"code":"200","data":null}"#,
        #"{"code":"200","data":[]}"#, #"{"message":"ok"}"#, "true",
    ])
    func `what is no page of a list is no end`(_ answer: String) async throws {
        let token = CannedAnswer.json(#"{"code":"00000","data":{"access_token":"b1946ac92492d234","expire":7200}}"#)
        let transport = CannedTransport(["GET *": token, "POST *": .json(answer)])
        let connector = try Scene.connector(transport, now: FixedClock().now)
        for stream in ["purchases", "employees"] {
            let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: stream, after: nil) }
            guard case .unexpected = error else {
                Issue.record("got \(String(describing: error))")
                return
            }
        }
    }

    /// A service that passes over conditions it does not know tells everything, whatever time is asked for.
    @Test func `a service that does not keep the time asked for is an error, not a run without end`() async throws {
        let rows = #"[{"id":1,"pubts":"2026-07-01 00:00:00"}]"#
        let token = CannedAnswer.json(#"{"code":"00000","data":{"access_token":"b1946ac92492d234","expire":7200}}"#)
        let transport = CannedTransport([
            "GET *": token, "POST *": .json(#"{"code":"200","data":{"recordCount":1,"recordList":\#(rows)}}"#),
        ])
        let connector = try Scene.connector(transport, now: FixedClock().now, ["since": .text("2026-08-01T00:00:00Z")])
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "purchases", after: nil)
        }
        #expect("\(String(describing: error))".contains("knows the condition 'between' on 'pubts' not"))
    }

    @Test func `a cursor of another stream is an error`() async throws {
        let connector = try Scene.connector(EmulatedService(orders(3)), now: FixedClock().now)
        for cursor in [Cursor(["place": 7]), Cursor(["mark": "yesterday"]), Cursor(["mark": .null, "place": 1])] {
            await #expect(throws: ConnectorError.self) { try await connector.page(of: "purchases", after: cursor) }
        }
        await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "employees", after: Cursor(["place": 7]))
        }
    }

    // MARK: Windows

    /// A mass import gives hundreds of documents one second: more than a page.
    @Test(arguments: Order.allCases)
    func `more rows of one second than a page are read page by page`(_ order: Order) async throws {
        var server = orders(3, in: order)
        for id in 11...22 { server.putOrder(id, lines: id % 3, at: Scene.minute(100)) }
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        Scene.expectExact(ledger, service)
    }

    /// The server keeps fractions of seconds that it does not show: a window's end at a whole second lies before them.
    @Test(arguments: 0..<10)
    func `what changed within a second is lost at no window's edge`(tenths: Int) async throws {
        var server = Scene.server()
        for id in 1...30 {
            let moment = Scene.minute(10).advanced(bySeconds: id / 2)
            server.putOrder(id, lines: 1, at: Instant(microseconds: moment.microseconds + Int64(tenths * 100_000)))
        }
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test func `a run without changes asks once for each stream`() async throws {
        let service = EmulatedService(orders(12))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        let connector = try Scene.connector(service, now: service.now, ["page_size": .text("100")])
        let before = service.requests.count
        let page = try await connector.page(of: "purchases", after: ledger.cursor)
        #expect(!page.hasMore && service.requests.count - before == 2, "one for the token")
    }

    // MARK: Changes meanwhile

    /// At every request something happens: an order that was read or will be changes, grows or shrinks; one comes, one goes.
    @Test(arguments: 0..<6, [Order.oldestFirst, .newestFirst])
    func `orders that change, come and go meanwhile are known in the end`(seed: Int, order: Order) async throws {
        let service = EmulatedService(orders(20, in: order), at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number > 80 { return }
            let id = (number * 7 + seed) % 20 + 1
            switch (number + seed) % 5 {
            case 0: server.approve(id, status: 2, at: now)
            case 1: server.putOrder(100 + number, lines: number % 4, at: now)
            case 2: server.delete(YonyouEmulator.orders, id)
            case 3: server.putOrder(id, lines: 3, at: now)
            default: server.approve((number * 13) % 20 + 1, status: 3, at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// Rows of one second that move while they are read page by page.
    @Test(arguments: 1...8, [Order.idUp, .newestFirst])
    func `rows of one second that come and go while they are read are not lost`(
        request: Int, order: Order
    ) async throws {
        var server = Scene.server()
        server.lists[YonyouEmulator.orders]?.order = order
        for id in 11...30 { server.putOrder(id, lines: 1, at: Scene.minute(100)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            guard number >= 30 + request, number <= 31 + request else { return }
            server.delete(YonyouEmulator.orders, 11 + number % 20)
            server.putOrder(1000 - number, lines: 1, at: Scene.minute(100))
            server.putOrder(number, lines: 1, at: Scene.minute(100))
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, ["overlap": .text("1d")])
        Scene.expectExact(ledger, service)
    }

    /// For each request of the walk over all people: somebody leaves and somebody comes, so that the number stays.
    @Test(arguments: 1...12, Order.allCases)
    func `people who come and go between two pages hide nobody`(request: Int, order: Order) async throws {
        let service = EmulatedService(people(23, in: order), at: Scene.minute(600))
        var ledger = StreamLedger("employees")
        service.meanwhile { server, number, now in
            guard number == request else { return }
            for id in [1, 22] { server.delete(YonyouEmulator.staff, id) }
            for id in [0, 50] { server.putEmployee(id, at: now) }
            server.change(YonyouEmulator.staff, 12) { $0.changed = now }
        }
        try await Scene.run(&ledger, service)
        #expect(Set(ledger.lastRun).isSuperset(of: (2...21).map(String.init)), "nobody who stayed is missing")
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        expectPeople(ledger, service)
    }

    @Test func `people who never hold still are unavailable, not cut short`() async throws {
        let service = EmulatedService(people(23, in: .idUp), at: Scene.minute(600))
        service.meanwhile { server, number, now in
            server.delete(YonyouEmulator.staff, number)
            server.putEmployee(100 + number, at: now)
        }
        let connector = try Scene.connector(service, now: service.now)
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "employees", after: nil)
        }
        guard case .unavailable(let reason, .seconds(60)) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.hasPrefix("\(YonyouEmulator.staff): rows change during each of 8 walks"))
    }

    /// Rows that a server sorts by nothing come twice, and others never, although nothing changes.
    @Test func `a list whose pages repeat one row and lack another is not taken for whole`() async throws {
        let token = CannedAnswer.json(#"{"code":"00000","data":{"access_token":"b1946ac92492d234","expire":7200}}"#)
        func page(_ ids: [Int]) -> CannedAnswer {
            let rows = ids.map { #"{"id":\#($0),"name":"员工 \#($0)"}"# }.joined(separator: ",")
            return .json(#"{"code":"200","data":{"recordCount":4,"pageCount":2,"recordList":[\#(rows)]}}"#)
        }
        let walks = [CannedAnswer](repeating: .inTurn([page([1, 2]), page([2, 4])]), count: 8)
        let transport = CannedTransport(["GET *": token, "POST *": .inTurn(walks)])
        let connector = try Scene.connector(transport, now: FixedClock().now, ["page_size": .text("2")])
        let error = await #expect(throws: ConnectorError.self) {
            try await connector.page(of: "employees", after: nil)
        }
        #expect("\(String(describing: error))".contains("or come twice"))
    }

    @Test func `a service that takes an order is asked to keep it`() async throws {
        var server = people(23, in: .idUp)
        server.lists[YonyouEmulator.staff]?.takesOrder = true
        let service = EmulatedService(server)
        var ledger = StreamLedger("employees")
        try await Scene.run(&ledger, service, ["order_by": .text("id")])
        expectPeople(ledger, service)
    }

    @Test(arguments: 1...16, [Order.oldestFirst, .newestFirst])
    func `a sweep that orders vanish under takes no other for gone`(request: Int, order: Order) async throws {
        let service = EmulatedService(orders(12, in: order), at: Scene.minute(600))
        service.meanwhile { server, number, now in
            guard number == request else { return }
            for id in [1, 2, 5, 6] { server.delete(YonyouEmulator.orders, id) }
            for id in [3, 9, 12] { server.approve(id, status: 2, at: now) }
        }
        let connector = try Scene.connector(service, now: service.now)
        var (listed, place) = ([String](), Cursor?.none)
        repeat {
            let page = try await connector.identifiers(of: "purchases", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: Scene.facts(service.system).keys), "got \(listed)")
    }

    @Test func `an order that is deleted is gone after the sweep, and so is one whose lines are`() async throws {
        let service = EmulatedService(orders(12))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        service.edit { $0.delete(YonyouEmulator.orders, 7) }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["7"] == nil && ledger.records.count == 11)
        Scene.expectExact(ledger, service)
    }
}
