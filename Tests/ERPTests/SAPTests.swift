import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct SAPTests {
    typealias Scene = SAPScene

    private let fixtures = Fixtures("sap", in: .module)

    private func connector(
        _ transport: any Transport, _ version: SAPVersion, _ changes: [String: SettingInput] = [:]
    ) throws -> SAPConnector {
        try Scene.connector(transport, version, now: FixedClock().now, changes)
    }

    // MARK: Conformance

    @Test(
        arguments: [
            ("purchases", ["1", "2", "3", "4", "6", "7"], "5"), ("approvals", ["11", "12", "14", "15", "16"], "13"),
            ("employees", ["u41", "u42", "u43", "u45", "u46"], "u44"),
            ("timesheet_entries", ["21", "22", "24", "25"], "23"),
            ("budget_lines", [31, 32, 34, 35].map { "2026/007/CC\($0)/660200" }, "2026/007/CC33/660200"),
        ], SAPVersion.allCases)
    func `streams conform in both versions`(
        _ stream: (name: String, records: [String], rejected: String), _ version: SAPVersion
    ) async throws {
        try await ConformanceSuite(
            SAPConnector.self, settings: Scene.settings(version), stream: stream.name, records: Set(stream.records),
            rejected: [stream.rejected]
        ) {
            let service = EmulatedService(Scene.full())
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test(arguments: SAPVersion.allCases)
    func `a set that tells only the day of a change conforms`(_ version: SAPVersion) async throws {
        try await ConformanceSuite(
            SAPConnector.self, settings: Scene.settings(version).merging(Scene.byDay) { $1 }, stream: "purchases",
            records: ["1", "2", "3", "4", "5", "6", "7"]
        ) {
            var server = Scene.server()
            for id in 1...7 { server.putOrder(id, lines: 1, at: Scene.minute(id * 1440)) }
            let service = EmulatedService(server)
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test(arguments: SAPVersion.allCases)
    func `an application conforms as a user does`(_ version: SAPVersion) async throws {
        let settings = Scene.settings(version).merging(Scene.oauth) { $1 }
        try await ConformanceSuite(
            SAPConnector.self, settings: settings.filter { !["username", "password"].contains($0.key) },
            stream: "purchases", records: ["1", "2", "3", "4", "6", "7"], rejected: ["5"]
        ) {
            let service = EmulatedService(Scene.full())
            return Scene.context(service, now: service.now)
        }.run()
    }

    // MARK: Records

    /// Item 20 was of no material, item 30 was deleted: 3000.00 + 560.50 are left.
    @Test(arguments: SAPVersion.allCases)
    func `an order is read with its items, the same in both versions`(_ version: SAPVersion) async throws {
        let file = try CannedAnswer.file(version == .v2 ? "orders-v2.json" : "orders-v4.json", of: fixtures)
        let connector = try connector(CannedTransport(always: file), version)
        let page = try await connector.page(of: "purchases", after: nil)
        let first: JSON = [
            "id": "10", "amount": .number("3000.00"), "deleted": .null, "delivered": true, "material": "M-0017",
            "material_group": "L001", "price": .number("150.00"), "quantity": .number("20"), "unit": "EA",
        ]
        let second: JSON = [
            "id": "20", "amount": .number("560.50"), "deleted": .null, "delivered": false, "material": .null,
            "material_group": "L002", "price": .number("56.05"), "quantity": .number("10.000"), "unit": "EA",
        ]
        let third: JSON = [
            "id": "30", "amount": .number("99.99"), "deleted": "L", "delivered": false, "material": "M-0099",
            "material_group": "L002", "price": .number("99.99"), "quantity": .number("1"), "unit": "EA",
        ]
        #expect(page.records.map(\.id) == ["4500000012"] && page.rejected == [])
        #expect(
            page.records.first?.json == [
                "id": "4500000012", "amount": .number("3560.50"), "changed": "2026-07-03T16:20:08.437Z",
                "company": "1010", "created_by": "CB0001", "currency": "CNY", "date": "2026-07-01", "deleted": .null,
                "group": "G02", "in_release": false, "number": "4500000012", "type": "NB",
                "items": [first, second, third],
            ])
        let end = try await connector.page(of: "purchases", after: page.cursor)
        #expect(end.records == [] && !end.hasMore, "nobody counted, so the end is what gives nothing new")
    }

    /// Items of 10.50 and 20.50, of which the second bears a code.
    @Test(arguments: [("", JSON.number("31.00")), ("L", .number("10.50")), ("S", .number("31.00")), ("A", .null)])
    func `an item that is blocked still costs, and of an unknown code nothing is told`(
        _ code: String, _ amount: JSON
    ) async throws {
        for version in Scene.versions {
            var server = Scene.server()
            server.putOrder(1, lines: 2, at: Scene.minute(1))
            server.mark(1, item: 1, code)
            var ledger = StreamLedger("purchases")
            try await Scene.run(&ledger, EmulatedService(server), version)
            #expect(ledger.records["1"]?.json["amount"] == amount)
        }
    }

    /// As a server writes decimals that is asked for, or always gives, `IEEE754Compatible`.
    @Test func `decimals as texts are the same in V4`() async throws {
        let plain = try fixtures.text("orders-v4.json")
        let texts = plain.replacing(/: ([0-9.]+)(,?)\n/) { ": \"\($0.1)\"\($0.2)\n" }
        #expect(texts.contains(#""NetAmount": "3000.00""#))
        var records: [[SourceRecord]] = []
        for text in [plain, texts] {
            let page = try await connector(CannedTransport(always: .json(text)), .v4).page(of: "purchases", after: nil)
            records.append(page.records)
        }
        #expect(records[0] == records[1] && records[0].count == 1)
    }

    @Test(arguments: SAPVersion.allCases)
    func `an amount that one item does not tell is not told of the order`(_ version: SAPVersion) async throws {
        var server = Scene.orders(3)
        guard case .items(var items)? = server.sets["A_PurchaseOrder"]?.rows[2]["to_PurchaseOrderItem"] else { return }
        items[1]["NetAmount"] = .null
        server.set("A_PurchaseOrder", 3, "to_PurchaseOrderItem", .items(items))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, EmulatedService(server), version)
        #expect(ledger.records["3"]?.json["amount"] == .null)
        #expect(ledger.records["2"]?.json["amount"] == .number("31.00"), "10.50 and 20.50")
    }

    @Test(arguments: SAPVersion.allCases)
    func `approvals, hours, budgets and people are read alike`(_ version: SAPVersion) async throws {
        let service = EmulatedService(Scene.full())
        func record(_ stream: String, _ id: String) async throws -> JSON? {
            var ledger = StreamLedger(stream)
            try await Scene.run(
                &ledger, service, version,
                ["timesheet_fields": .map(["hours": "RecordedHours", "seconds": "Span", "date": "TimeSheetDate"])])
            return ledger.records[id]?.json
        }
        #expect(
            try await record("approvals", "12") == [
                "id": "12", "approver": "E001", "changed": "2026-07-01T02:00:00Z", "decided": "2026-07-01T03:00:00Z",
                "kind": "purchase", "requested": "2026-07-01T02:00:00Z", "requester": "E003", "status": "APPROVED",
            ])
        #expect(try await record("approvals", "11")?["decided"] == .null)
        #expect(
            try await record("timesheet_entries", "22") == [
                "id": "22", "date": "2026-07-06", "hours": .number("3.50"), "seconds": 12_600,
            ])
        #expect(
            try await record("budget_lines", "2026/007/CC32/660200") == [
                "id": "2026/007/CC32/660200", "actual": .number("17115.45"), "budget": .number("18000.00"),
                "category": "660200", "cost_center": "CC32", "currency": "CNY", "period": "007", "year": "2026",
            ])
        let person = try await record("employees", "u42")
        #expect(person?["manager"] == "u41" && person?["joined"] == "2024-03-01" && person?["name"] == "员工 42")
        #expect(try await record("employees", "u41")?["manager"] == .null, "who has none")
        #expect(service.system.faults == [])
    }

    /// 2026-03-08 and 2026-07-08, 09:30 on clocks of the zone, as V2 writes a time without an offset.
    @Test(arguments: [
        ("Asia/Shanghai", "zone", "2026-03-08T01:30:00Z"), ("Asia/Shanghai", "utc", "2026-03-08T09:30:00Z"),
        ("Europe/Berlin", "zone", "2026-03-08T08:30:00Z"), ("UTC", "zone", "2026-03-08T09:30:00Z"),
    ])
    func `a time without an offset is of the zone that the connection says`(
        _ zone: String, _ written: String, _ moment: String
    ) async throws {
        let row =
            #"{"ApprovalID":"1","LastChangeDateTime":"/Date(0+0480)/","CreationDateTime":"/Date(1772962200000)/"}"#
        let connector = try Scene.connector(
            CannedTransport(always: .json(#"{"d":{"results":[\#(row)]}}"#)), .v2, zone: zone, now: FixedClock().now,
            ["approval_fields": .map(["requested": "CreationDateTime"]), "written_times": .text(written)])
        let page = try await connector.page(of: "approvals", after: nil)
        #expect(page.records.first?.json["requested"] == .string(moment), "got \(page.rejected)")
    }

    @Test(arguments: [
        "/Date(x)/", "/Date()/", "/Date(99999999999999999999)/", "/Date(1+x)/", "yesterday", "/Date(-)/", "/Date(1",
        "2026-02-30",
    ])
    func `what is no time is rejected`(_ text: String) async throws {
        let row = #"{"ApprovalID":"1","LastChangeDateTime":"/Date(0+0000)/","CreationDateTime":"\#(text)"}"#
        let connector = try connector(
            CannedTransport(always: .json(#"{"d":{"results":[\#(row)]}}"#)), .v2,
            ["approval_fields": .map(["requested": "CreationDateTime"])])
        let page = try await connector.page(of: "approvals", after: nil)
        #expect(page.records == [] && page.rejected.map(\.id) == ["1"])
    }

    // MARK: Settings

    @Test(arguments: ["A or 1 eq 1", "A'x", "", "字段", "a/b/c", "a//b", "A$"])
    func `what is no name of a property stands in no address`(_ name: String) {
        if !name.isEmpty {
            #expect(throws: ConnectorError.self) {
                try connector(CannedTransport(), .v2, ["purchase_fields": .map(["number": name])])
            }
        }
        #expect(throws: (any Error).self) { try connector(CannedTransport(), .v2, ["purchase_keys": .list([name])]) }
        #expect(throws: ConnectorError.self) {
            try connector(CannedTransport(), .v2, ["purchase_where": .map([name: "1"])])
        }
    }

    @Test(arguments: ["username", "password"])
    func `a way in that lacks something is a mistake in the settings`(_ missing: String) {
        #expect(throws: ConnectorError.settings(field: missing, reason: "this way of access needs it")) {
            let input = Scene.settings(.v2).filter { $0.key != missing }
            _ = try SAPConnector(
                settings: Settings(input, against: SAPConnector.description.settings),
                context: Scene.context(CannedTransport(), now: FixedClock().now))
        }
    }

    @Test(arguments: SAPVersion.allCases)
    func `a stream without a set is told as not configured`(_ version: SAPVersion) async throws {
        let input = Scene.settings(version).filter { $0.key != "budget_set" }
        let connector = try SAPConnector(
            settings: Settings(input, against: SAPConnector.description.settings),
            context: Scene.context(EmulatedService(Scene.full()), now: FixedClock().now))
        let reason = "not configured: say budget_service and budget_set; there is no usual set"
        await #expect(throws: ConnectorError.settings(field: "budget_set", reason: reason)) {
            try await connector.page(of: "budget_lines", after: nil)
        }
        #expect(try await connector.check().remarks.contains("budget_lines: \(reason)"))
    }

    @Test(arguments: SAPVersion.allCases)
    func `a quote in a condition is doubled, and what does not meet it is not read`(_ version: SAPVersion) async throws
    {
        let service = EmulatedService(Scene.orders(6))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, version, ["purchase_where": .map(["CompanyCode": "O'Neil"])])
        #expect(ledger.records.keys.sorted() == ["1", "3", "5"] && service.system.faults == [])
        #expect(service.requests.allSatisfy { $0["$skiptoken"] != nil || $0["$filter"]?.contains("'O''Neil'") == true })
        #expect(service.requests[0].url.contains("CompanyCode%20eq%20%27O%27%27Neil%27"), "encoded")
    }
}
