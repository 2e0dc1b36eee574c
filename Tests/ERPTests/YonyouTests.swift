import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct YonyouTests {
    typealias Scene = YonyouScene

    private let fixtures = Fixtures("yonyou", in: .module)

    private func connector(
        _ transport: any Transport, _ changes: [String: SettingInput] = [:]
    ) throws -> YonyouConnector {
        try Scene.connector(transport, now: FixedClock().now, changes)
    }

    private static let given = CannedAnswer.json(
        #"{"code":"00000","message":"","data":{"access_token":"b1946ac92492d234","expire":7200}}"#)

    /// A transport that gives a token, and each list the same answer.
    private func transport(_ answer: CannedAnswer) -> CannedTransport {
        CannedTransport(["GET *": Self.given, "POST *": answer])
    }

    // MARK: Conformance

    @Test(arguments: [
        ("purchases", ["1", "2", "3", "4", "6", "7"], "5"), ("approvals", ["11", "12", "14", "15", "16"], "13"),
        ("employees", ["41", "42", "43", "45", "46"], "44"),
        ("timesheet_entries", ["21", "22", "24", "25", "26"], "23"),
        ("budget_lines", ["31", "32", "34", "35"], "33"),
    ])
    func `streams conform`(_ stream: String, _ records: [String], _ rejected: String) async throws {
        for order in [YonyouEmulator.Order.newestFirst, .idUp] {
            try await ConformanceSuite(
                YonyouConnector.self, settings: Scene.settings, stream: stream, records: Set(records),
                rejected: [rejected]
            ) {
                var server = Scene.full()
                for path in YonyouEmulator.paths { server.lists[path]?.order = order }
                let service = EmulatedService(server)
                return Scene.context(service, now: service.now)
            }.run()
        }
    }

    @Test(arguments: ["bounds", "egt", "none"])
    func `other ways to ask for changes conform as well`(_ window: String) async throws {
        let settings = Scene.settings.merging(["approval_window": .text(window)]) { $1 }
        let suite = ConformanceSuite(
            YonyouConnector.self, settings: settings, stream: "approvals", records: ["11", "12", "14", "15", "16"],
            rejected: ["13"]
        ) {
            var server = Scene.full()
            server.lists[YonyouEmulator.claims]?.operators = ["egt", "elt"]
            let service = EmulatedService(server)
            return Scene.context(service, now: service.now)
        }
        if window == "none" {
            var ledger = StreamLedger("approvals")
            let service = EmulatedService(Scene.full())
            try await Scene.run(&ledger, service, ["approval_window": .text(window)])
            #expect(ledger.records.keys.sorted() == ["11", "12", "14", "15", "16"] && service.system.faults == [])
        } else {
            try await suite.run()
        }
    }

    // MARK: Records

    /// The order of July 1 has two lines, of which one came as a whole, and the next order has none.
    @Test func `an order is folded from its rows`() async throws {
        let transport = transport(try .file("orders.json", of: fixtures))
        let page = try await connector(transport, ["page_size": .text("100")]).page(of: "purchases", after: nil)
        let order = try #require(page.records.last)
        #expect(page.records.count == 2 && page.rejected == [] && !page.hasMore)
        let first: JSON = [
            "id": "10", "category": "办公用品", "material": "M-0017", "promised": "2026-07-20T00:00:00+08:00",
            "quantity": .number("20.0000"), "received": .number("20.0000"), "stocked": 1,
            "unit_price": .number("150.00"),
        ]
        let second: JSON = [
            "id": "20", "category": "办公用品", "material": "M-0020", "promised": .null, "quantity": .number("10.0000"),
            "received": .number("4.0000"), "stocked": 3, "unit_price": .number("56.05"),
        ]
        #expect(
            order.json == [
                "id": "2172161512886528", "amount": .number("3560.50"), "date": "2026-07-01T00:00:00+08:00",
                "exchange_rate": 1, "modified": "2026-07-03T16:20:08+08:00", "number": "CGDD000012",
                "purchaser": "1807654321098765", "status": 1, "entries": [first, second],
            ])
        let draft = try #require(page.records.first?.json)
        #expect(draft["entries"] == [] && draft["purchaser"] == .null, "the one that changed first comes first")
    }

    @Test func `a claim tells who asks, and who approved it when`() async throws {
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, EmulatedService(Scene.full()))
        let approved = try #require(ledger.records["12"]?.json)
        #expect(approved["requester"] == "emp01" && approved["approver"] == "emp09" && approved["status"] == 1)
        #expect(
            approved["created"] == "2026-07-02T09:00:00+08:00" && approved["approved"] == "2026-07-03T10:30:00+08:00")
        #expect(approved["amount"] == .number("120.50"))
        let waiting = try #require(ledger.records["11"]?.json)
        #expect(waiting["approver"] == .null && waiting["approved"] == .null && waiting["status"] == 3)
    }

    @Test func `an employee is told with what the list names, and with nothing else`() async throws {
        var ledger = StreamLedger("employees")
        try await Scene.run(&ledger, EmulatedService(Scene.full()))
        #expect(
            ledger.records["42"]?.json == [
                "id": "42", "deleted": 0, "email": "e42@company.example", "enabled": 1, "name": "员工 42",
                "number": "E042", "unit": "采购部", "user": "user-42",
            ])
        let rows = #"[{"id":"1","name":{},"mobile":"13900000000","cert_no":"110101"}]"#
        let transport = transport(
            .json(#"{"code":"200","data":{"recordCount":1,"pageCount":1,"recordList":\#(rows)}}"#))
        let page = try await connector(transport).page(of: "employees", after: nil)
        let raw = String(decoding: page.rejected.first?.raw ?? [], as: UTF8.self)
        #expect(raw == #"{"id":"1","name":{}}"#, "what is not named is dropped, and was not kept as a reject either")
    }

    @Test func `a line of a timesheet and one of a budget are records`() async throws {
        var hours = StreamLedger("timesheet_entries")
        try await Scene.run(&hours, EmulatedService(Scene.full()))
        #expect(
            hours.records["22"]?.json == [
                "id": "22", "date": "2026-07-06T00:00:00+08:00", "employee": "staff-4", "hours": .number("3.5"),
                "modified": "2026-07-01T11:40:00+08:00", "project": "P22", "status": 1,
            ])
        var budgets = StreamLedger("budget_lines")
        try await Scene.run(&budgets, EmulatedService(Scene.full()))
        #expect(
            budgets.records["32"]?.json == [
                "id": "32", "actual": .number("17115.45"), "budget": .number("18000.00"), "category": "66032",
                "date": "2026-07-01T00:00:00+08:00", "department": "SUP", "status": 1,
            ])
    }

    @Test func `a field within another is named with a point, and of several elements none is meant`() async throws {
        let rows = #"""
            [{"id":1,"pubts":"2026-07-01 00:00:00","name":{"zh_CN":"张"},"jobs":[{"dept":"采购部"}],"a.b":"plain"},
             {"id":2,"pubts":"2026-07-01 00:00:00","name":" ","jobs":[{"dept":"采购部"},{"dept":"财务部"}],"a":{"b":"x"}}]
            """#
        let transport = transport(.json(#"{"code":200,"data":{"recordCount":2,"pageCount":1,"recordList":\#(rows)}}"#))
        let fields: SettingInput = .map(["name": "name", "unit": "jobs.dept", "more": "a.b"])
        let page = try await connector(transport, ["employee_fields": fields]).page(of: "employees", after: nil)
        #expect(page.records.map { $0.json["name"] } == ["张", .null])
        #expect(page.records.map { $0.json["unit"] } == ["采购部", .null])
        #expect(page.records.map { $0.json["more"] } == ["plain", "x"])
    }

    @Test(arguments: [
        (
            #"{"id":1,"pubts":"2026-07-01 00:00:00","lineno":10,"code":"A"},{"id":1,"pubts":"2026-07-01 00:00:00","lineno":20,"code":"B"}"#,
            "'code' differs"
        ),
        (
            #"{"id":1,"pubts":"2026-07-01 00:00:00","lineno":10},{"id":1,"pubts":"2026-07-01 00:00:01","lineno":20}"#,
            "'pubts' differs"
        ),
        (
            #"{"id":1,"pubts":"2026-07-01 00:00:00","lineno":10},{"id":1,"pubts":"2026-07-01 00:00:00","lineno":10,"subQty":2}"#,
            "the entry 10 comes twice"
        ),
        (
            #"{"id":1,"pubts":"2026-07-01 00:00:00","lineno":10},{"id":1,"pubts":"2026-07-01 00:00:00"}"#,
            "an entry has no 'lineno'"
        ),
        (#"{"id":1,"pubts":"soon","lineno":10}"#, "'pubts' is no time"), (#"{"lineno":10}"#, "a row has no 'id'"),
    ])
    func `rows that fit no document are rejected`(_ rows: String, _ reason: String) async throws {
        let count = try JSON.parse(Array("[\(rows)]".utf8)).array?.count ?? 0
        let answer = #"{"code":"200","data":{"recordCount":\#(count),"pageCount":1,"recordList":[\#(rows)]}}"#
        let page = try await connector(transport(.json(answer))).page(of: "purchases", after: nil)
        #expect(page.records == [] && page.rejected.count == 1)
        #expect(page.rejected.first?.reason.contains(reason) == true, "got \(page.rejected)")
    }

    @Test func `several rows of a list without entries are rejected, not taken one for the other`() async throws {
        var server = Scene.full()
        server.lists[YonyouEmulator.timesheets]?.rows.append(
            .init(id: "21", changed: Scene.minute(210), cells: ["hours": 8]))
        var ledger = StreamLedger("timesheet_entries")
        try await Scene.run(&ledger, EmulatedService(server))
        #expect(ledger.records["21"] == nil && ledger.rejected == ["21", "23"])
    }

    // MARK: Settings

    @Test(arguments: [
        ("utc_offset", "8"), ("utc_offset", "Asia/Shanghai"), ("utc_offset", ""), ("since", "2026-01-01"),
        ("token_url", "open.example"), ("lookup_url", "?"), ("purchase_changed", ""), ("purchase_path", "/"),
    ])
    func `what cannot be meant is a mistake in the settings`(_ key: String, _ text: String) throws {
        let error = #expect(throws: ConnectorError.self) { try connector(CannedTransport(), [key: .text(text)]) }
        guard case .settings(key, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        ("purchase_entry_fields", ["material": "product_cCode"]), ("purchase_fields", ["entries": "x"]),
        ("employee_fields", ["id": "x"]),
    ])
    func `names that are taken, and entries without a number, are mistakes`(
        _ key: String, _ map: [String: String]
    ) throws {
        #expect(throws: ConnectorError.self) { try connector(CannedTransport(), [key: .map(map)]) }
    }

    /// What a directory does not list is taken for gone.
    @Test func `employees and budgets cannot be asked for by changes alone`() {
        let keys = Set(YonyouConnector.description.settings.map(\.key))
        #expect(keys.isDisjoint(with: ["employee_window", "employee_changed", "budget_window", "budget_changed"]))
        #expect(keys.isSuperset(of: ["purchase_window", "approval_window", "timesheet_window"]))
    }

    @Test func `a stream whose path nobody named says that it is not configured`() async throws {
        let settings = Scene.settings.filter { $0.key != "budget_path" }
        let connector = try YonyouConnector(
            settings: Settings(settings, against: YonyouConnector.description.settings),
            context: Scene.context(EmulatedService(Scene.full()), now: FixedClock().now))
        let wanted = ConnectorError.settings(
            field: "budget_path",
            reason: "this stream is not configured: say the path of its list, as there is no usual one")
        await #expect(throws: wanted) { try await connector.page(of: "budget_lines", after: nil) }
        await #expect(throws: wanted) { try await connector.identifiers(of: "budget_lines", after: nil) }
    }

    @Test func `a check tells what can be read, what cannot and which fields no row has`() async throws {
        let service = EmulatedService(Scene.full())
        let changes: [String: SettingInput] = [
            "approval_path": .text("/yonbip/other/list"), "employee_fields": .map(["name": "name", "unit": "dept"]),
        ]
        let remarks = try await connector(service, changes).check().remarks
        #expect(remarks.contains("approvals cannot be read: /yonbip/other/list: the server says 310404 API不存在"))
        #expect(remarks.contains("employees: \(YonyouEmulator.staff) can be read, 6 rows; no row shown has dept"))
        #expect(remarks.contains("budget_lines: \(YonyouEmulator.budgets) can be read, 5 rows"))
        let unnamed = try Settings(
            Scene.settings.filter { $0.key != "timesheet_path" }, against: YonyouConnector.description.settings)
        let others = try await YonyouConnector(
            settings: unnamed, context: Scene.context(EmulatedService(Scene.server()), now: FixedClock().now)
        ).check().remarks
        #expect(others.contains("timesheet_entries: not configured, no path named (timesheet_path)"))
        #expect(others.contains("purchases: \(YonyouEmulator.orders) can be read and shows nothing"))
    }
}
