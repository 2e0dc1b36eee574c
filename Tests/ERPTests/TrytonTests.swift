import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct TrytonTests {
    private let fixtures = Fixtures("tryton", in: .module)

    private func settings(since: String, pageSize: Int) -> [String: SettingInput] {
        [
            "base_url": .text("https://tryton.example"), "database": .text("plumb"), "username": .text("gateway"),
            "password": .secret(Secret("hunter22")), "since": .text(since), "page_size": .text(String(pageSize)),
        ]
    }

    private func context(_ transport: any Transport) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: FixedClock().now, zone: "Asia/Shanghai", log: { _ in })
    }

    private func recorded() throws -> RecordedCalls { try RecordedCalls(fixtures.bytes("calls.json")) }

    private func connector(
        _ transport: any Transport, since: String, pageSize: Int, _ changes: [String: SettingInput] = [:]
    ) throws -> TrytonConnector {
        let input = settings(since: since, pageSize: pageSize).merging(changes) { $1 }
        return try TrytonConnector(
            settings: Settings(input, against: TrytonConnector.description.settings), context: context(transport))
    }

    private func records(_ stream: String, since: String, pageSize: Int) async throws -> [String: JSON] {
        var records: [String: JSON] = [:]
        for try await page in try connector(recorded(), since: since, pageSize: pageSize).pages(of: stream) {
            for record in page.records { records[record.id] = record.json }
        }
        return records
    }

    private func checkConformance(
        _ stream: String, since: String, pageSize: Int, _ records: [Int], rejected: Int
    ) async throws {
        try await ConformanceSuite(
            TrytonConnector.self, settings: settings(since: since, pageSize: pageSize), stream: stream,
            records: Set(records.map(String.init)), rejected: [String(rejected)]
        ) { context(try recorded()) }.run()
    }

    @Test func `timesheets conform`() async throws {
        let lines = [
            74, 228, 319, 320, 487, 574, 575, 665, 748, 837, 919, 920, 1145, 1233, 1234, 1316, 1394, 1484, 1485, 1522,
            1523, 1613,
        ]
        try await checkConformance("timesheet_entries", since: "2026-09-30", pageSize: 8, lines, rejected: 396)
    }

    @Test func `purchases conform`() async throws {
        try await checkConformance("purchases", since: "2026-09-20", pageSize: 2, [50, 57], rejected: 52)
    }

    @Test func `requisitions conform`() async throws {
        let numbers = [1, 5, 6, 12, 15, 18, 19, 20, 22, 25, 26, 27, 31, 35]
        try await checkConformance("requisitions", since: "2026-08-20", pageSize: 3, numbers, rejected: 10)
    }

    @Test func `budgets conform`() async throws {
        try await checkConformance("budget_lines", since: "2026-09-10", pageSize: 3, [11, 13, 14, 15], rejected: 12)
    }

    @Test func `employees conform`() async throws {
        let others = (1...20).filter { $0 != 7 }
        try await checkConformance("employees", since: "2026-09-10", pageSize: 8, others, rejected: 7)
    }

    @Test func `a timesheet line is hours of a person on a day`() async throws {
        let line = try #require(try await records("timesheet_entries", since: "2026-09-30", pageSize: 8)["74"])
        #expect(
            line == [
                "id": "74", "employee": "E001", "date": "2026-09-30", "seconds": 21600, "work": "W01 客户工单处理",
            ])
    }

    /// Order 50 has two lines of one department; both came on 26 September.
    @Test func `an order is received when the last of it came`() async throws {
        let order = try #require(try await records("purchases", since: "2026-09-20", pageSize: 2)["50"])
        #expect(order["state"] == "processing" && order["shipment_state"] == "received")
        #expect(order["ordered_on"] == "2026-09-21" && order["promised_on"] == "2026-09-29")
        #expect(order["received_on"] == "2026-09-26" && order["first_received_on"] == "2026-09-26")
        #expect(order["amount"] == .number("2860.00") && order["lines"] == 2 && order["departments"] == ["BDV"])
        #expect(order["confirmed_by"] == .null, "the user who confirmed it is no employee")
    }

    /// 17115.45 by the seed, without the draft of 9999.00 that the server's own actual_amount counts.
    @Test func `a budget line counts what is posted, and no drafts`() async throws {
        let line = try #require(try await records("budget_lines", since: "2026-09-10", pageSize: 3)["11"])
        #expect(line["account"] == "ADM" && line["period"] == "2026-09" && line["amount"] == 30000)
        #expect(line["actual"] == .number("17115.45"))
    }

    @Test func `a requisition tells who asks and who would decide`() async throws {
        let requisitions = try await records("requisitions", since: "2026-08-20", pageSize: 3)
        let waiting = try #require(requisitions["15"])
        #expect(waiting["state"] == "waiting" && waiting["decided_by"] == .null)
        #expect(waiting["employee"]?.string?.hasPrefix("E0") == true)
        #expect(waiting["created_at"]?.string?.hasPrefix("2026-11-23T") == true)
    }

    @Test func `an employee has the code of the party, categories and an address`() async throws {
        let employee = try #require(try await records("employees", since: "2026-09-10", pageSize: 8)["2"])
        #expect(employee["code"] == "E002" && employee["name"] == "李秀英" && employee["supervisor"] == "E001")
        #expect(employee["email"] == "e002@plumbline.example" && employee["phone"] == .null)
        #expect(employee["categories"] == ["SUP 客户支持部"] && employee["start_date"] == "2021-06-15")
    }

    @Test func `a run logs in once`() async throws {
        let transport = try recorded()
        for try await _ in try connector(transport, since: "2026-09-30", pageSize: 8).pages(of: "timesheet_entries") {}
        #expect(transport.methods.count { $0 == "common.db.login" } == 1)
    }

    @Test func `a refused password is not tried again`() async throws {
        let transport = CannedTransport(always: .text("Unauthorized", status: 401))
        let connector = try connector(transport, since: "2026-09-30", pageSize: 8)
        await #expect(throws: ConnectorError.refused(status: 401, hint: "Unauthorized")) {
            try await connector.page(of: "employees", after: nil)
        }
        #expect(transport.requests.count == 1 && transport.requests.first?.isIdempotent == false)
    }

    @Test func `a session that ended is followed by another, once`() async throws {
        let login = CannedAnswer.json(#"{"id":0,"result":[2,"session",null]}"#)
        let company = CannedAnswer.json(#"{"id":0,"result":{"company":1}}"#)
        let none = CannedAnswer.json(#"{"id":0,"result":[]}"#)
        let over = CannedAnswer.text("", status: 401)
        let transport = CannedTransport([
            "POST /plumb/rpc/": .inTurn([login, company, none, over, login, company, none, over, login, company, over])
        ])
        let connector = try connector(transport, since: "2026-09-30", pageSize: 8)
        for _ in 1...2 { _ = try await connector.page(of: "employees", after: nil) }
        await #expect(throws: ConnectorError.refused(status: 401, hint: "")) {
            try await connector.page(of: "employees", after: nil)
        }
        #expect(transport.requests.count == 11)
    }

    @Test(arguments: [
        (#"{"id":0,"error":["UserError",["You are not allowed to access \"Purchase\".","",null]]}"#, "not allowed"),
        (#"{"id":0,"error":["'nofield'",""]}"#, "nofield"), (#"{"id":0}"#, "neither 'result' nor 'error'"),
    ])
    func `what the server complains of is told`(_ answer: String, _ words: String) async throws {
        let connector = try connector(CannedTransport(always: .json(answer)), since: "2026-09-30", pageSize: 8)
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "employees", after: nil) }
        guard case .unexpected(let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.contains(words))
    }

    @Test func `a login that asks for more than a password is refused`() async throws {
        let answer = #"{"id":1,"error":["LoginException",["password","Password for gateway","password"]]}"#
        let connector = try connector(CannedTransport(always: .json(answer)), since: "2026-09-30", pageSize: 8)
        await #expect(
            throws: ConnectorError.refused(status: 200, hint: "the login asks for more than a password: 'password'")
        ) { try await connector.page(of: "employees", after: nil) }
    }

    @Test func `old servers are called without rpc in the address`() async throws {
        let transport = CannedTransport(always: .text("", status: 404))
        let connector = try connector(transport, since: "2026-09-30", pageSize: 8, ["old_route": .text("true")])
        await #expect(throws: ConnectorError.self) { try await connector.page(of: "employees", after: nil) }
        #expect(transport.requests.first?.url == "https://tryton.example/plumb/")
    }

    @Test func `a since that is no day is a mistake in the settings`() {
        #expect(throws: ConnectorError.self) { try connector(CannedTransport(), since: "2026-13-01", pageSize: 8) }
    }
}
