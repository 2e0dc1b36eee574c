import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct KingdeeTests {
    typealias Scene = KingdeeScene

    private let fixtures = Fixtures("kingdee", in: .module)

    private func connector(
        _ transport: any Transport, _ changes: [String: SettingInput] = [:]
    ) throws -> KingdeeConnector {
        try Scene.connector(transport, now: FixedClock().now, changes)
    }

    // MARK: Conformance

    @Test(arguments: [
        ("purchases", ["1", "2", "3", "4", "6", "7"], "5"), ("approvals", ["11", "12", "14", "15", "16"], "13"),
        ("employees", ["41", "42", "43", "45", "46"], "44"),
        ("timesheet_entries", ["21/2101", "21/2102", "22/2201", "22/2202", "24/2401", "24/2402"], "23"),
        ("budget_lines", ["31/3101", "31/3102", "32/3201", "32/3202"], "33"),
    ])
    func `streams conform`(_ stream: String, _ records: [String], _ rejected: String) async throws {
        try await ConformanceSuite(
            KingdeeConnector.self, settings: Scene.settings, stream: stream, records: Set(records),
            rejected: [rejected]
        ) {
            let service = EmulatedService(Scene.full())
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test(arguments: ["password", "app_secret"], ["false", "true"])
    func `a login conforms as well`(_ access: String, _ named: String) async throws {
        var settings = Scene.settings.merging(["access": .text(access), "named_login": .text(named)]) { $1 }
        settings["password"] = .secret(Secret("hunter22"))
        try await ConformanceSuite(
            KingdeeConnector.self, settings: settings, stream: "purchases",
            records: ["1", "2", "3", "4", "6", "7"], rejected: ["5"]
        ) {
            let service = EmulatedService(Scene.full())
            return Scene.context(service, now: service.now)
        }.run()
    }

    // MARK: Records

    private var orderFields: [String: SettingInput] { ["page_size": .text("1000")] }

    /// The order of July 1 has two entries, of which one came as a whole; the other bill has none.
    @Test func `an order is folded from its rows`() async throws {
        let transport = CannedTransport([
            "POST *": .inTurn([
                .json(#"[[100012,"2026-07-03T16:20:08.437"]]"#), try .file("orders.json", of: fixtures), .json("[]"),
            ])
        ])
        let page = try await connector(transport, orderFields).page(of: "purchases", after: nil)
        let order = try #require(page.records.first)
        #expect(page.records.count == 1 && page.rejected == [] && page.hasMore, "the last may go on behind the page")
        let first: JSON = [
            "id": "200101", "material": "M-0017", "promised": "2026-07-15T00:00:00", "quantity": .number("20.0000"),
            "received": .number("20.0000"), "unit_price": .number("150.00"),
        ]
        let second: JSON = [
            "id": "200102", "material": "M-0020", "promised": "2026-07-20T00:00:00", "quantity": .number("10.0000"),
            "received": .number("4.0000"), "unit_price": .number("56.05"),
        ]
        #expect(
            order.json == [
                "id": "100012", "amount": .number("3560.50"), "cancelled": "A", "closed": "A",
                "date": "2026-07-01T00:00:00", "modified": "2026-07-03T16:20:08", "number": "CGDD000012",
                "purchaser": "E002", "status": "C", "entries": [first, second],
            ])
    }

    @Test func `what is empty, or a time of the year 1, is null and no entry`() async throws {
        let rows =
            #"[[100013,0,0.0,"A","B","2026-07-02T00:00:00","2026-07-02T09:00:00"," "," ","Z"," ",null,null,null,null]]"#
        let transport = CannedTransport([
            "POST *": .inTurn([
                .json(#"[[100013,"2026-07-02T09:00:00"]]"#), .json(rows), .json(rows), .json(rows), .json("[]"),
            ])
        ])
        let page = try await connector(transport, orderFields).page(of: "purchases", after: nil)
        let order = try #require(page.records.first?.json)
        #expect(order["number"] == .null && order["purchaser"] == .null && order["entries"] == [])
        #expect(order["amount"] == .number("0.0"), "what the server tells is told")
    }

    @Test func `a claim tells who asks, and who approved it when`() async throws {
        let service = EmulatedService(Scene.full())
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        let approved = try #require(ledger.records["12"]?.json)
        #expect(approved["requester"] == "E003" && approved["approver"] == "E001" && approved["status"] == "C")
        #expect(approved["created"] == "2026-07-02T09:00:00" && approved["approved"] == "2026-07-03T10:30:00")
        #expect(approved["amount"] == .number("880.00"))
        let waiting = try #require(ledger.records["11"]?.json)
        #expect(waiting["approver"] == .null && waiting["approved"] == .null && waiting["status"] == "B")
    }

    @Test func `each entry of a timesheet is a record with its bill's fields`() async throws {
        var ledger = StreamLedger("timesheet_entries")
        try await Scene.run(&ledger, EmulatedService(Scene.full()))
        #expect(
            ledger.records["22/2202"]?.json == [
                "id": "22/2202", "bill_id": "22", "date": "2026-07-06T00:00:00", "employee": "E004", "status": "C",
                "hours": .number("3.5"), "project": "P2",
            ])
    }

    @Test func `a field of entries among those of the bill is named`() async throws {
        let service = EmulatedService(Scene.full())
        let fields: [String: SettingInput] = [
            "purchase_fields": .map(["number": "FBillNo", "quantity": "FQty"]), "page_size": .text("9"),
        ]
        let page = try await connector(service, fields).page(of: "purchases", after: nil)
        #expect(page.rejected.map(\.id) == ["2", "3"], "orders of more than one entry")
        #expect(page.rejected.first?.reason.contains("'FQty' differs between the rows of one bill") == true)
    }

    // MARK: Requests

    @Test func `requests are signed as the vendor's own client signs them`() async throws {
        let transport = CannedTransport(always: .json("[]"))
        let changes: [String: SettingInput] = ["base_url": .text("https://erp.example.com/k3cloud/")]
        let moment = try #require(Instant(seconds: 1_767_571_200))
        _ = try await Scene.connector(transport, now: { moment }, changes).page(of: "purchases", after: nil)
        let headers = try #require(transport.requests.first?.headers)
        let wanted = try JSON.parse(fixtures.bytes("signed-headers.json")).object?.members ?? []
        #expect(wanted.count == 9)
        for member in wanted { #expect(headers[member.key] == member.value.string, "\(member.key)") }
    }

    @Test func `a quote in an organization's number is doubled, and the bills of others are left out`() async throws {
        let service = EmulatedService(Scene.full())
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service, ["organizations": .list(["O'Neil"])])
        #expect(ledger.records.keys.sorted() == ["1", "3", "7"] && service.system.faults == [])
        let bodies = service.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies.allSatisfy { $0.contains("FPurchaseOrgId.FNumber in ('O''Neil')") })
    }

    @Test(arguments: ["FQty) or (1=1", "F'x", "", "字段"])
    func `what is no name of a field stands in no query`(_ field: String) {
        #expect(throws: ConnectorError.self) {
            try connector(CannedTransport(), ["purchase_entry_fields": .map(["id": field, "quantity": field])])
        }
        #expect(throws: ConnectorError.self) { try connector(CannedTransport(), ["modified_field": .text(field)]) }
    }

    @Test func `older servers get a text of JSON`() async throws {
        var server = Scene.full()
        server.wantsText = true
        let service = EmulatedService(server)
        var ledger = StreamLedger("employees")
        try await Scene.run(&ledger, service, ["data_as_text": .text("true")])
        #expect(ledger.records.count == 5 && service.system.faults == [])
    }

    // MARK: Failures

    private func error(of answer: CannedAnswer) async throws -> ConnectorError? {
        let connector = try connector(CannedTransport(always: answer))
        return await #expect(throws: ConnectorError.self) { try await connector.page(of: "employees", after: nil) }
    }

    @Test func `a failure is told in the server's words, whatever its form`() async throws {
        #expect(
            try await error(of: .file("failure.json", of: fixtures))
                == .unexpected(reason: "BD_Empinfo: the server says error 500; FPurchaserId.FNumber: 字段不存在"))
        #expect(
            try await error(of: .file("failure-wrapped.json", of: fixtures))
                == .unexpected(reason: "BD_Empinfo: the server says error 500; 您没有该业务对象的查看权限"))
        #expect(
            try await error(of: .text("response_error: 服务器内部错误", status: 200))
                == .unexpected(reason: "BD_Empinfo: the server says response_error: 服务器内部错误"))
    }

    /// What stands behind the `_` of the id is the key that requests are signed with, under a mask that anybody may know.
    @Test(arguments: [
        KingdeeEmulator.appID, String(KingdeeEmulator.appID.dropFirst(7)), KingdeeEmulator.clientSecret,
        KingdeeEmulator.appSecret,
    ])
    func `no message holds the application's id, its secret or what the id hides`(_ secret: String) async throws {
        for answer in [
            CannedAnswer.text("response_error: no access for \(secret)!", status: 200),
            .json(KingdeeEmulator.failure("no access for \(secret)!").text), .text("no \(secret)!", status: 404),
        ] {
            guard let error = try await error(of: answer) else { continue }
            #expect(!"\(error)".contains(secret) && "\(error)".contains("***"), "got \(error)")
        }
        let field = KingdeeConnector.description.settings.first { $0.key == "app_id" }
        #expect(field?.isSecret == true, "it stands in no connection's file")
    }

    @Test(arguments: [#"[[1,"E001"]]"#, #"[1,2]"#, #"[["x","E001","张"]]"#, "true", #"{"Result":{}}"#])
    func `what is no list of rows with the cells asked for is no end`(_ answer: String) async throws {
        guard case .unexpected = try await error(of: .json(answer)) else {
            Issue.record("\(answer) was taken")
            return
        }
    }

    @Test func `a login that fails is refused with the server's reason and without the secret`() async throws {
        let service = EmulatedService(Scene.full())
        let changes: [String: SettingInput] = ["access": .text("password"), "password": .secret(Secret("wrong-word"))]
        await #expect(
            throws: ConnectorError.refused(
                status: 200, hint: "the login was answered with LoginResultType 0: 用户名或密码错误")
        ) { try await connector(service, changes).page(of: "purchases", after: nil) }
        #expect(service.requests.count == 1, "it is not tried again")
    }

    @Test func `a stream whose form nobody named is a mistake in the settings`() async throws {
        let settings = Scene.settings.filter { $0.key != "budget_form" }
        let connector = try KingdeeConnector(
            settings: Settings(settings, against: KingdeeConnector.description.settings),
            context: Scene.context(EmulatedService(Scene.full()), now: FixedClock().now))
        await #expect(
            throws: ConnectorError.settings(
                field: "budget_form", reason: "say the id of the form: there is no usual one")
        ) { try await connector.page(of: "budget_lines", after: nil) }
        let remarks = try await connector.check().remarks
        #expect(remarks.first == "budget_lines: no form named (budget_form)")
        #expect(remarks.dropFirst().allSatisfy { $0.hasSuffix("can be read") }, "got \(remarks)")
    }

    @Test func `a check names the form that cannot be read and goes on`() async throws {
        let service = EmulatedService(Scene.full())
        let connector = try connector(service, ["approval_form": .text("ER_Other")])
        let remarks = try await connector.check().remarks
        #expect(remarks.contains("approvals cannot be read: ER_Other: the server says error 500; FormId: 业务对象不存在"))
        #expect(remarks.contains("employees: BD_Empinfo can be read"))
    }
}
