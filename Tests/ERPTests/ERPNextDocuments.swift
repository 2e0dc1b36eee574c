import PlumblineKit

/// Documents as people make them.
extension ERPNextEmulator {
    mutating func putOrder(_ name: String, amount: Int = 1200, rows: Int = 2, docstatus: Int = 1, at moment: Instant) {
        let items: [[String: JSON]] = (0..<rows).map { row in
            [
                "name": .string("\(name)-r\(row)"), "item_code": .string("ITEM-\(row)"), "item_group": "办公用品",
                "qty": .int(row + 1), "received_qty": .number("0.0"), "base_net_rate": .number("10.25"),
                "base_net_amount": .number("20.5"), "schedule_date": "2026-07-20", "cost_center": "Support - P",
            ]
        }
        let fields: [String: JSON] = [
            "transaction_date": "2026-07-01", "schedule_date": "2026-07-20", "status": "To Receive and Bill",
            "base_net_total": .int(amount), "per_received": .number("0.0"), "company": "Plumb",
            "supplier": "Tools Co", "remarks": "private",
        ]
        put(
            "Purchase Order", name, fields, tables: ["items": items], docstatus: docstatus,
            owner: "e002@plumb.example", at: moment)
    }

    mutating func putTimesheet(_ name: String, docstatus: Int = 1, at moment: Instant) {
        let logs: [[String: JSON]] = (1...2).map { row in
            [
                "name": .string("\(name)-l\(row)"), "from_time": .string("2026-07-06 0\(row + 7):00:00"),
                "to_time": .string("2026-07-06 \(row + 10):30:00"), "hours": .number("3.5"), "project": "PROJ-0001",
                "task": .null, "activity_type": "Execution", "description": "private",
            ]
        }
        put(
            "Timesheet", name, ["employee": "HR-EMP-00004", "start_date": "2026-07-06"], tables: ["time_logs": logs],
            docstatus: docstatus, at: moment)
    }

    mutating func putClaim(_ name: String, outcome: String = "Approved", docstatus: Int = 1, at moment: Instant) {
        put(
            "Expense Claim", name,
            [
                "employee": "HR-EMP-00003", "expense_approver": "e001@plumb.example",
                "approval_status": .string(outcome), "total_claimed_amount": .number("120.5"),
                "posting_date": "2026-07-02",
            ], docstatus: docstatus, at: moment)
    }

    mutating func putLeave(_ name: String, docstatus: Int = 1, at moment: Instant) {
        put(
            "Leave Application", name,
            [
                "employee": "HR-EMP-00003", "leave_approver": "e001@plumb.example", "status": "Rejected",
                "from_date": "2026-07-06", "to_date": "2026-07-07", "leave_type": "年假", "posting_date": "2026-07-02",
            ], docstatus: docstatus, at: moment)
    }

    mutating func putEmployee(_ name: String, _ changes: [String: JSON] = [:], at moment: Instant) {
        let fields: [String: JSON] = [
            "employee_number": .string("E\(name.suffix(3))"), "employee_name": "张伟",
            "user_id": .string("\(name.lowercased())@plumb.example"), "company_email": .null, "cell_number": " ",
            "company": "Plumb", "department": "Support - P", "designation": "工程师", "reports_to": "HR-EMP-00001",
            "status": "Active", "date_of_joining": "2021-06-15", "relieving_date": .null,
            "attendance_device_id": "17",
        ]
        put("Employee", name, fields.merging(changes) { $1 }, at: moment)
    }

    mutating func putEntry(
        _ name: String, _ debit: String, credit: String = "0.0", day: String, _ changes: [String: JSON] = [:]
    ) {
        let fields: [String: JSON] = [
            "account": "办公费 - P", "cost_center": "Support - P", "project": .null, "company": "Plumb",
            "posting_date": .string(day), "debit": .number(debit), "credit": .number(credit),
            "voucher_type": "Purchase Invoice", "is_cancelled": 0,
        ]
        put("GL Entry", name, fields.merging(changes) { $1 }, docstatus: 1, at: ERPNextScene.minute(1))
    }

    mutating func putBudget(
        _ name: String, center: String = "Support - P", _ changes: [String: JSON] = [:], docstatus: Int = 1,
        at moment: Instant
    ) {
        let fields: [String: JSON] = [
            "company": "Plumb", "budget_against": "Cost Center", "cost_center": .string(center), "project": .null,
            "fiscal_year": "2026",
        ]
        let accounts: [[String: JSON]] = [
            ["name": .string("\(name)-a1"), "account": "办公费 - P", "budget_amount": .number("18000.0")],
            ["name": .string("\(name)-a2"), "account": "差旅费 - P", "budget_amount": .number("6000.0")],
        ]
        put(
            "Budget", name, fields.merging(changes) { $1 }, tables: ["accounts": accounts], docstatus: docstatus,
            at: moment)
    }

    /// Departments, cost centers, the fiscal year, companies and accounts.
    mutating func putTrees() {
        let start = ERPNextScene.minute(0)
        for (name, title, parent) in [
            ("All Departments", "All Departments", nil), ("Service - P", "Service", "All Departments"),
            ("Support - P", "Support", "Service - P"), ("Lost - P", "Lost", "Hidden - P"),
        ] as [(String, String, String?)] {
            put("Department", name, ["department_name": .string(title), "parent_department": .text(parent)], at: start)
        }
        for (name, left, right) in [
            ("Plumb - P", 1, 8), ("Service - P", 2, 7), ("Support - P", 3, 4), ("Field - P", 5, 6),
        ] {
            put("Cost Center", name, ["lft": .int(left), "rgt": .int(right)], at: start)
        }
        put("Fiscal Year", "2026", ["year_start_date": "2026-01-01", "year_end_date": "2026-12-31"], at: start)
        for (name, currency) in [("Plumb", "CNY"), ("Plumb HK", "HKD")] {
            put("Company", name, ["default_currency": .string(currency)], at: start)
        }
        for (name, type) in [("办公费 - P", "Expense"), ("差旅费 - P", "Expense"), ("服务收入 - P", "Income")] {
            put("Account", name, ["root_type": .string(type)], at: start)
        }
    }

    mutating func putRecruiting() {
        let start = ERPNextScene.minute(0)
        put(
            "Job Requisition", "HR-HIREQ-1",
            [
                "status": "Filled", "no_of_positions": 2, "posting_date": "2026-05-04", "expected_by": "2026-08-01",
                "completed_on": .null, "requested_by": "HR-EMP-00001",
            ], at: start)
        for number in 1...5 {
            put(
                "Job Opening", "HR-OPN-\(number)",
                [
                    "job_title": "客服", "department": "Support - P", "status": "Open", "vacancies": 2,
                    "planned_vacancies": 2, "posted_on": "2026-05-06 09:00:00", "closes_on": .null, "closed_on": .null,
                    "job_requisition": number == 1 ? "HR-HIREQ-1" : .null,
                ], owner: "hr@plumb.example", at: start)
            put("Job Applicant", "HR-APP-\(number)", ["job_title": "HR-OPN-1", "status": "Accepted"], at: start)
            put(
                "Job Offer", "HR-OFF-\(number)",
                ["job_applicant": .string("HR-APP-\(number)"), "status": "Accepted", "offer_date": "2026-06-10"],
                docstatus: 1, owner: "hr@plumb.example", at: start)
        }
        putEmployee(
            "HR-EMP-00020", ["job_applicant": "HR-APP-1", "date_of_joining": "2026-07-01"],
            at: ERPNextScene.minute(5))
    }

    mutating func putTraining(_ name: String, docstatus: Int = 1, at moment: Instant) {
        let people: [[String: JSON]] = ["Present", "Absent", "Present"].enumerated().map { place, attendance in
            [
                "name": .string("\(name)-e\(place)"), "employee": .string("HR-EMP-0000\(place)"), "status": "Completed",
                "attendance": .string(attendance), "employee_name": "private",
            ]
        }
        put(
            "Training Event", name,
            [
                "event_status": "Completed", "start_time": "2026-07-10 09:00:00", "end_time": "2026-07-10 17:00:00",
                "type": "Workshop",
            ], tables: ["employees": people], docstatus: docstatus, owner: "hr@plumb.example", at: moment)
    }

    mutating func putEvent(_ name: String, at moment: Instant) {
        put(
            "Event", name,
            [
                "event_category": "Meeting", "status": "Completed", "starts_on": "2026-07-08 14:00:00",
                "ends_on": "2026-07-08 15:30:00", "subject": "private",
            ],
            tables: [
                "event_participants": [
                    ["name": .string("\(name)-p1"), "reference_doctype": "Customer", "reference_docname": "Orient"]
                ]
            ], owner: "e005@plumb.example", at: moment)
    }

    mutating func putLead(_ name: String, at moment: Instant) {
        put(
            "Lead", name,
            [
                "lead_owner": "e005@plumb.example", "status": "Converted", "qualification_status": "Qualified",
                "qualified_on": "2026-07-03", "source": "Campaign", "campaign_name": "夏季推广",
            ], at: moment)
    }

    mutating func putCustomer(_ name: String, lead: String? = nil, at moment: Instant) {
        put(
            "Customer", name,
            [
                "account_manager": "e005@plumb.example", "customer_group": "合作伙伴", "disabled": 0,
                "lead_name": .text(lead),
            ], at: moment)
    }
}
