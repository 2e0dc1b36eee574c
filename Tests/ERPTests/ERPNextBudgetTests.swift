import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What was spent, which ERPNext keeps in its ledger alone.
@Suite struct ERPNextBudgetTests {
    typealias Scene = ERPNextScene

    private func server() -> ERPNextEmulator {
        var server = Scene.server()
        server.putTrees()
        server.putBudget("BUD-1", at: Scene.minute(1))
        return server
    }

    private func lines(
        _ server: ERPNextEmulator, _ changes: [String: SettingInput] = [:]
    ) async throws -> StreamLedger {
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("budget_lines")
        try await Scene.run(&ledger, service, changes)
        #expect(service.system.faults == [])
        return ledger
    }

    /// 100.10 + 200.20 - 50.05 of the year; not those of other years, centers, companies, accounts, nor what was
    /// cancelled.
    @Test func `a line has what was posted to its account in its year`() async throws {
        var server = server()
        server.putEntry("0a1f", "100.1", day: "2026-01-01")
        server.putEntry("ACC-GLE-2026-00002", "200.2", day: "2026-12-31")
        server.putEntry("ACC-GLE-2026-00003", "0.0", credit: "50.05", day: "2026-06-30")
        server.putEntry("before", "1000.0", day: "2025-12-31")
        server.putEntry("after", "1000.0", day: "2027-01-01")
        server.putEntry("above", "1000.0", day: "2026-06-30", ["cost_center": "Service - P"])
        server.putEntry("beside", "1000.0", day: "2026-06-30", ["cost_center": "Field - P"])
        server.putEntry("none", "1000.0", day: "2026-06-30", ["cost_center": .null])
        server.putEntry("company", "1000.0", day: "2026-06-30", ["company": "Other"])
        server.putEntry("account", "7.0", day: "2026-06-30", ["account": "差旅费 - P"])
        server.putEntry("cancelled", "1000.0", day: "2026-06-30", ["is_cancelled": 1])
        server.putEntry(
            "closing", "0.0", credit: "250.25", day: "2026-12-31", ["voucher_type": "Period Closing Voucher"])
        let ledger = try await lines(server)
        let line = try #require(ledger.records["BUD-1/BUD-1-a1"]?.json)
        #expect(
            line == [
                "id": "BUD-1/BUD-1-a1", "doctype": "Budget", "docstatus": 1, "document": "BUD-1",
                "account": "办公费 - P", "against": "Cost Center", "amount": .number("18000.0"), "company": "Plumb",
                "account_info": ["id": "办公费 - P", "root_type": "Expense"],
                "company_info": ["id": "Plumb", "currency": "CNY"],
                "cost_center": "Support - P", "project": .null, "fiscal_year": "2026", "start": "2026-01-01",
                "end": "2026-12-31", "period": "2026", "actual": .number("250.25"),
            ])
        #expect(ledger.records["BUD-1/BUD-1-a2"]?.json["actual"] == .number("7.0"))
    }

    /// Accounts of a document's rows, or its own; one that our user may not see has no type.
    @Test func `a line tells the type of its account and the currency of its company`() async throws {
        var server = server()
        server.putBudget("BUD-2", ["company": "Plumb HK"], at: Scene.minute(2))
        server.types["Budget"]?.documents["BUD-2"]?.tables["accounts"]?[0]["account"] = "服务收入 - P"
        server.putBudget("BUD-3", ["company": "Unseen", "account": "服务收入 - P"], at: Scene.minute(3))
        server.types["Budget"]?.documents["BUD-3"]?.tables["accounts"]?[0]["account"] = nil
        server.types["Account"]?.hidden = ["差旅费 - P"]
        let ledger = try await lines(
            server, ["budget_row_fields": .map(["amount": "budget_amount", "account": "account"])])
        func line(_ id: String) -> [JSON] {
            let json = ledger.records[id]?.json
            return [json?["account_info"]?["root_type"] ?? .null, json?["company_info"]?["currency"] ?? .null]
        }
        #expect(line("BUD-1/BUD-1-a1") == ["Expense", "CNY"] && line("BUD-1/BUD-1-a2") == [.null, "CNY"])
        #expect(line("BUD-2/BUD-2-a1") == ["Income", "HKD"] && line("BUD-2/BUD-2-a2") == [.null, "HKD"])
        #expect(ledger.records["BUD-3/BUD-3-a2"]?.json["company_info"] == .null)
        let of16 = try await lines(server, ["budget_row_fields": .map(["amount": "budget_amount"])])
        #expect(of16.rejected.contains("BUD-1/BUD-1-a1"), "no account")
        let own = of16.records["BUD-3/BUD-3-a2"]?.json
        #expect(own?["account_info"] == ["id": "服务收入 - P", "root_type": "Income"])
        let without = try await lines(
            server, ["not_read": .list(["budget_lines.account_info", "budget_lines.company_info"])])
        #expect(without.records["BUD-1/BUD-1-a1"]?.json["account_info"] == nil)
    }

    @Test func `what is spent beneath a cost center counts for it`() async throws {
        var server = server()
        server.putBudget("BUD-2", center: "Service - P", at: Scene.minute(2))
        server.putEntry("1", "10.0", day: "2026-03-01")
        server.putEntry("2", "5.0", day: "2026-03-01", ["cost_center": "Field - P"])
        server.putEntry("3", "1.0", day: "2026-03-01", ["cost_center": "Service - P"])
        server.putEntry("4", "100.0", day: "2026-03-01", ["cost_center": "Plumb - P"])
        let ledger = try await lines(server)
        #expect(ledger.records["BUD-2/BUD-2-a1"]?.json["actual"] == .number("16.0"))
        #expect(ledger.records["BUD-1/BUD-1-a1"]?.json["actual"] == .number("10.0"))
    }

    @Test func `a budget of a project counts the project, others count nothing they do not know`() async throws {
        var server = server()
        let project: [String: JSON] = ["budget_against": "Project", "cost_center": .null, "project": "PROJ-1"]
        server.putBudget("BUD-2", project, at: Scene.minute(2))
        server.putBudget("BUD-3", ["budget_against": "Branch", "cost_center": .null], at: Scene.minute(3))
        server.putBudget("BUD-4", center: "Hidden - P", at: Scene.minute(4))
        server.putEntry("1", "10.0", day: "2026-03-01", ["project": "PROJ-1"])
        server.putEntry("2", "5.0", day: "2026-03-01", ["project": "PROJ-2"])
        let ledger = try await lines(server)
        #expect(ledger.records["BUD-2/BUD-2-a1"]?.json["actual"] == .number("10.0"))
        #expect(ledger.records["BUD-3/BUD-3-a1"]?.json["actual"] == .null)
        #expect(ledger.records["BUD-4/BUD-4-a1"]?.json["actual"] == .null)
    }

    /// As of version 16: an account in the document, a row for each period.
    @Test func `rows of periods are lines of their own`() async throws {
        var server = server()
        server.types["Budget"]?.tables = ["budget_distribution": "Budget Distribution"]
        server.types["Budget"]?.documents = [:]
        let rows: [[String: JSON]] = [
            ["name": "q1", "start_date": "2026-01-01", "end_date": "2026-03-31", "amount": .number("300.0")],
            ["name": "q2", "start_date": "2026-04-01", "end_date": "2026-06-30", "amount": .number("500.0")],
        ]
        server.put(
            "Budget", "BUDGET-1",
            [
                "company": "Plumb", "budget_against": "Cost Center", "cost_center": "Support - P",
                "account": "办公费 - P", "budget_start_date": "2026-01-01", "budget_end_date": "2026-12-31",
            ], tables: ["budget_distribution": rows], docstatus: 1, at: Scene.minute(1))
        server.putEntry("1", "10.5", day: "2026-03-31")
        server.putEntry("2", "20.25", day: "2026-04-01")
        let ledger = try await lines(
            server,
            [
                "budget_table": .text("budget_distribution"),
                "budget_row_fields": .map(["amount": "amount", "start": "start_date", "end": "end_date"]),
            ])
        let (first, second) = (ledger.records["BUDGET-1/q1"]?.json, ledger.records["BUDGET-1/q2"]?.json)
        #expect(
            first?["period"] == "2026-Q1" && first?["actual"] == .number("10.5") && first?["amount"] == .number("300.0")
        )
        #expect(second?["period"] == "2026-Q2" && second?["actual"] == .number("20.25"))
    }

    @Test func `a line without days is rejected, and an entry without amounts stops the stream`() async throws {
        var server = server()
        server.putBudget("BUD-2", ["fiscal_year": "2031"], at: Scene.minute(2))
        let ledger = try await lines(server)
        #expect(ledger.rejected == ["BUD-2/BUD-2-a1", "BUD-2/BUD-2-a2"])
        server.putEntry("1", "10.0", day: "2026-03-01", ["credit": .null])
        let service = EmulatedService(server, at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "GL Entry 1: expected text or a number at 'credit', got null")
        ) { try await connector.page(of: "budget_lines", after: nil) }
    }

    /// Entries get their lasting names in the background.
    @Test(arguments: 1...12)
    func `entries that get other names meanwhile are counted once`(request: Int) async throws {
        var server = server()
        for number in 1...9 { server.putEntry("\(number)hash", "1.0", day: "2026-0\(number)-15") }
        let service = EmulatedService(server, at: Scene.minute(600))
        service.meanwhile { server, number, _ in
            guard number == request else { return }
            for number in 1...9 { server.rename("GL Entry", "\(number)hash", to: "ACC-GLE-\(10 - number)") }
        }
        var ledger = StreamLedger("budget_lines")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["BUD-1/BUD-1-a1"]?.json["actual"] == .number("9.0"))
    }

    /// It is listed, and cancelled before it is read.
    @Test(arguments: 1...8)
    func `a budget that is cancelled meanwhile does not count`(request: Int) async throws {
        var server = server()
        server.putBudget("BUD-2", at: Scene.minute(2))
        let service = EmulatedService(server, at: Scene.minute(600))
        service.meanwhile { server, number, now in
            if number == request { server.set("Budget", "BUD-1", "docstatus", 2, at: now) }
        }
        var ledger = StreamLedger("budget_lines")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.keys.sorted() == ["BUD-2/BUD-2-a1", "BUD-2/BUD-2-a2"])
        #expect(request > 3 || !ledger.lastRun.contains("BUD-1/BUD-1-a1"), "request \(request)")
    }

    @Test func `a ledger that may not be read leaves no budget with nothing spent`() async throws {
        var server = server()
        server.types["GL Entry"]?.isReadable = false
        let service = EmulatedService(server, at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        await #expect(
            throws: ConnectorError.refused(status: 403, hint: "our user may not read GL Entry (PermissionError)")
        ) { try await connector.page(of: "budget_lines", after: nil) }
    }
}
