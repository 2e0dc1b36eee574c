import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// Reading an S/4HANA that changes meanwhile.
@Suite struct SAPPagingTests {
    typealias Scene = SAPScene

    @Test(arguments: [1, 2, 3, 5, 100], SAPVersion.allCases)
    func `answers of any size hold everything once`(_ size: Int, _ version: SAPVersion) async throws {
        for way in [[:], Scene.byDay, ["purchase_change": .map([:])], ["top": .text("5")]] {
            var server = Scene.orders(12)
            server.pageSize = size
            let service = EmulatedService(server)
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, service, version, way)
            #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled: \(ledger.lastRun), \(way)")
            Scene.expectExact(ledger, service, "\(size), \(way)")
        }
    }

    @Test(arguments: SAPEmulator.Expanding.allCases, SAPVersion.allCases)
    func `items that the server defers are read behind their order`(
        _ expanding: SAPEmulator.Expanding, _ version: SAPVersion
    ) async throws {
        var server = Scene.server()
        for id in 1...6 { server.putOrder(id, lines: id, at: Scene.minute(id)) }
        server.expanding = expanding
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, version)
        Scene.expectExact(ledger, service)
    }

    /// Nine orders of one moment, whose links to the rest of their items are new in each answer.
    @Test(arguments: SAPVersion.allCases)
    func `orders of one moment whose items come in parts are read once`(_ version: SAPVersion) async throws {
        for way in [[:], Scene.byDay] {
            var server = Scene.server()
            for id in 1...9 { server.putOrder(id, lines: 3, at: Scene.minute(1)) }
            server.expanding = .paged
            let service = EmulatedService(server)
            // A run without end ends here.
            service.meanwhile { server, number, _ in if number > 200 { server.forbidden = ["A_PurchaseOrder"] } }
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, service, version, way)
            Scene.expectExact(ledger, service, "\(way)")
            #expect(Set(ledger.lastRun).count == 9 && ledger.lastRun.count == 9, "none doubled: \(ledger.lastRun)")
            #expect(service.requests.count < 40, "got \(service.requests.count)")
        }
    }

    /// Links hold nothing but a token: the client goes along as a header.
    @Test(arguments: SAPVersion.allCases)
    func `a link is followed unchanged`(_ version: SAPVersion) async throws {
        let service = EmulatedService(Scene.full())
        var ledger = StreamLedger("budget_lines")
        try await Scene.run(&ledger, service, version)
        #expect(ledger.records.count == 4 && ledger.rejected == ["2026/007/CC33/660200"])
        let followed = service.requests.filter { $0["$skiptoken"] != nil }
        #expect(!followed.isEmpty && followed.allSatisfy { $0.query.count == 1 && $0.headers["sap-client"] == "100" })
    }

    /// At every request something happens: an order that was read or will be changes, grows or shrinks; one comes, one goes.
    @Test(arguments: 0..<6, SAPVersion.allCases)
    func `orders that change, come and go meanwhile are known in the end`(seed: Int, version: SAPVersion) async throws {
        for (way, size) in [([:], 3), ([:], 1), (Scene.byDay, 4)] as [([String: SettingInput], Int)] {
            var server = Scene.orders(20)
            server.pageSize = size
            let service = EmulatedService(server, at: Scene.minute(600))
            var ledger = StreamLedger("purchases")
            service.meanwhile { server, number, now in
                if number > 60 { return }
                switch (number + seed) % 5 {
                case 0: server.change((number * 7 + seed) % 20 + 1, company: "2\(number)", at: now)
                case 1: server.putOrder(100 + number, lines: number % 6, at: now)
                case 2: server.delete((number * 11 + seed) % 20 + 1)
                case 3: server.setLines((number * 3) % 20 + 1, number % 5, at: now)
                default: server.change((number * 13) % 20 + 1, company: "3\(number)", at: now)
                }
            }
            try await Scene.run(&ledger, service, version, way)
            service.meanwhile(nil)
            try await Scene.run(&ledger, service, version, way)
            Scene.expectExact(ledger, service, "seed \(seed), size \(size), \(way)")
        }
    }

    /// The same where nobody says that an answer is cut off.
    @Test(arguments: 0..<6, SAPVersion.allCases)
    func `orders that change meanwhile are known where nobody counts`(seed: Int, version: SAPVersion) async throws {
        var server = Scene.orders(20)
        (server.silentLimit, server.pageSize, server.ignores) = (5, 100, [.count])
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            if number > 40 { return }
            let moment = now.advanced(bySeconds: number)
            switch (number + seed) % 4 {
            case 0: server.change((number * 7 + seed) % 20 + 1, company: "2\(number)", at: moment)
            case 1: server.putOrder(100 + number, lines: number % 6, at: moment)
            case 2: server.delete((number * 11 + seed) % 20 + 1)
            default: server.setLines((number * 3) % 20 + 1, number % 5, at: moment)
            }
        }
        try await Scene.run(&ledger, service, version)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, version)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// Twelve orders of one moment fill four answers, and those in front of the others change while they are read.
    @Test(arguments: 1...8, SAPVersion.allCases)
    func `rows of one moment that shift between answers are not lost`(request: Int, version: SAPVersion) async throws {
        var server = Scene.server()
        for id in 1...12 { server.putOrder(id, lines: 1, at: Scene.minute(1)) }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, now in
            guard number == request else { return }
            for id in [1, 2, 4] { server.change(id, company: "new", at: now) }
            server.delete(3)
        }
        try await Scene.run(&ledger, service, version)
        service.meanwhile(nil)
        #expect(Set(ledger.records.keys).isSuperset(of: (5...12).map(String.init)), "got \(ledger.lastRun)")
        try await Scene.run(&ledger, service, version)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...8, SAPVersion.allCases)
    func `a sweep that orders vanish under takes no other for gone`(request: Int, version: SAPVersion) async throws {
        let service = EmulatedService(Scene.orders(12))
        service.meanwhile { server, number, _ in
            if number == request { for id in [1, 2, 5, 6] { server.delete(id) } }
        }
        let connector = try Scene.connector(service, version, now: service.now)
        var (listed, place) = ([String](), Cursor?.none)
        repeat {
            let page = try await connector.identifiers(of: "purchases", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: Scene.facts(service.system).keys), "got \(listed)")
        #expect(Set(listed).count == listed.count)
    }

    /// No run finds it by its changes, so it would be missed unsaid.
    @Test(arguments: SAPVersion.allCases)
    func `a sweep refuses an order without a time of change`(_ version: SAPVersion) async throws {
        let service = EmulatedService(Scene.orders(6))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, version)
        service.edit { server in
            server.putOrder(7, lines: 1, at: Scene.minute(70))
            server.set("A_PurchaseOrder", 7, "LastChangeDateTime", .null)
        }
        let error = await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service, version) }
        #expect(error.map { "\($0)" }?.contains("an entity has no 'LastChangeDateTime'") == true, "got \(error as Any)")
        var whole = StreamLedger("purchases")
        let fields: SettingInput = .map(["number": "PurchaseOrder", "company": "CompanyCode"])
        try await Scene.run(&whole, service, version, ["purchase_change": .map([:]), "purchase_fields": fields])
        Scene.expectExact(whole, service, "read whole each time")
    }

    /// Keys such as 9 and 10, which SAP keeps with zeros in front, and others that are texts.
    @Test(arguments: [["8", "9", "10", "11", "100"], ["A1", "A10", "A2", "B"], ["1", "10", "1A", "2"]])
    func `keys may be in either order`(_ keys: [String]) async throws {
        let rows = keys.map { #"{"userId":"\#($0)"}"# }.joined(separator: ",")
        let connector = try Scene.connector(
            CannedTransport(always: .json(#"{"d":[\#(rows)]}"#)), .v2, now: FixedClock().now,
            ["employee_fields": .map(["account": "userId"])])
        #expect(try await connector.page(of: "employees", after: nil).records.map(\.id) == keys)
    }

    @Test func `keys in no order are an error`() async throws {
        let rows = ["9", "10", "1A", "0"].map { #"{"userId":"\#($0)"}"# }.joined(separator: ",")
        let connector = try Scene.connector(
            CannedTransport(always: .json(#"{"d":[\#(rows)]}"#)), .v2, now: FixedClock().now,
            ["employee_fields": .map(["account": "userId"])])
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "employees", after: nil) }
    }

    /// A server that does not know the token gives the same answer for ever.
    @Test func `a link that leads back is an error, not a further page`() async throws {
        let answer = #"{"d":{"results":[{"userId":"1"}],"__next":"User?$skiptoken=1"}}"#
        let connector = try Scene.connector(
            CannedTransport(always: .json(answer)), .v2, now: FixedClock().now,
            ["employee_fields": .map(["account": "userId"])])
        await #expect(throws: ConnectorError.self) {
            var place: Cursor?
            for _ in 0..<5 { place = try await connector.page(of: "employees", after: place).cursor }
        }
    }

    /// The server forgets its links at a request, as it does when it starts anew.
    @Test(arguments: 1...10, SAPVersion.allCases)
    func `a link that is over is left, and its part read again`(request: Int, version: SAPVersion) async throws {
        var server = Scene.server()
        for id in 1...12 { server.putOrder(id, lines: 1, at: Scene.minute(id / 8)) }
        let service = EmulatedService(server)
        var ledger = StreamLedger("purchases")
        service.meanwhile { server, number, _ in if number == request { server.links = [:] } }
        try await Scene.run(&ledger, service, version)
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled: \(ledger.lastRun)")
        Scene.expectExact(ledger, service)
    }

    @Test func `links that are never taken are an error`() async throws {
        var server = Scene.server()
        for id in 1...12 { server.putOrder(id, lines: 1, at: Scene.minute(1)) }
        let service = EmulatedService(server)
        service.meanwhile { server, _, _ in server.links = [:] }
        var ledger = StreamLedger("purchases")
        let error = await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service, .v4) }
        #expect(
            error
                == .unexpected(reason: "A_PurchaseOrder: the server does not take its own links to the rest of a list"))
    }
}
