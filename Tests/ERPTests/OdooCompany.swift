import PlumblineKit

/// Models as a server of version 19 may have them, and an invented company in them.
extension OdooScene {
    typealias Field = OdooEmulator.Field

    /// Models without records beside people, units and what others lead to.
    static func server() -> OdooEmulator {
        var server = OdooEmulator()
        server.models = [
            "hr.department": OdooEmulator.Model([
                "name": Field("char"), "parent_id": Field("many2one", "hr.department"),
                "manager_id": Field("many2one", "hr.employee"), "active": Field("boolean"),
            ]),
            "hr.employee": OdooEmulator.Model([
                "name": Field("char"), "barcode": Field("char"), "work_email": Field("char"),
                "mobile_phone": Field("char"), "department_id": Field("many2one", "hr.department"),
                "job_title": Field("char"), "parent_id": Field("many2one", "hr.employee"),
                "user_id": Field("many2one", "res.users"), "active": Field("boolean"),
                "company_id": Field("many2one", "res.company"),
                "category_ids": Field("many2many", "hr.employee.category"),
                "contract_date_start": Field("date"), "departure_date": Field("date"),
                "departure_reason_id": Field("many2one", "hr.departure.reason"), "identification_id": Field("char"),
                "image_128": Field("binary"), "departure_description": Field("html"),
            ]),
            "res.users": OdooEmulator.Model(["name": Field("char")]),
            "res.company": OdooEmulator.Model([
                "name": Field("char"), "currency_id": Field("many2one", "res.currency"),
            ]),
            "res.currency": OdooEmulator.Model(["name": Field("char")]),
            "hr.employee.category": OdooEmulator.Model(["name": Field("char")]),
            "hr.departure.reason": OdooEmulator.Model(["name": Field("char")]),
        ]
        server.addOrders()
        server.putPeople()
        return server
    }
}

extension OdooEmulator {
    typealias Scene = OdooScene

    mutating func addOrders() {
        models["purchase.order"] = Model([
            "name": Field("char"), "state": Field("selection"), "user_id": Field("many2one", "res.users"),
            "amount_untaxed": Field("monetary"), "currency_id": Field("many2one", "res.currency"),
            "date_approve": Field("datetime"), "date_planned": Field("datetime"), "receipt_status": Field("selection"),
            "order_line": Field("one2many", "purchase.order.line"), "picking_ids": Field("many2many", "stock.picking"),
            "company_id": Field("many2one", "res.company"), "partner_id": Field("many2one", "res.partner"),
            "notes": Field("html"), "x_baseline": Field("monetary"),
        ])
        models["purchase.order.line"] = Model([
            "product_id": Field("many2one", "product.product"), "product_qty": Field("float"),
            "qty_received": Field("float"), "price_unit": Field("float"), "date_planned": Field("datetime"),
            "display_type": Field("selection"),
        ])
        models["stock.picking"] = Model([
            "state": Field("selection"), "date_done": Field("datetime"),
            "location_dest_id": Field("many2one", "stock.location"),
        ])
        models["stock.location"] = Model(["name": Field("char"), "usage": Field("selection")])
        put("stock.location", 4, at: Scene.minute(0), ["name": "Vendors", "usage": "supplier"])
        put("stock.location", 8, at: Scene.minute(0), ["name": "Stock", "usage": "internal"])
        models["product.product"] = Model([
            // Of the template that a product is one of.
            "name": Field("char"), "categ_id": Field("many2one", "product.category", isStored: false),
        ])
        models["product.category"] = Model(["name": Field("char")])
        put("product.category", 61, at: Scene.minute(0), ["name": "办公用品", "display_name": "All / 办公用品"])
        put("product.product", 51, at: Scene.minute(0), ["name": "签字笔", "categ_id": 61])
        put("res.currency", 6, at: Scene.minute(0), ["name": "CNY"])
        put("res.currency", 7, at: Scene.minute(0), ["name": "HKD"])
    }

    /// Employees 1 to 5 have the users 101 to 105; 4 has left; the user 106 belongs to two, the user 107 to nobody.
    mutating func putPeople() {
        put("res.company", 1, at: Scene.minute(0), ["name": "Plumb", "currency_id": 6])
        put("res.company", 2, at: Scene.minute(0), ["name": "Plumb Trading", "currency_id": 7])
        put("hr.department", 1, at: Scene.minute(0), ["name": "运营", "manager_id": 1, "active": true])
        put("hr.department", 2, at: Scene.minute(0), ["name": "采购", "parent_id": 1, "manager_id": 2, "active": true])
        put("hr.employee.category", 1, at: Scene.minute(0), ["name": "核心"])
        put("hr.departure.reason", 1, at: Scene.minute(0), ["name": "Resigned"])
        for id in 101...107 { put("res.users", id, at: Scene.minute(0), ["name": .string("User \(id)")]) }
        for id in 1...5 { putEmployee(id, user: 100 + id, at: Scene.yearsAgo(6 - id)) }
        change(
            "hr.employee", 4, at: Scene.yearsAgo(1),
            [
                "active": false, "departure_date": "2026-06-30", "departure_reason_id": 1,
                "departure_description": "<p>private</p>",
            ])
        putEmployee(8, user: 106, at: Scene.yearsAgo(1))
        putEmployee(9, user: 106, at: Scene.yearsAgo(1))
        change("hr.employee", 9, at: Scene.yearsAgo(1), ["company_id": 2])
    }

    mutating func putEmployee(_ id: Int, user: Int, at moment: Instant) {
        put(
            "hr.employee", id, at: moment,
            [
                "name": .string("员工 \(id)"), "barcode": .string("E00\(id)"),
                "work_email": .string("e\(id)@plumbline.example"), "mobile_phone": false, "department_id": 2,
                "job_title": "采购员", "parent_id": id == 1 ? false : 1, "user_id": .int(user), "active": true,
                "company_id": 1, "category_ids": id == 4 ? [1] : [], "contract_date_start": "2024-03-01",
                "departure_date": false, "departure_reason_id": false, "identification_id": "ID-PRIVATE",
            ])
    }

    // MARK: The other models

    mutating func addRest() {
        addBudgets()
        addHours()
        addApprovals()
        addSales()
        addRecruiting()
        addTrainings()
    }

    private mutating func addBudgets() {
        models["account.analytic.account"] = Model(["name": Field("char")])
        models["budget.analytic"] = Model(["name": Field("char"), "budget_type": Field("selection")])
        models["budget.line"] = Model([
            "budget_analytic_id": Field("many2one", "budget.analytic"),
            "account_id": Field("many2one", "account.analytic.account"), "date_from": Field("date"),
            "date_to": Field("date"), "budget_amount": Field("monetary"),
            "achieved_amount": Field("monetary", isStored: false), "company_id": Field("many2one", "res.company"),
            "currency_id": Field("many2one", "res.currency", isStored: false),
        ])
        put("budget.analytic", 1, at: Scene.minute(0), ["name": "2026 年行政预算", "budget_type": "expense"])
        put("budget.analytic", 2, at: Scene.minute(0), ["name": "2026 年收入预算", "budget_type": "revenue"])
        for id in 1...5 {
            put(
                "account.analytic.account", id, at: Scene.minute(0),
                ["name": .string("CC0\(id)"), "display_name": .string("[A\(id)] CC0\(id) - Plumb")])
            put(
                "budget.line", id, at: Scene.minute(id * 10),
                [
                    "budget_analytic_id": id == 2 ? 2 : 1, "account_id": .int(id), "date_from": "2026-07-01",
                    "date_to": "2026-07-31", "budget_amount": .number("18000.0"),
                    "achieved_amount": .number("17115.450000000001"), "company_id": id == 3 ? 2 : 1,
                    "currency_id": id == 3 ? 7 : 6,
                ])
        }
        models["budget.line"]?.rows[4]?.values["date_from"] = 20_260_701
    }

    private mutating func addHours() {
        models["project.project"] = Model(["name": Field("char")])
        models["project.task"] = Model(["name": Field("char")])
        models["account.analytic.line"] = Model([
            "employee_id": Field("many2one", "hr.employee"), "date": Field("date"), "unit_amount": Field("float"),
            "project_id": Field("many2one", "project.project"), "task_id": Field("many2one", "project.task"),
            "name": Field("char"), "amount": Field("monetary"), "company_id": Field("many2one", "res.company"),
            "holiday_id": Field("many2one", "hr.leave"),
            "global_leave_id": Field("many2one", "resource.calendar.leaves"),
        ])
        put("project.project", 1, at: Scene.minute(0), ["name": "W01 客户工单"])
        for id in 1...6 {
            put(
                "account.analytic.line", id, at: Scene.minute(id * 10),
                [
                    "employee_id": .int(id % 3 + 1), "date": "2026-07-06", "unit_amount": .number("3.5"),
                    "project_id": 1, "task_id": false, "name": "private", "company_id": 1,
                ])
        }
        models["account.analytic.line"]?.rows[3]?.values["date"] = "6 July"
        // Who is away gets lines too.
        models["account.analytic.line"]?.rows[4]?.values["holiday_id"] = 1
        models["account.analytic.line"]?.rows[5]?.values["global_leave_id"] = 3
        // A cost that is posted to an account is no time sheet.
        put("account.analytic.line", 7, at: Scene.minute(70), ["project_id": false, "amount": .number("-80.0")])
    }

    private mutating func addApprovals() {
        models["hr.expense"] = Model([
            "employee_id": Field("many2one", "hr.employee"), "manager_id": Field("many2one", "res.users"),
            "state": Field("selection"), "approval_state": Field("selection"), "approval_date": Field("datetime"),
            "total_amount": Field("monetary"), "name": Field("char"), "company_id": Field("many2one", "res.company"),
        ])
        models["hr.leave"] = Model([
            "employee_id": Field("many2one", "hr.employee"), "manager_id": Field("many2one", "hr.employee"),
            "first_approver_id": Field("many2one", "hr.employee"),
            "second_approver_id": Field("many2one", "hr.employee"),
            "state": Field("selection"), "private_name": Field("char"), "holiday_status_id": Field("many2one", "x"),
            "company_id": Field("many2one", "res.company", isStored: false), "user_id": Field("many2one", "res.users"),
        ])
        for id in 1...4 {
            put(
                "hr.expense", id, at: Scene.minute(id * 10),
                [
                    "employee_id": 3, "manager_id": .int(id == 4 ? 107 : 101), "state": "approved",
                    "approval_state": "approved", "approval_date": "2026-07-02 03:30:00",
                    "total_amount": .number("880.0"), "company_id": 1,
                ])
            put(
                "hr.leave", id, at: Scene.minute(id * 10 + 5),
                [
                    "employee_id": 2, "manager_id": 5, "first_approver_id": id == 1 ? 1 : false, "user_id": 102,
                    "state": id == 1 ? "validate" : "confirm", "private_name": "private",
                    "display_name": "private: sick",
                ])
        }
        models["hr.expense"]?.rows[2]?.values["total_amount"] = "many"
    }

    private mutating func addSales() {
        models["crm.stage"] = Model(["name": Field("char"), "is_won": Field("boolean")])
        models["utm.source"] = Model(["name": Field("char")])
        models["utm.campaign"] = Model(["name": Field("char")])
        models["crm.tag"] = Model(["name": Field("char")])
        models["crm.lead"] = Model([
            "user_id": Field("many2one", "res.users"), "type": Field("selection"), "active": Field("boolean"),
            "stage_id": Field("many2one", "crm.stage"), "probability": Field("float"),
            "source_id": Field("many2one", "utm.source"), "campaign_id": Field("many2one", "utm.campaign"),
            "tag_ids": Field("many2many", "crm.tag"), "date_conversion": Field("datetime"),
            "date_closed": Field("datetime"), "lost_reason_id": Field("many2one", "crm.lost.reason"),
            "email_from": Field("char"), "phone": Field("char"), "company_id": Field("many2one", "res.company"),
            "x_qualified_date": Field("datetime"),
        ])
        models["res.partner"] = Model([
            "name": Field("char"), "user_id": Field("many2one", "res.users"), "is_company": Field("boolean"),
            "active": Field("boolean"), "category_id": Field("many2many", "res.partner.category"),
            "email": Field("char"), "company_id": Field("many2one", "res.company"), "x_kind": Field("char"),
            "x_signed_date": Field("date"),
        ])
        models["res.partner.category"] = Model(["name": Field("char")])
        models["calendar.event.type"] = Model(["name": Field("char")])
        models["calendar.event"] = Model([
            "user_id": Field("many2one", "res.users"), "categ_ids": Field("many2many", "calendar.event.type"),
            "start": Field("datetime"), "allday": Field("boolean"), "active": Field("boolean"),
            "opportunity_id": Field("many2one", "crm.lead"), "name": Field("char"), "description": Field("html"),
            "partner_ids": Field("many2many", "res.partner"),
        ])
        putSales()
    }

    private mutating func putSales() {
        put("crm.stage", 1, at: Scene.minute(0), ["name": "方案", "is_won": false])
        put("crm.stage", 2, at: Scene.minute(0), ["name": "赢单", "is_won": true])
        put("utm.source", 1, at: Scene.minute(0), ["name": "展会"])
        put("crm.tag", 1, at: Scene.minute(0), ["name": "重点"])
        put("res.partner.category", 1, at: Scene.minute(0), ["name": "渠道"])
        put("calendar.event.type", 1, at: Scene.minute(0), ["name": "高层拜访"])
        for id in 1...6 { putSale(id) }
        models["crm.lead"]?.rows[3]?.values["date_closed"] = "soon"
        models["res.partner"]?.rows[3]?.values["category_id"] = ["渠道"]
        models["calendar.event"]?.rows[3]?.values["start"] = 9
        put("res.partner", 7, at: Scene.minute(70), ["name": "A person", "is_company": false, "user_id": 101])
    }

    private mutating func putSale(_ id: Int) {
        put(
            "crm.lead", id, at: Scene.minute(id * 10),
            [
                "user_id": .int(id == 6 ? 106 : 102), "type": "opportunity", "active": .bool(id != 5),
                "stage_id": id == 2 ? 2 : 1, "probability": .number("20.0"), "source_id": 1, "campaign_id": false,
                "tag_ids": [1], "date_conversion": "2026-07-03 02:00:00",
                "date_closed": id == 2 ? "2026-07-20 02:00:00" : false, "email_from": "private@plumbline.example",
            ], made: Scene.minute(-60))
        put(
            "res.partner", id, at: Scene.minute(id * 10),
            [
                "name": .string("Partner \(id)"), "user_id": 103, "is_company": true, "active": true,
                "category_id": [1], "x_kind": "渠道商", "x_signed_date": "2026-07-08",
            ])
        put(
            "calendar.event", id, at: Scene.minute(id * 10),
            [
                "user_id": 103, "categ_ids": [1], "start": "2026-07-09 06:00:00", "allday": false, "active": true,
                "opportunity_id": 2, "name": "private",
            ])
    }

    private mutating func addRecruiting() {
        models["hr.job"] = Model([
            "name": Field("char"), "user_id": Field("many2one", "res.users"), "no_of_recruitment": Field("integer"),
            "department_id": Field("many2one", "hr.department"), "active": Field("boolean"),
            "company_id": Field("many2one", "res.company"), "x_is_key": Field("boolean"),
            "x_target_date": Field("date"), "x_openings": Field("integer"),
        ])
        models["hr.recruitment.stage"] = Model(["name": Field("char"), "hired_stage": Field("boolean")])
        models["hr.applicant"] = Model([
            "job_id": Field("many2one", "hr.job"), "user_id": Field("many2one", "res.users"),
            "stage_id": Field("many2one", "hr.recruitment.stage"), "active": Field("boolean"),
            "date_closed": Field("datetime"), "application_status": Field("selection"),
            "employee_id": Field("many2one", "hr.employee"), "partner_name": Field("char"),
            "email_from": Field("char"), "x_offer_date": Field("datetime"),
            "company_id": Field("many2one", "res.company"),
        ])
        put("hr.recruitment.stage", 1, at: Scene.minute(0), ["name": "录用", "hired_stage": true])
        put("hr.recruitment.stage", 2, at: Scene.minute(0), ["name": "面试", "hired_stage": false])
        for id in 1...5 {
            put(
                "hr.job", id, at: Scene.minute(id * 10),
                [
                    "name": "软件工程师", "user_id": 105, "no_of_recruitment": 2, "department_id": 1, "active": true,
                    "x_is_key": .bool(id == 1), "x_target_date": "2026-08-31", "x_openings": 2,
                ])
            put(
                "hr.applicant", id, at: Scene.minute(id * 10),
                [
                    "job_id": 1, "user_id": 105, "stage_id": 1, "active": true, "date_closed": "2026-07-10 06:00:00",
                    "application_status": "hired", "employee_id": .int(id == 1 ? 4 : 5), "partner_name": "private",
                    "x_offer_date": "2026-07-08 06:00:00",
                ])
        }
        models["hr.job"]?.rows[3]?.values["no_of_recruitment"] = "two"
        models["hr.applicant"]?.rows[3]?.values["employee_id"] = "five"
    }

    /// An applicant comes to the stage that means hired: the job then seeks one fewer.
    mutating func hire(_ applicant: Int, at moment: Instant) {
        change("hr.applicant", applicant, at: moment, ["stage_id": 1, "application_status": "hired"])
        guard let job = models["hr.applicant"]?.rows[applicant]?.values["job_id"]?.int,
            let sought = models["hr.job"]?.rows[job]?.values["no_of_recruitment"]?.int
        else { return }
        change("hr.job", job, at: moment, ["no_of_recruitment": .int(sought - 1)])
    }

    private mutating func addTrainings() {
        models["event.stage"] = Model(["name": Field("char")])
        models["event.tag"] = Model(["name": Field("char")])
        models["event.registration"] = Model(["state": Field("selection"), "name": Field("char")])
        models["event.event"] = Model([
            "user_id": Field("many2one", "res.users"), "stage_id": Field("many2one", "event.stage"),
            "tag_ids": Field("many2many", "event.tag"), "date_begin": Field("datetime"), "active": Field("boolean"),
            "registration_ids": Field("one2many", "event.registration"), "company_id": Field("many2one", "res.company"),
            "x_planned_attendees": Field("integer"),
        ])
        put("event.stage", 1, at: Scene.minute(0), ["name": "Ended"])
        put("event.tag", 1, at: Scene.minute(0), ["name": "内部培训"])
        for id in 1...5 {
            for (place, state) in ["done", "done", "open", "cancel"].enumerated() {
                put(
                    "event.registration", id * 10 + place, at: Scene.minute(id * 10),
                    ["state": .string(state), "name": "private"])
            }
            put(
                "event.event", id, at: Scene.minute(id * 10),
                [
                    "user_id": 105, "stage_id": 1, "tag_ids": [1], "date_begin": "2026-07-22 01:00:00", "active": true,
                    "registration_ids": .array((0..<4).map { .int(id * 10 + $0) }), "x_planned_attendees": 3,
                ])
        }
        models["event.registration"]?.rows[32]?.values["state"] = 4
    }
}
