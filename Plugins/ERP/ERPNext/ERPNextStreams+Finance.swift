import PlumblineKit

/// Budgets, purchases, hours and approvals.
extension ERPNextStream {
    /// The company, whose currency amounts are in.
    private static func company(of form: String) -> ERPNextLink {
        ERPNextLink(
            form, "company_info", LocalizedText(zh: "单据的公司", en: "Companies of documents"), doctype: "Company",
            fields: ["currency": "default_currency"], .named(by: "company"))
    }

    private static let companyInfo = field(
        "company_info", "{id, currency}?", "公司及其本位币", "The company, with the currency that it counts in")

    static let budgetLines = ERPNextStream(
        description: StreamDescription(
            name: "budget_lines",
            help: LocalizedText(
                zh: "预算的各科目及其实际发生额；每次全部读取", en: "Accounts of budgets, with what was posted; all of them each time"),
            recordType: "budget_line", deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: rowHead + [
                text("company", "公司", "The company"),
                text("against", "预算对象：Cost Center 或 Project", "What it is for: Cost Center or Project"),
                text("cost_center", "成本中心", "The cost center"), text("project", "项目", "The project"),
                text("fiscal_year", "财年", "The fiscal year"), text("account", "科目", "The account"), companyInfo,
                field(
                    "account_info", "{id, root_type}?", "科目及其根类型：Expense、Income 等",
                    "The account, with the type of its root: Expense, Income and the like"),
                number("amount", "预算金额", "What may be spent"),
                date("start", "开始日期：明细所写，否则为财年首日", "First day: the line's own, else that of the fiscal year"),
                date("end", "结束日期", "Last day"),
                text(
                    "period", "期间，如 2026、2026-Q3；起止日期不成期间时为空", "Such as 2026 or 2026-Q3; null where the days make none"),
                number("actual", "已过账借方减贷方，含下级成本中心", "Posted debit minus credit, with the cost centers beneath"),
            ]),
        forms: [
            ERPNextFormSettings(
                "budget", LocalizedText(zh: "预算", en: "Budgets"), doctype: "Budget",
                fields: [
                    "company": "company", "against": "budget_against", "cost_center": "cost_center",
                    "project": "project",
                    "fiscal_year": "fiscal_year", "account": "account", "start": "budget_start_date",
                    "end": "budget_end_date",
                ],
                rows: ("accounts", ["account": "account", "amount": "budget_amount"]),
                links: [
                    ERPNextLink(
                        "budget", "year", LocalizedText(zh: "预算的财年", en: "Fiscal years of budgets"),
                        doctype: "Fiscal Year", fields: ["start": "year_start_date", "end": "year_end_date"],
                        .named(by: "fiscal_year")),
                    company(of: "budget"),
                    ERPNextLink(
                        "budget", "account_info", LocalizedText(zh: "预算的科目", en: "Accounts of budgets"),
                        doctype: "Account", fields: ["root_type": "root_type"], .named(by: "account")),
                ],
                states: .submitted, isOfRows: true)
        ], completion: .postings)

    private static let receipts = LocalizedText(zh: "采购订单的收货单", en: "Receipts of purchase orders")

    static let purchases = ERPNextStream(
        description: StreamDescription(
            name: "purchases", help: LocalizedText(zh: "采购订单，含明细与收货", en: "Purchase orders with items and receipts"),
            recordType: "purchase", deletions: [.fullList, .reported, .neverKnown], isIncremental: true,
            fields: head + [
                owner, created, text("status", "状态", "To Receive and Bill, To Bill, Completed, Closed and the like"),
                date("ordered_on", "下单日期", "Day of the order"),
                date("promised_on", "要求到货日期", "Day by which it is required"),
                number("amount", "未税金额，公司本位币", "Amount without taxes, in the company's currency"),
                number("received_percent", "已到货百分比", "How much of it has come"), text("company", "公司", "The company"),
                companyInfo,
                field(
                    "rows", "list<{id, item, category, quantity, received, rate, amount, promised_on, cost_center}>",
                    "明细", "Its items"),
                field(
                    "receipts", "list<{id, received_on}>", "已提交的收货单，不含退货",
                    "Receipts that are submitted, without returns"),
            ]),
        forms: [
            ERPNextFormSettings(
                "purchase", LocalizedText(zh: "采购订单", en: "Purchase orders"), doctype: "Purchase Order",
                fields: [
                    "owner": "owner", "created": "creation", "status": "status", "ordered_on": "transaction_date",
                    "promised_on": "schedule_date", "amount": "base_net_total", "received_percent": "per_received",
                    "company": "company",
                ],
                rows: (
                    "items",
                    [
                        "item": "item_code", "category": "item_group", "quantity": "qty", "received": "received_qty",
                        "rate": "base_net_rate", "amount": "base_net_amount", "promised_on": "schedule_date",
                        "cost_center": "cost_center",
                    ]
                ),
                links: [
                    company(of: "purchase"),
                    ERPNextLink(
                        "purchase", "receipts", receipts, doctype: "Purchase Receipt",
                        fields: ["received_on": "posting_date"],
                        ERPNextLink.rows(
                            "purchase", "receipts", of: "Purchase Receipt Item", from: "purchase_order",
                            unlessZero: "received_percent", receipts),
                        where: [["docstatus", "=", 1], ["is_return", "=", 0]]),
                ],
                states: .submittedAndCancelled)
        ])

    static let timesheetEntries = ERPNextStream(
        description: StreamDescription(
            name: "timesheet_entries",
            help: LocalizedText(
                zh: "工时表的各条记录；工时表取消即删除", en: "Logs of timesheets; those of a cancelled one are deleted"),
            recordType: "timesheet_entry", deletions: [.reported, .fullList, .neverKnown], isIncremental: true,
            fields: rowHead + [
                text("employee", "员工", "The employee"), time("from", "开始时间", "When it began"),
                time("to", "结束时间", "When it ended"), number("hours", "小时数", "Hours"),
                text("project", "项目", "The project"),
                text("task", "任务", "The task"), text("activity", "活动类型", "The type of activity"),
                date("date", "工时表的开始日期", "First day of the timesheet"),
            ]),
        forms: [
            ERPNextFormSettings(
                "timesheet", LocalizedText(zh: "工时表", en: "Timesheets"), doctype: "Timesheet",
                fields: ["employee": "employee", "date": "start_date"],
                rows: (
                    "time_logs",
                    [
                        "from": "from_time", "to": "to_time", "hours": "hours", "project": "project", "task": "task",
                        "activity": "activity_type",
                    ]
                ),
                states: .submittedUntilCancelled, isOfRows: true)
        ])

    static let approvals = ERPNextStream(
        description: StreamDescription(
            name: "approvals",
            help: LocalizedText(zh: "费用报销与请假及其审批", en: "Expense claims and leave, with who approves"),
            recordType: "approval", deletions: [.fullList, .reported, .neverKnown], isIncremental: true,
            fields: [
                field("id", "string", "DocType/单据名称", "Type and name of the document"), doctype, docstatus, created,
                text("requester", "员工", "The employee who asks"), text("approver", "审批人，系统用户", "Who approves, a user"),
                text("outcome", "审批结果", "Approved, Rejected, Draft or Open"),
                number("amount", "报销金额", "Amount claimed"),
                date("from", "开始日期", "First day of leave"), date("to", "结束日期", "Last day of leave"),
                text("leave_type", "假别", "Type of leave"), date("posted_on", "过账日期", "Posting date"),
            ]),
        forms: [
            ERPNextFormSettings(
                "expense_claim", LocalizedText(zh: "费用报销", en: "Expense claims"), doctype: "Expense Claim",
                fields: [
                    "created": "creation", "requester": "employee", "approver": "expense_approver",
                    "outcome": "approval_status", "amount": "total_claimed_amount", "posted_on": "posting_date",
                ], states: .approvals),
            ERPNextFormSettings(
                "leave_application", LocalizedText(zh: "请假", en: "Leave"), doctype: "Leave Application",
                fields: [
                    "created": "creation", "requester": "employee", "approver": "leave_approver", "outcome": "status",
                    "from": "from_date", "to": "to_date", "leave_type": "leave_type", "posted_on": "posting_date",
                ], states: .approvals),
        ])
}
