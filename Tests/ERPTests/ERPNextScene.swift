import ERPConnectors
import Foundation
import PlumblineKit
import PlumblineTesting
import Testing

/// An emulated site, the connector's settings for it, and what must be known of its documents in the end.
enum ERPNextScene {
    static let settings: [String: SettingInput] = [
        "base_url": .text("https://erp.example"), "api_key": .secret(Secret(ERPNextEmulator.key)),
        "api_secret": .secret(Secret(ERPNextEmulator.secret)), "page_size": .text("3"),
    ]

    /// A moment of 2026-07-01, so many minutes after midnight UTC.
    static func minute(_ minute: Int) -> Instant {
        FixedClock("2026-07-01T00:00:00Z").moment.advanced(bySeconds: minute * 60)
    }

    static func context(
        _ transport: any Transport, zone: String = "Asia/Shanghai", now: @escaping @Sendable () -> Instant
    ) -> ConnectorContext {
        ConnectorContext(
            transport: transport, files: NoFiles(), now: now, zone: zone, utcOffset: KingdeeScene.offset(in: zone),
            log: { _ in })
    }

    static func connector(
        _ transport: any Transport, zone: String = "Asia/Shanghai", now: @escaping @Sendable () -> Instant,
        _ changes: [String: SettingInput] = [:]
    ) throws -> ERPNextConnector {
        let settings = try Settings(settings.merging(changes) { $1 }, against: ERPNextConnector.description.settings)
        return try ERPNextConnector(settings: settings, context: context(transport, zone: zone, now: now))
    }

    /// A run to its end, with a connector of its own.
    static func run(
        _ ledger: inout StreamLedger, _ service: EmulatedService<ERPNextEmulator>, zone: String = "Asia/Shanghai",
        _ changes: [String: SettingInput] = [:]
    ) async throws {
        let connector = try connector(service, zone: zone, now: service.now, changes)
        try await ledger.run(connector) { service.wait(seconds: $0) }
    }

    /// The types that the connector reads, without a document.
    static func server(zone: String = "Asia/Shanghai") -> ERPNextEmulator {
        var server = ERPNextEmulator()
        (server.zone, server.utcOffset) = (zone, KingdeeScene.offset(in: zone))
        for (type, fields) in fields { server.types[type] = ERPNextEmulator.DocType(fields: Set(fields)) }
        for (type, table) in tables { server.types[type]?.tables = [table.name: table.rows] }
        server.types["System Settings"] = ERPNextEmulator.DocType()
        return server
    }

    private static let fields: [String: [String]] = [
        "Employee": [
            "employee_number", "employee_name", "user_id", "company_email", "cell_number", "company", "department",
            "designation", "reports_to", "status", "date_of_joining", "relieving_date", "attendance_device_id",
            "resignation_letter_date", "contract_end_date", "date_of_retirement", "job_applicant",
        ],
        "Department": ["department_name", "parent_department"], "Budget": [],
        "Account": ["root_type"], "Company": ["default_currency"],
        "Fiscal Year": ["year_start_date", "year_end_date"], "Cost Center": ["lft", "rgt"],
        "GL Entry": [
            "account", "cost_center", "project", "company", "posting_date", "debit", "credit", "voucher_type",
            "is_cancelled",
        ],
        "Purchase Order": [], "Purchase Receipt": ["posting_date", "is_return"], "Timesheet": [],
        "Expense Claim": [
            "employee", "expense_approver", "approval_status", "total_claimed_amount", "posting_date",
        ],
        "Leave Application": [
            "employee", "leave_approver", "status", "from_date", "to_date", "leave_type", "posting_date",
        ],
        "Lead": ["lead_owner", "status", "qualification_status", "qualified_on", "source", "campaign_name"],
        "Customer": ["account_manager", "customer_group", "disabled", "lead_name"], "Event": [],
        "Job Opening": [
            "job_title", "department", "status", "vacancies", "planned_vacancies", "posted_on", "closes_on",
            "closed_on", "job_requisition",
        ],
        "Job Requisition": [
            "status", "no_of_positions", "posting_date", "expected_by", "completed_on", "requested_by",
        ],
        "Job Offer": ["job_applicant", "status", "offer_date"], "Job Applicant": ["job_title", "status"],
        "Training Event": ["amended_from"],
        "Employee Separation": ["employee", "boarding_status", "resignation_letter_date"],
        "Deleted Document": ["deleted_doctype", "deleted_name", "data"],
    ]

    private static let tables: [String: (name: String, rows: String)] = [
        "Budget": ("accounts", "Budget Account"), "Purchase Order": ("items", "Purchase Order Item"),
        "Purchase Receipt": ("items", "Purchase Receipt Item"), "Timesheet": ("time_logs", "Timesheet Detail"),
        "Event": ("event_participants", "Event Participants"),
        "Training Event": ("employees", "Training Event Employee"),
    ]

    /// What is known of each submitted or cancelled order: its state, its amount, the names and quantities of its
    /// items.
    static func orders(_ server: ERPNextEmulator) -> [String: [JSON]] {
        (server.types["Purchase Order"]?.documents ?? [:]).filter { $0.value.docstatus > 0 }.mapValues { order in
            let rows = (order.tables["items"] ?? []).map { JSON.array([$0["name"] ?? .null, $0["qty"] ?? .null]) }
            return [.int(order.docstatus), order.fields["base_net_total"] ?? .null, .array(rows)]
        }
    }

    static func orders(_ ledger: StreamLedger) -> [String: [JSON]] {
        ledger.records.mapValues { record in
            let rows = (record.json["rows"]?.array ?? []).map { row in
                JSON.array([row["id"] ?? "missing", row["quantity"] ?? "missing"])
            }
            return [record.json["docstatus"] ?? "missing", record.json["amount"] ?? "missing", .array(rows)]
        }
    }

    /// The ledger holds exactly the emulator's orders, and nothing was asked beyond the notes.
    static func expectExact(
        _ ledger: StreamLedger, _ service: EmulatedService<ERPNextEmulator>, _ comment: Comment? = nil,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(orders(ledger) == orders(service.system), comment, sourceLocation: place)
        #expect(service.system.faults == [], comment, sourceLocation: place)
    }
}

extension ERPNextScene {
    /// Five documents for each stream, ten minutes apart; the third of each is broken.
    static func full() -> ERPNextEmulator {
        var server = server()
        server.putTrees()
        server.putRecruiting()
        for number in 1...5 {
            let at = minute(number * 10)
            server.putOrder("PO-\(number)", at: at)
            server.putTimesheet("TS-\(number)", at: at)
            server.putClaim("EXP-\(number)", at: at)
            server.putLeave("LAP-\(number)", at: at)
            server.putBudget("BUD-\(number)", at: at)
            server.putTraining("培训/\(number)", at: at)
            server.putEvent("EV-\(number)", at: at)
            server.putLead("LEAD-\(number)", at: at)
            server.putCustomer("客户 \(number)", lead: "LEAD-\(number)", at: at)
            server.putEmployee(
                "HR-EMP-0001\(number)", ["relieving_date": "2026-07-31", "status": "Left"], at: at)
        }
        server.putDrafts()
        breakThird(&server)
        return server
    }

    private static func breakThird(_ server: inout ERPNextEmulator) {
        for (type, name, field) in [
            ("Purchase Order", "PO-3", "base_net_total"), ("Timesheet", "TS-3", "employee"),
            ("Expense Claim", "EXP-3", "employee"), ("Budget", "BUD-3", "cost_center"),
            ("Training Event", "培训/3", "start_time"), ("Event", "EV-3", "status"), ("Lead", "LEAD-3", "status"),
            ("Customer", "客户 3", "customer_group"), ("Employee", "HR-EMP-00013", "designation"),
            ("Job Opening", "HR-OPN-3", "vacancies"), ("Job Offer", "HR-OFF-3", "offer_date"),
        ] {
            server.types[type]?.documents[name]?.fields[field] = ["broken": true]
        }
    }
}

extension ERPNextEmulator {
    /// What nobody has submitted, and what was cancelled where that leaves it out.
    fileprivate mutating func putDrafts() {
        let at = ERPNextScene.minute(70)
        putOrder("PO-D", docstatus: 0, at: at)
        putTimesheet("TS-D", docstatus: 0, at: at)
        putTimesheet("TS-C", docstatus: 2, at: at)
        putClaim("EXP-D", outcome: "Draft", docstatus: 0, at: at)
        putBudget("BUD-C", docstatus: 2, at: at)
        putTraining("培训/D", docstatus: 0, at: at)
    }
}
