import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct ERPNextTests {
    typealias Scene = ERPNextScene

    private let fixtures = Fixtures("erpnext", in: .module)

    private func records(_ stream: String, _ changes: [String: SettingInput] = [:]) async throws -> [String: JSON] {
        let service = EmulatedService(Scene.full(), at: Scene.minute(600))
        var ledger = StreamLedger(stream)
        try await Scene.run(&ledger, service, changes)
        #expect(service.system.faults == [])
        return ledger.records.mapValues(\.json)
    }

    // MARK: Conformance

    /// The names of all but the third.
    private static func names(_ start: String) -> [String] { ["1", "2", "4", "5"].map { start + $0 } }

    /// Those of two rows of each.
    private static func rows(_ start: String, _ row: String) -> [String] {
        names(start).flatMap { name in ["1", "2"].map { "\(name)/\(name)-\(row)\($0)" } }
    }

    private static let approvals: [String] =
        names("Expense Claim/EXP-") + names("Leave Application/LAP-") + ["Leave Application/LAP-3"]
    private static let employees: [String] = names("HR-EMP-0001") + ["HR-EMP-00020"]

    private static let streams: [(String, [String], String)] = [
        ("employees", employees, "HR-EMP-00013"), ("budget_lines", rows("BUD-", "a"), "BUD-3"),
        ("purchases", names("PO-"), "PO-3"), ("timesheet_entries", rows("TS-", "l"), "TS-3"),
        ("approvals", approvals, "Expense Claim/EXP-3"), ("leads", names("LEAD-"), "LEAD-3"),
        ("partners", names("客户 "), "客户 3"), ("activities", names("EV-"), "EV-3"),
        ("requisitions", names("HR-OPN-"), "HR-OPN-3"), ("hires", names("HR-OFF-"), "HR-OFF-3"),
        ("trainings", names("培训/"), "培训/3"), ("separations", names("HR-EMP-0001"), "HR-EMP-00013"),
    ]

    @Test(arguments: streams)
    func `streams conform`(_ stream: String, _ records: [String], _ rejected: String) async throws {
        let ways: [[String: SettingInput]] = [[:], ["read_deleted": .text("true")]]
        for changes in ways {
            try await ConformanceSuite(
                ERPNextConnector.self, settings: Scene.settings.merging(changes) { $1 }, stream: stream,
                records: Set(records), rejected: [rejected]
            ) {
                let service = EmulatedService(Scene.full(), at: Scene.minute(600))
                return Scene.context(service, now: service.now)
            }.run()
        }
    }

    // MARK: Records

    @Test func `an order holds its items and what came of it`() async throws {
        let transport = CannedTransport([
            "GET /api/resource/System Settings/System Settings": try .file("settings.json", of: fixtures),
            "GET /api/resource/Purchase Order?order_by=modified desc*": try .file("newest-order.json", of: fixtures),
            "GET /api/resource/Purchase Order?or_filters=*": .json(#"{"data":[]}"#),
            "GET /api/resource/Purchase Order": try .file("orders.json", of: fixtures),
            "GET /api/resource/Purchase Order/PUR-ORD-2026-00017": try .file("order.json", of: fixtures),
            "GET /api/resource/Purchase Receipt?filters=*\"Purchase Receipt Item\",\"purchase_order\",\"=\",\"PUR-ORD*":
                try .file("receipts.json", of: fixtures),
            "GET /api/resource/Company": try .file("company.json", of: fixtures),
        ])
        let page = try await Scene.connector(transport, now: FixedClock().now).page(of: "purchases", after: nil)
        let order = try #require(page.records.first)
        let first: JSON = [
            "id": "a1b2c3d4e5", "item": "PAPER-A4", "category": "office_supply", "quantity": .number("20.0"),
            "received": .number("20.0"), "rate": .number("25.0"), "amount": .number("500.0"),
            "promised_on": "2026-07-10", "cost_center": "Support - PL",
        ]
        let second: JSON = [
            "id": "f6a7b8c9d0", "item": "TONER", "category": "office_supply", "quantity": .number("2.0"),
            "received": .number("2.0"), "rate": .number("310.25"), "amount": .number("620.5"),
            "promised_on": "2026-07-10", "cost_center": .null,
        ]
        #expect(
            order.json == [
                "id": "PUR-ORD-2026-00017", "doctype": "Purchase Order", "docstatus": 1,
                "amount": .number("1120.5"), "company": "Plumb", "created": "2026-07-01 09:30:00",
                "company_info": ["id": "Plumb", "currency": "CNY"], "ordered_on": "2026-07-01",
                "owner": "e002@plumb.example", "promised_on": "2026-07-10",
                "received_percent": .number("100.0"), "status": "To Bill", "rows": [first, second],
                "receipts": [
                    ["id": "MAT-PRE-2026-00008", "received_on": "2026-07-08"],
                    ["id": "MAT-PRE-2026-00011", "received_on": "2026-07-13"],
                ],
            ])
    }

    @Test func `an order tells in which currency its company counts`() async throws {
        var server = Scene.full()
        server.set("Purchase Order", "PO-2", "company", "Plumb HK", at: Scene.minute(80))
        server.set("Purchase Order", "PO-4", "company", "Unseen", at: Scene.minute(80))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("purchases")
        try await Scene.run(&ledger, service)
        let companies = ["PO-1", "PO-2", "PO-4"].map { ledger.records[$0]?.json["company_info"] }
        #expect(companies == [["id": "Plumb", "currency": "CNY"], ["id": "Plumb HK", "currency": "HKD"], .null])
    }

    @Test func `an employee has the path of the department, an account and the day behind the last one`() async throws {
        let employees = try await records("employees", ["root_name": .text("Plumb")])
        #expect(
            employees["HR-EMP-00011"] == [
                "id": "HR-EMP-00011", "doctype": "Employee", "docstatus": 0, "company": "Plumb",
                "department": "Support - P", "device": "17", "email": .null, "joined_on": "2021-06-15",
                "last_day": "2026-07-31", "manager": "HR-EMP-00001", "name": "张伟", "number": "E011", "phone": .null,
                "position": "工程师", "status": "Left", "user": "hr-emp-00011@plumb.example",
                "unit": "Plumb/Service/Support", "left_on": "2026-08-01",
            ])
        #expect(employees["HR-EMP-00020"]?["left_on"] == .null)
    }

    @Test func `a department whose way to the top cannot be seen gives no unit`() async throws {
        var server = Scene.full()
        server.set("Employee", "HR-EMP-00011", "department", "Lost - P", at: Scene.minute(80))
        server.set("Employee", "HR-EMP-00012", "department", .null, at: Scene.minute(80))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("employees")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["HR-EMP-00011"]?.json["unit"] == .null)
        #expect(ledger.records["HR-EMP-00012"]?.json["unit"] == .null)
        #expect(ledger.records["HR-EMP-00014"]?.json["unit"] == "All Departments/Service/Support")
        let without = try await records("employees", ["read_departments": .text("false")])
        #expect(without["HR-EMP-00011"]?["unit"] == .null)
    }

    @Test func `each log of a timesheet is a record with its sheet's employee`() async throws {
        let logs = try await records("timesheet_entries")
        #expect(
            logs["TS-2/TS-2-l1"] == [
                "id": "TS-2/TS-2-l1", "doctype": "Timesheet", "docstatus": 1, "document": "TS-2",
                "employee": "HR-EMP-00004", "date": "2026-07-06", "from": "2026-07-06 08:00:00",
                "to": "2026-07-06 11:30:00", "hours": .number("3.5"), "project": "PROJ-0001", "task": .null,
                "activity": "Execution",
            ])
    }

    @Test func `approvals are of two types and tell who asks and who approves`() async throws {
        let approvals = try await records("approvals")
        let claim = try #require(approvals["Expense Claim/EXP-1"])
        #expect(
            claim == [
                "id": "Expense Claim/EXP-1", "doctype": "Expense Claim", "docstatus": 1, "amount": .number("120.5"),
                "approver": "e001@plumb.example", "created": "2026-07-01 08:10:00", "outcome": "Approved",
                "posted_on": "2026-07-02", "requester": "HR-EMP-00003",
            ])
        let leave = try #require(approvals["Leave Application/LAP-2"])
        #expect(leave["outcome"] == "Rejected" && leave["from"] == "2026-07-06" && leave["leave_type"] == "年假")
        #expect(approvals["Expense Claim/EXP-D"] == nil)
        let pending = try await records("approvals", ["read_pending": .text("true")])
        #expect(pending["Expense Claim/EXP-D"]?["docstatus"] == 0)
    }

    @Test func `a lead tells when it was qualified and which customer came of it`() async throws {
        let lead = try #require(try await records("leads")["LEAD-1"])
        #expect(lead["responsible"] == "e005@plumb.example" && lead["qualified_on"] == "2026-07-03")
        #expect(lead["customers"] == [["id": "客户 1", "created": "2026-07-01 08:10:00"]])
        #expect(lead["campaign"] == "夏季推广" && lead["created"] == "2026-07-01 08:10:00")
        let without = try await records("leads", ["not_read": .list(["leads.customers"])])["LEAD-1"]
        #expect(without?["customers"] == nil)
    }

    /// Neither a customer that names a lead later nor one that goes marks the lead as changed.
    @Test func `a lead knows its customers though it does not change with them`() async throws {
        var server = Scene.server()
        server.putLead("LEAD-1", at: Scene.minute(1))
        server.putLead("LEAD-2", at: Scene.minute(500))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("leads")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["LEAD-1"]?.json["customers"] == [])
        service.edit { $0.putCustomer("客户", lead: "LEAD-1", at: Scene.minute(601)) }
        service.wait(seconds: 600)
        try await Scene.run(&ledger, service)
        #expect(
            ledger.records["LEAD-1"]?.json["customers"] == [["id": "客户", "created": "2026-07-01 18:01:00"]])
        service.edit { $0.delete("Customer", "客户", at: Scene.minute(620)) }
        service.wait(seconds: 1200)
        try await Scene.run(&ledger, service)
        #expect(ledger.records["LEAD-1"]?.json["customers"] == [])
    }

    @Test func `a partner has an account manager and a group`() async throws {
        #expect(
            try await records("partners")["客户 1"] == [
                "id": "客户 1", "doctype": "Customer", "docstatus": 0, "created": "2026-07-01 08:10:00",
                "is_disabled": 0, "kind": "合作伙伴", "responsible": "e005@plumb.example",
            ])
    }

    @Test func `an activity names who took part and not what was said`() async throws {
        #expect(
            try await records("activities")["EV-1"] == [
                "id": "EV-1", "doctype": "Event", "docstatus": 0, "ends": "2026-07-08 15:30:00", "kind": "Meeting",
                "owner": "e005@plumb.example", "starts": "2026-07-08 14:00:00", "status": "Completed",
                "rows": [["id": "EV-1-p1", "party": "Orient", "type": "Customer"]],
            ])
    }

    @Test func `an opening takes its requisition along`() async throws {
        let openings = try await records("requisitions")
        let opening = try #require(openings["HR-OPN-1"])
        #expect(opening["posted_at"] == "2026-05-06 09:00:00" && opening["openings"] == 2)
        #expect(
            opening["requisition"] == [
                "id": "HR-HIREQ-1", "completed_on": .null, "openings": 2, "posted_on": "2026-05-04",
                "requester": "HR-EMP-00001", "status": "Filled", "wanted_by": "2026-08-01",
            ])
        #expect(openings["HR-OPN-2"]?["requisition"] == .null)
    }

    @Test func `an offer takes its application along, and who came of it`() async throws {
        let offers = try await records("hires")
        let offer = try #require(offers["HR-OFF-1"])
        #expect(offer["offered_on"] == "2026-06-10" && offer["owner"] == "hr@plumb.example")
        #expect(
            offer["application"] == [
                "id": "HR-APP-1", "applied": "2026-07-01 08:00:00", "opening": "HR-OPN-1", "status": "Accepted",
            ])
        #expect(
            offer["employees"] == [
                ["id": "HR-EMP-00020", "joined_on": "2026-07-01", "last_day": .null, "status": "Active"]
            ])
        #expect(offers["HR-OFF-2"]?["employees"] == [])
    }

    @Test func `a training tells who was there`() async throws {
        let training = try #require(try await records("trainings")["培训/1"])
        #expect(training["starts"] == "2026-07-10 09:00:00" && training["status"] == "Completed")
        let attendance = training["rows"]?.array?.map { $0["attendance"] ?? .null }
        #expect(attendance == ["Present", "Absent", "Present"])
        #expect(training["rows"]?.array?.first?["employee_name"] == nil)
    }

    /// A planned training that is dropped may be cancelled as a document, which is not the same as its status.
    @Test func `a training that was cancelled says so, and whether another stands for it`() async throws {
        var server = Scene.server()
        server.putTraining("培训", at: Scene.minute(1))
        server.set("Training Event", "培训", "event_status", "Scheduled", at: Scene.minute(2))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("trainings")
        let steps: [(JSON, JSON, (inout ERPNextEmulator) -> Void)] = [
            (1, [], { _ in }),
            (2, [], { $0.set("Training Event", "培训", "docstatus", 2, at: Scene.minute(601)) }),
            (
                2, [],
                { server in
                    server.putTraining("培训-1", docstatus: 0, at: Scene.minute(620))
                    server.types["Training Event"]?.documents["培训-1"]?.fields["amended_from"] = "培训"
                }
            ),
            (
                2, [["id": "培训-1", "docstatus": 1]],
                { $0.set("Training Event", "培训-1", "docstatus", 1, at: Scene.minute(640)) }
            ),
        ]
        for (docstatus, amendments, step) in steps {
            service.edit(step)
            try await Scene.run(&ledger, service)
            let training = ledger.records["培训"]?.json
            #expect(training?["docstatus"] == docstatus && training?["amendments"] == amendments)
            service.wait(seconds: 1200)
        }
        #expect(ledger.records["培训-1"]?.json["amendments"] == [])
        #expect(service.system.faults == [])
    }

    @Test func `who leaves has a last day and a letter`() async throws {
        var server = Scene.full()
        server.put(
            "Employee Separation", "HR-EMP-SEP-1",
            ["employee": "HR-EMP-00011", "boarding_status": "Completed", "resignation_letter_date": "2026-07-01"],
            docstatus: 1, at: Scene.minute(90))
        let service = EmulatedService(server, at: Scene.minute(600))
        var ledger = StreamLedger("separations")
        try await Scene.run(&ledger, service)
        let leaver = try #require(ledger.records["HR-EMP-00011"]?.json)
        #expect(leaver["last_day"] == "2026-07-31" && leaver["unit"] == "All Departments/Service/Support")
        #expect(
            leaver["separations"] == [
                ["id": "HR-EMP-SEP-1", "resigned_on": "2026-07-01", "status": "Completed"]
            ])
        #expect(ledger.records["HR-EMP-00012"]?.json["separations"] == [])
        #expect(ledger.records["HR-EMP-00020"] == nil, "who stays")
    }
}
