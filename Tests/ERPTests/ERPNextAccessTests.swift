import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

/// What may be read, what is told of it, and what is said where something is wrong.
@Suite struct ERPNextAccessTests {
    typealias Scene = ERPNextScene

    private let fixtures = Fixtures("erpnext", in: .module)

    private func check(
        _ changes: [String: SettingInput] = [:], _ edit: (inout ERPNextEmulator) -> Void = { _ in }
    ) async throws -> CheckReport {
        var server = Scene.full()
        edit(&server)
        let service = EmulatedService(server, at: Scene.minute(600))
        let report = try await Scene.connector(service, now: service.now, changes).check()
        #expect(service.system.faults == [])
        return report
    }

    @Test func `a check tells who we are and what can be read`() async throws {
        let report = try await check { server in
            server.types["Job Offer"]?.isReadable = false
            server.types["Purchase Receipt"] = nil
            server.types["Lead"]?.fields.remove("qualified_on")
            server.types["Timesheet"]?.documents = [:]
        }
        #expect(report.source == "Frappe, as plumbline@plumb.example")
        for remark in [
            "the site's time zone is Asia/Shanghai", "employees: Employee can be read",
            "hires cannot be read: our user may not read Job Offer (PermissionError)",
            "purchases.receipts cannot be read: Purchase Receipt: the site answered 404: DoesNotExistError, "
                + "DocType Purchase Receipt not found",
            "leads cannot be read: Lead: the site answered 417: DataError, Field not permitted in query: qualified_on",
            "timesheet_entries: Timesheet shows nothing; there is none, or our user may see none",
            "budget_lines.actual: GL Entry shows nothing; there is none, or our user may see none",
        ] {
            #expect(report.remarks.contains(remark), "\(remark), got \(report.remarks)")
        }
    }

    @Test func `without System Settings the connection's zone counts, and a check says so`() async throws {
        let report = try await check { $0.types["System Settings"]?.isReadable = false }
        #expect(
            report.remarks.first
                == "the site's time zone cannot be read: times are taken for those of Asia/Shanghai")
    }

    @Test func `a zone that is not the site's is a mistake in the settings`() async throws {
        var server = Scene.full()
        server.zone = "Asia/Kolkata"
        let service = EmulatedService(server, at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        let wanted = ConnectorError.settings(
            field: "zone",
            reason: "the site's time zone is 'Asia/Kolkata', the connection's 'Asia/Shanghai'; "
                + "where both mean the same, say site_zone: Asia/Kolkata")
        await #expect(throws: wanted) { try await connector.page(of: "purchases", after: nil) }
        await #expect(throws: wanted) { try await connector.check() }
        for changes: [String: SettingInput] in [
            ["site_zone": .text("Asia/Kolkata")], ["check_zone": .text("false")],
        ] {
            let connector = try Scene.connector(service, now: service.now, changes)
            #expect(try await connector.page(of: "purchases", after: nil).records.count == 2)
        }
    }

    @Test func `documents that user permissions hide are not there`() async throws {
        var server = Scene.full()
        server.types["Expense Claim"]?.hidden = ["EXP-2"]
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("approvals")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["Expense Claim/EXP-1"] != nil && ledger.records["Expense Claim/EXP-2"] == nil)
    }

    // MARK: Errors

    @Test func `a failure is told in the site's words without its traceback`() async throws {
        let answer = CannedAnswer.json(try fixtures.text("failure.json"), status: 417)
        let transport = CannedTransport(["GET /api/resource/System Settings/*": .text("", status: 403), "*": answer])
        let connector = try Scene.connector(transport, now: FixedClock().now)
        await #expect(
            throws: ConnectorError.unexpected(
                reason: "Employee: the site answered 417: DataError, Field not permitted in query: approver")
        ) { try await connector.page(of: "employees", after: nil) }
    }

    /// The guarded transport shows the beginning of a refusal, which here is that of a traceback.
    @Test(arguments: [401, 403, 404, 417])
    func `no message holds a traceback or a secret`(_ status: Int) async throws {
        let trace = #"{"exc":"[\"Traceback (most recent call last): \#(ERPNextEmulator.secret)\"]","exc_type":"X"}"#
        let told =
            #"{"exception":"Traceback (most recent call last): \#(ERPNextEmulator.key)","#
            + #""_server_messages":"[\"{\\\"message\\\": \\\"no \#(ERPNextEmulator.secret)\\\"}\"]"}"#
        for body in [trace, told, "Traceback \(ERPNextEmulator.secret)", ERPNextEmulator.secret] {
            let connector = try Scene.connector(
                CannedTransport(always: .json(body, status: status)), now: FixedClock().now,
                ["check_zone": .text("false")])
            let error = await #expect(throws: ConnectorError.self) {
                try await connector.page(of: "employees", after: nil)
            }
            let message = "\(String(describing: error))"
            #expect(!message.contains("Traceback") && !message.contains(ERPNextEmulator.secret), "got \(message)")
            #expect(!message.contains(ERPNextEmulator.key))
        }
    }

    /// A wrong address must not make every document look as if it had gone.
    @Test func `a page that is not Frappe's is no document that has gone`() async throws {
        let service = EmulatedService(Scene.full(), at: Scene.minute(600))
        service.fail(request: 4, with: .text("404 page not found", status: 404))
        let connector = try Scene.connector(service, now: service.now)
        await #expect(
            throws: ConnectorError.unexpected(reason: "Purchase Order: the site answered 404")
        ) { try await connector.page(of: "purchases", after: nil) }
    }

    // MARK: Requests

    @Test func `names of types and documents are encoded, and only what is needed is asked for`() async throws {
        let service = EmulatedService(Scene.full(), at: Scene.minute(600))
        let connector = try Scene.connector(service, now: service.now)
        _ = try await connector.page(of: "trainings", after: nil)
        _ = try await connector.page(of: "leads", after: nil)
        let urls = service.requests.map(\.url)
        #expect(urls.contains { $0.hasPrefix("https://erp.example/api/resource/Training%20Event?") })
        #expect(urls.contains("https://erp.example/api/resource/Training%20Event/%E5%9F%B9%E8%AE%AD%2F1"))
        let asked = service.requests.first { $0.path.hasSuffix("/Lead") && $0["limit_page_length"] == "3" }
        let fields = #"["campaign_name","creation","docstatus","lead_owner","name","qualification_status","#
        #expect(asked?["fields"] == fields + #""qualified_on","source","status"]"#)
        #expect(service.requests.allSatisfy { $0.headers["Authorization"]?.hasPrefix("token ") == true })
    }

    @Test func `receipts are asked for of orders of which something came`() async throws {
        var server = Scene.full()
        server.set("Purchase Order", "PO-2", "per_received", .number("50.0"), at: Scene.minute(20))
        let rows: [[String: JSON]] = [
            ["name": "r1", "purchase_order": "PO-2"], ["name": "r2", "purchase_order": "PO-2"],
        ]
        for (name, docstatus, isReturn) in [("PRE-1", 1, 0), ("PRE-2", 0, 0), ("PRE-3", 1, 1), ("PRE-4", 2, 0)] {
            server.put(
                "Purchase Receipt", name, ["posting_date": "2026-07-09", "is_return": .int(isReturn)],
                tables: ["items": rows], docstatus: docstatus, at: Scene.minute(30))
        }
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["PO-2"]?.json["receipts"] == [["id": "PRE-1", "received_on": "2026-07-09"]])
        #expect(ledger.records["PO-1"]?.json["receipts"] == [])
        #expect(service.requests.count { $0.path.hasSuffix("Purchase Receipt") } == 1)
    }

    @Test func `a check asks for receipts by their rows, as a run does`() async throws {
        var server = Scene.full()
        server.put(
            "Purchase Receipt", "PRE-1", ["posting_date": "2026-07-09", "is_return": 0],
            tables: ["items": [["name": "r1", "purchase_order": "PO-2"]]], docstatus: 1, at: Scene.minute(30))
        let service = EmulatedService(server, at: Scene.minute(600))
        let report = try await Scene.connector(service, now: service.now).check()
        #expect(report.remarks.contains("purchases.receipts: Purchase Receipt can be read"), "got \(report.remarks)")
        let asked = service.requests.first { $0.path.hasSuffix("Purchase Receipt") }
        #expect(asked?["filters"]?.contains(#"["Purchase Receipt Item","purchase_order","is","set"]"#) == true)
        #expect(service.system.faults == [])
    }

    @Test func `what is rejected is kept without what was not asked for`() async throws {
        let service = EmulatedService(Scene.full(), at: Scene.minute(600))
        for stream in ["purchases", "timesheet_entries", "trainings", "activities"] {
            for try await page in try Scene.connector(service, now: service.now).pages(of: stream) {
                for rejected in page.rejected {
                    let raw = String(decoding: rejected.raw, as: UTF8.self)
                    #expect(raw.contains("broken") && !raw.contains("private"), "\(stream)")
                }
            }
        }
    }

    // MARK: Settings

    @Test(arguments: [
        ("since", SettingInput.text("yesterday")), ("read_whole", .list(["orders"])),
        ("not_read", .list(["purchases.bills"])), ("lead_fields", .map(["status": "status, owner"])),
        ("lead_fields", .map(["id": "name"])), ("separation_fields", .map(["status": "status"])),
        ("hire_fields", .map(["employees": "x"])), ("budget_table", .text("none")),
    ])
    func `settings that cannot be meant are refused`(_ key: String, _ input: SettingInput) {
        let error = #expect(throws: ConnectorError.self) {
            try Scene.connector(CannedTransport(), now: FixedClock().now, [key: input])
        }
        guard case .settings(key, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    @Test func `activities of a type without rows are read from its list`() async throws {
        var server = Scene.server()
        server.types["ToDo"] = ERPNextEmulator.DocType(fields: ["status", "date", "reference_type"])
        server.put("ToDo", "td1", ["status": "Closed", "date": "2026-07-08"], at: Scene.minute(1))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("activities")
        let fields = SettingInput.map(["status": "status", "starts": "date", "kind": "reference_type"])
        try await Scene.run(
            &ledger, service,
            ["activity_doctype": .text("ToDo"), "activity_table": .text("none"), "activity_fields": fields])
        #expect(
            ledger.records["td1"]?.json == [
                "id": "td1", "doctype": "ToDo", "docstatus": 0, "kind": .null, "starts": "2026-07-08",
                "status": "Closed", "rows": [],
            ])
    }

    @Test func `another type and other fields may stand for partners`() async throws {
        var server = Scene.server()
        server.types["Sales Partner"] = ERPNextEmulator.DocType(fields: ["partner_type"])
        server.put(
            "Sales Partner", "Orient", ["partner_type": "Reseller"], owner: "a@plumb.example", at: Scene.minute(1))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("partners")
        let fields = SettingInput.map(["kind": "partner_type", "responsible": "owner", "created": ""])
        try await Scene.run(
            &ledger, service, ["partner_doctype": .text("Sales Partner"), "partner_fields": fields])
        #expect(
            ledger.records["Orient"]?.json == [
                "id": "Orient", "doctype": "Sales Partner", "docstatus": 0, "kind": "Reseller",
                "responsible": "a@plumb.example",
            ])
    }
}
