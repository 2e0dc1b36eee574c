import ERPConnectors
import PlumblineKit
import PlumblineTesting
import Testing

@Suite struct OdooTests {
    typealias Scene = OdooScene

    /// Twelve streams, of each of which one record is broken.
    private static func full() -> OdooEmulator {
        var server = Scene.server()
        server.addRest()
        for id in 1...6 { server.putOrder(id, lines: id % 3 + 1, at: Scene.minute(id * 10)) }
        server.models["purchase.order"]?.rows[5]?.values["amount_untaxed"] = "3000"
        server.models["hr.employee"]?.rows[5]?.values["name"] = 5
        return server
    }

    private static let streams: [(stream: String, records: [String], rejected: [String])] = [
        ("employees", ["1", "2", "3", "4", "8", "9"], ["5"]),
        ("budget_lines", ["1", "2", "3", "5"], ["4"]),
        ("purchases", ["1", "2", "3", "4", "6"], ["5"]),
        ("timesheet_entries", ["1", "2", "4", "5", "6"], ["3"]),
        (
            "approvals", [1, 3, 4].map { "hr.expense/\($0)" } + (1...4).map { "hr.leave/\($0)" }, ["hr.expense/2"]
        ),
        ("leads", ["1", "2", "4", "5", "6"], ["3"]),
        ("partners", ["1", "2", "4", "5", "6"], ["3"]),
        ("activities", [1, 2, 4, 5, 6].map { "calendar.event/\($0)" }, ["calendar.event/3"]),
        ("requisitions", ["1", "2", "4", "5"], ["3"]),
        ("hires", ["1", "2", "4", "5"], ["3"]),
        ("trainings", ["1", "2", "4", "5"], ["3"]),
        ("separations", ["4"], []),
    ]

    // MARK: Conformance

    @Test(arguments: streams.map(\.stream), Scene.protocols)
    func `streams conform over both interfaces`(_ stream: String, _ wire: String) async throws {
        let facts = try #require(Self.streams.first { $0.stream == stream })
        try await ConformanceSuite(
            OdooConnector.self, settings: Scene.settings(wire), stream: stream, records: Set(facts.records),
            rejected: Set(facts.rejected)
        ) {
            let service = EmulatedService(Self.full())
            return Scene.context(service, now: service.now)
        }.run()
    }

    @Test(arguments: streams.map(\.stream))
    func `both interfaces give the same records`(_ stream: String) async throws {
        let one = try await Scene.records(stream, of: Self.full(), "json-2")
        let other = try await Scene.records(stream, of: Self.full(), "json-rpc")
        #expect(one == other && !one.isEmpty)
    }

    @Test func `every stream is read over both interfaces`() {
        #expect(Set(Self.streams.map(\.stream)) == Set(OdooConnector.description.streams.map(\.name)))
    }

    // MARK: Records

    /// Order 1 has two lines of twenty; both came at 06:30 UTC.
    @Test func `an order has its lines, their categories, and its receipts`() async throws {
        var server = Self.full()
        server.receive(1, quantity: "20.0", state: "done", at: Scene.minute(390))
        let order = try #require(try await Scene.records("purchases", of: server)["1"])
        #expect(order["number"] == "P00001" && order["state"] == "purchase" && order["buyer"] == "2")
        #expect(order["amount"] == .number("3000.5") && order["currency_name"] == "CNY")
        #expect(order["ordered_at"] == "2026-07-01T01:30:00Z" && order["promised_at"] == "2026-07-20T04:00:00Z")
        let line: JSON = [
            "id": "100", "display_type": .null, "product": "51", "product_name": "签字笔", "category": "61",
            "category_name": "All / 办公用品", "quantity": .number("20.0"), "received": .number("20.0"),
            "unit_price": .number("150.0"), "promised_at": "2026-07-20T04:00:00Z",
        ]
        #expect(order["lines"]?.array?.count == 2 && order["lines"]?.array?.first == line)
        let receipt: JSON = [
            "id": "10", "state": "done", "done_at": "2026-07-01T06:30:00Z", "destination": "internal",
        ]
        #expect(order["receipts"] == [receipt])
        #expect(order["active"] == .null, "a field that the model does not have")
    }

    @Test func `goods that were sent back are told from those that came`() async throws {
        var server = Self.full()
        server.receive(1, quantity: "20.0", state: "done", at: Scene.minute(390))
        server.sendBack(1, at: Scene.minute(800))
        let order = try #require(try await Scene.records("purchases", of: server)["1"])
        #expect(order["receipts"]?.array?.map { $0["state"] } == ["done", "done"])
        #expect(order["receipts"]?.array?.map { $0["destination"] } == ["internal", "supplier"])
        server.models["stock.location"]?.isForbidden = true
        let untold = try #require(try await Scene.records("purchases", of: server)["1"])
        #expect(untold["receipts"]?.array?.map { $0["destination"] } == [.null, .null], "which was which is not told")
    }

    @Test func `an employee has a staff number, units by their path, and no private data`() async throws {
        let employees = try await Scene.records("employees", of: Self.full(), ["root_name": .text("Plumb")])
        let one = try #require(employees["1"])
        let two = try #require(employees["2"])
        let gone = try #require(employees["4"])
        #expect(one["code"] == "E001" && one["department_name"] == "Plumb/运营/采购" && one["manager"] == .null)
        #expect(one["leads"] == ["Plumb/运营"] && two["leads"] == ["Plumb/运营/采购"] && gone["leads"] == [])
        #expect(two["manager"] == "1" && two["email"] == "e2@plumbline.example" && two["phone"] == .null)
        #expect(one["joined_on"] == "2024-03-01" && one["active"] == true && gone["active"] == false)
        #expect(gone["last_day"] == "2026-06-30" && gone["left_on"] == "2026-07-01", "left the day behind the last")
        #expect(one["last_day"] == .null && one["left_on"] == .null && gone["categories"] == ["核心"])
        #expect(!"\(employees)".contains("PRIVATE"))
    }

    @Test func `who was archived with a day of leaving has left`() async throws {
        let gone = try await Scene.records("separations", of: Self.full())
        #expect(gone.keys.sorted() == ["4"])
        #expect(gone["4"]?["last_day"] == "2026-06-30" && gone["4"]?["reason_name"] == "Resigned")
        #expect(gone["4"]?["department_name"] == "运营/采购" && gone["4"]?["categories"] == ["核心"])
    }

    /// The server computes in binary: 17115.45 comes as 17115.450000000001.
    @Test func `a budget line tells what was posted, without what binary fractions leave behind`() async throws {
        let line = try #require(try await Scene.records("budget_lines", of: Self.full())["1"])
        #expect(line["amount"] == .number("18000.0") && line["actual"] == .number("17115.45"))
        #expect(line["account_label"] == "CC01" && line["account_name"] == "[A1] CC01 - Plumb")
        #expect(line["budget_name"] == "2026 年行政预算")
        #expect(line["start_date"] == "2026-07-01" && line["end_date"] == "2026-07-31")
        #expect(line["period"] == "2026-07")
    }

    @Test func `a budget line tells whether it is for spending, and in which currency`() async throws {
        let lines = try await Scene.records("budget_lines", of: Self.full())
        #expect(["1", "2", "3"].map { lines[$0]?["type"] } == ["expense", "revenue", "expense"])
        #expect(["1", "2", "3"].map { lines[$0]?["currency_name"] } == ["CNY", "CNY", "HKD"])
    }

    @Test func `a budget of before version 18 is found under its own names`() async throws {
        var server = Self.full()
        server.models["crossovered.budget.lines"] = OdooEmulator.Model([
            "crossovered_budget_id": .init("many2one", "budget.analytic"), "date_from": .init("date"),
            "analytic_account_id": .init("many2one", "account.analytic.account"), "date_to": .init("date"),
            "planned_amount": .init("monetary"), "practical_amount": .init("monetary", isStored: false),
            "company_id": .init("many2one", "res.company"),
        ])
        server.put(
            "crossovered.budget.lines", 1, at: Scene.minute(0),
            [
                "crossovered_budget_id": 1, "analytic_account_id": 1, "date_from": "2026-07-01",
                "date_to": "2026-07-31", "planned_amount": .number("-18000.0"),
                "practical_amount": .number("-17115.45"), "company_id": 2,
            ])
        let line = try #require(
            try await Scene.records(
                "budget_lines", of: server, "json-rpc", ["budget_models": .text("crossovered.budget.lines")])["1"])
        #expect(line["amount"] == .number("-18000.0") && line["actual"] == .number("-17115.45"))
        #expect(line["type"] == .null && line["currency_name"] == "HKD", "the company's, where the line tells none")
    }

    @Test func `a line of a timesheet is hours of a person; costs are none`() async throws {
        let lines = try await Scene.records("timesheet_entries", of: Self.full())
        let line = try #require(lines["1"])
        #expect(line["employee"] == "2" && line["date"] == "2026-07-06" && line["hours"] == .number("3.5"))
        #expect(line["project_name"] == "W01 客户工单" && line["task"] == .null && line["task_name"] == .null)
        #expect(line["leave"] == .null && line["public_holiday"] == .null)
        #expect(lines["4"]?["leave"] == "1" && lines["5"]?["public_holiday"] == "3", "no hours of work")
        #expect(lines["7"] == nil && !"\(lines)".contains("private"))
    }

    @Test func `an approval tells who asks and who decides, each model by its own fields`() async throws {
        let approvals = try await Scene.records("approvals", of: Self.full())
        let expense = try #require(approvals["hr.expense/1"])
        let leave = try #require(approvals["hr.leave/1"])
        #expect(expense["employee"] == "3" && expense["approver"] == "1" && expense["state"] == "approved")
        #expect(expense["decided_at"] == "2026-07-02T03:30:00Z" && expense["amount"] == .number("880.0"))
        #expect(approvals["hr.expense/4"]?["approver"] == "user/107", "a user who is no employee")
        #expect(leave["employee"] == "2" && leave["approver"] == "1" && leave["state"] == "validate")
        #expect(leave["decided_at"] == .null && leave["amount"] == .null && leave["requested_at"] == .null)
        let waiting = try #require(approvals["hr.leave/2"])
        #expect(waiting["approver"] == .null, "not the manager, and not the user of who asks")
        #expect(!"\(approvals)".contains("private"))
    }

    @Test func `a lead tells its owner, its stage and whether that means won`() async throws {
        let fields: [String: SettingInput] = ["lead_fields": .map(["qualified_at": "x_qualified_date"])]
        let leads = try await Scene.records("leads", of: Self.full(), "json-2", fields)
        let won = try #require(leads["2"])
        #expect(won["owner"] == "2" && won["stage_name"] == "赢单" && won["is_won"] == true)
        #expect(won["opportunity_at"] == "2026-07-03T02:00:00Z" && won["closed_at"] == "2026-07-20T02:00:00Z")
        #expect(won["source_name"] == "展会" && won["campaign"] == .null && won["tags"] == ["重点"])
        #expect(won["created_at"] == "2026-06-30T23:00:00Z" && won["qualified_at"] == .null)
        #expect(leads["5"]?["active"] == false && !"\(leads)".contains("private"))
        #expect(leads["6"]?["owner"] == "user/106", "two employees have this user")
        let companies = try await Scene.records("leads", of: Self.full(), "json-2", ["companies": .list(["1"])])
        #expect(companies["6"]?["owner"] == "8", "in one company there is one")
    }

    @Test func `partners are companies, with a kind by a field of the company's own`() async throws {
        let fields: [String: SettingInput] = [
            "partner_fields": .map(["kind": "x_kind", "signed_at": "x_signed_date"])
        ]
        let partners = try await Scene.records("partners", of: Self.full(), "json-rpc", fields)
        #expect(partners["7"] == nil, "a person")
        let partner = try #require(partners["1"])
        #expect(partner["owner"] == "3" && partner["kind"] == "渠道商" && partner["categories"] == ["渠道"])
        #expect(partner["signed_at"] == "2026-07-08" && partner["qualified"] == .null && partner["name"] == nil)
    }

    @Test func `a meeting tells when it was and by tags what it was`() async throws {
        let meetings = try await Scene.records("activities", of: Self.full())
        let meeting = try #require(meetings["calendar.event/1"])
        #expect(meeting["owner"] == "3" && meeting["categories"] == ["高层拜访"])
        #expect(meeting["starts_at"] == "2026-07-09T06:00:00Z" && meeting["opportunity"] == "2")
        #expect(meeting["accepted"] == .null && !"\(meetings)".contains("private"))
    }

    @Test func `a job and who was hired for it`() async throws {
        let fields: [String: SettingInput] = [
            "requisition_fields": .map(["is_key": "x_is_key", "openings": "x_openings", "target_on": "x_target_date"]),
            "hire_fields": .map(["offered_at": "x_offer_date"]),
        ]
        let jobs = try await Scene.records("requisitions", of: Self.full(), "json-2", fields)
        let job = try #require(jobs["1"])
        #expect(job["recruiter"] == "5" && job["openings"] == 2 && job["department_name"] == "运营")
        #expect(job["is_key"] == true && jobs["2"]?["is_key"] == false, "false is no missing value here")
        #expect(job["target_on"] == "2026-08-31" && job["approved_at"] == .null)
        let hires = try await Scene.records("hires", of: Self.full(), "json-2", fields)
        let hire = try #require(hires["1"])
        #expect(hire["job"] == "1" && hire["recruiter"] == "5" && hire["is_hired"] == true)
        #expect(hire["offered_at"] == "2026-07-08T06:00:00Z" && hire["hired_at"] == "2026-07-10T06:00:00Z")
        #expect(hire["employee"] == "4" && hire["joined_on"] == "2024-03-01" && hire["last_day"] == "2026-06-30")
        #expect(hires["2"]?["last_day"] == .null && !"\(hires)".contains("private"))
    }

    /// Odoo counts down what it seeks.
    @Test func `openings stay as they were approved while they are filled`() async throws {
        var server = Self.full()
        server.change("hr.applicant", 2, at: Scene.minute(20), ["stage_id": 2])
        let fields: [String: SettingInput] = ["requisition_fields": .map(["openings": "x_openings"])]
        let before = try #require(try await Scene.records("requisitions", of: server, fields)["1"])
        #expect(before["openings"] == 2 && before["still_sought"] == 2)
        server.hire(2, at: Scene.minute(400))
        let after = try #require(try await Scene.records("requisitions", of: server, fields)["1"])
        #expect(after["openings"] == 2 && after["still_sought"] == 1)
        let unsaid = try #require(try await Scene.records("requisitions", of: server)["1"])
        #expect(unsaid["openings"] == .null, "what is left to hire is no number of openings")
    }

    @Test func `a training counts who came without naming them`() async throws {
        let fields: [String: SettingInput] = ["training_fields": .map(["planned_attendees": "x_planned_attendees"])]
        let trainings = try await Scene.records("trainings", of: Self.full(), "json-2", fields)
        let training = try #require(trainings["1"])
        #expect(training["owner"] == "5" && training["starts_at"] == "2026-07-22T01:00:00Z")
        #expect(training["planned_attendees"] == 3 && training["tags"] == ["内部培训"])
        let states = training["registrations"]?.array?.compactMap { $0["state"]?.string }
        #expect(states == ["done", "done", "open", "cancel"] && !"\(trainings)".contains("private"))
    }

    @Test func `a field may be said for one model alone, and one behind a link`() async throws {
        let fields: [String: SettingInput] = [
            "approval_fields": .map(["hr.leave/approver": "manager_id", "unit": "employee_id.department_id"])
        ]
        let approvals = try await Scene.records("approvals", of: Self.full(), fields)
        #expect(approvals["hr.leave/2"]?["approver"] == "5" && approvals["hr.expense/1"]?["approver"] == "1")
        let expense = try #require(approvals["hr.expense/1"])
        #expect(expense["unit"] == "2" && expense["unit_name"] == "运营/采购")
    }

    // MARK: Values

    @Test(arguments: [
        ("0.30000000000000004", "0.3"), ("17115.450000000001", "17115.45"), ("120.5", "120.5"), ("-80.0", "-80.0"),
        ("0.0", "0.0"), ("-0.0", "0.0"), ("1e-05", "0.00001"), ("1.5e+3", "1500"), ("12", "12"),
        ("0.9999999999999999", "1"), ("123456789012345678", "123456789012345678"), ("99.99999999999999", "100"),
        ("3.3333333333333335", "3.33333333333333"),
    ])
    func `numbers come to fifteen digits and without an exponent`(_ told: String, _ wanted: String) async throws {
        var server = Self.full()
        server.models["account.analytic.line"]?.rows[1]?.values["unit_amount"] = .number(told)
        let line = try #require(try await Scene.records("timesheet_entries", of: server)["1"])
        #expect(line["hours"] == .number(wanted))
    }

    /// The server writes false for whatever is empty.
    @Test func `false in the place of each value is no value`() async throws {
        for model in ["purchase.order", "purchase.order.line", "stock.picking"] {
            var server = Self.full()
            for (id, row) in server.models[model]?.rows ?? [:] {
                for name in row.values.keys where !["order_line", "picking_ids"].contains(name) {
                    server.models[model]?.rows[id]?.values[name] = false
                }
            }
            let orders = try await Scene.records("purchases", of: server)
            #expect(orders.keys.contains("1"), "\(model)")
        }
    }

    @Test func `a field that a connection names is read under the name it gives`() async throws {
        let fields: [String: SettingInput] = [
            "purchase_fields": .map(["baseline": "x_baseline", "promised_at": "date_approve", "amount": "x_baseline"]),
            "purchase_line_fields": .map(["category": ""]),
        ]
        var server = Self.full()
        server.change("purchase.order", 1, at: Scene.minute(5), ["x_baseline": .number("3100.0")])
        let order = try #require(try await Scene.records("purchases", of: server, "json-2", fields)["1"])
        #expect(order["baseline"] == .number("3100.0") && order["amount"] == .number("3100.0"))
        #expect(order["promised_at"] == "2026-07-01T01:30:00Z")
        #expect(order["lines"]?.array?.first?["category"] == .null, "left out where the name is empty")
    }
}

extension OdooScene {
    static func records(
        _ stream: String, of server: OdooEmulator, _ changes: [String: SettingInput]
    ) async throws -> [String: JSON] {
        try await records(stream, of: server, "json-2", changes)
    }
}
