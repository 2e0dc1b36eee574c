import PlumblineKit

/// The streams, and the fields that are usual. Names differ by version, and none was seen on a running server: each is looked
/// up with `fields_get` before it is read.
extension OdooStream {
    static let all = [
        employees, budgetLines, purchases, timesheetEntries, approvals, leads, partners, activities, requisitions,
        hires,
        trainings, separations,
    ]

    /// What every record may tell.
    static let common = [
        OdooMember(
            "active", ["active"], .plain("bool?"), zh: "是否有效；已归档为 false", en: "False where it was archived"),
        OdooMember("company", ["company_id"], .link, zh: "公司", en: "Company"),
        OdooMember("created_at", ["create_date"], .plain("time?"), zh: "创建时间", en: "When it was made"),
        OdooMember("updated_at", ["write_date"], .plain("time?"), zh: "最后修改时间", en: "When it last changed"),
    ]

    static let budgetLines = OdooStream(
        "budget_lines", "budget", LocalizedText(zh: "预算行；每次全部读取", en: "Lines of budgets, all of them each time"),
        "budget_line", models: ["budget.line"], isIncremental: false, derived: [.period],
        common + [
            OdooMember("budget", ["budget_analytic_id", "crossovered_budget_id"], .link, zh: "预算", en: "The budget"),
            OdooMember(
                "type", ["budget_analytic_id.budget_type"], zh: "预算类型：revenue、expense 或 both；18 版之前没有",
                en: "revenue, expense or both; none before version 18"),
            OdooMember("currency", ["currency_id", "company_id.currency_id"], .link, zh: "币种", en: "Currency"),
            OdooMember("account", ["account_id", "analytic_account_id"], .link, zh: "分析科目", en: "Analytic account"),
            OdooMember(
                "account_label", ["account_id.name", "analytic_account_id.name"], zh: "分析科目的名称，不含编号和伙伴",
                en: "The account's name, without code and partner"),
            OdooMember("position", ["general_budget_id"], .link, zh: "预算科目组", en: "Budgetary position"),
            OdooMember("start_date", ["date_from"], isRequired: true, zh: "开始日期", en: "First day"),
            OdooMember("end_date", ["date_to"], isRequired: true, zh: "结束日期", en: "Last day"),
            OdooMember(
                "amount", ["budget_amount", "planned_amount"], .plain("number?"), isRequired: true, zh: "预算金额",
                en: "What may be spent"),
            OdooMember(
                "actual", ["achieved_amount", "practical_amount"], .plain("number?"), isRequired: true, zh: "已发生金额",
                en: "What was posted, as the server adds it up"),
            OdooMember(
                "state", ["budget_analytic_state", "crossovered_budget_state"], zh: "预算状态", en: "State of the budget"),
        ])

    static let purchases = OdooStream(
        "purchases", "purchase", LocalizedText(zh: "采购订单，含明细和到货", en: "Purchase orders with lines and receipts"),
        "purchase", models: ["purchase.order"],
        common + [
            OdooMember("number", ["name"], zh: "订单号", en: "The order's number"),
            OdooMember(
                "state", ["state"], isRequired: true, zh: "状态", en: "draft, sent, to approve, purchase, done or cancel"),
            OdooMember("buyer", ["user_id"], .person, zh: "采购员", en: "Who answers for it"),
            OdooMember(
                "amount", ["amount_untaxed"], .plain("number?"), isRequired: true, zh: "未税金额，订单币种",
                en: "Amount without taxes, in the order's currency"),
            OdooMember("currency", ["currency_id"], .link, zh: "币种", en: "Currency"),
            OdooMember("ordered_at", ["date_approve"], .plain("time?"), zh: "确认时间", en: "When it was confirmed"),
            OdooMember("promised_at", ["date_planned"], .plain("time?"), zh: "预计到货时间", en: "When it is expected"),
            OdooMember(
                "receipt_status", ["receipt_status"], zh: "到货状态：pending、partial 或 full", en: "pending, partial or full"),
            OdooMember(
                "lines", ["order_line"], .parts(setting: lineFields, lineMembers), isRequired: true, zh: "明细行",
                en: "Its lines"),
            OdooMember(
                "receipts", ["picking_ids"], .parts(setting: receiptFields, receiptMembers), zh: "到货单",
                en: "Its receipts"),
        ])

    private static let lineFields = Setting<[String: String]>.map(
        "purchase_line_fields", default: [:],
        LocalizedText(zh: "采购明细行成员对应的字段", en: "Fields of order lines, by members"))
    private static let receiptFields = Setting<[String: String]>.map(
        "receipt_fields", default: [:], LocalizedText(zh: "到货单成员对应的字段", en: "Fields of receipts, by members"))

    private static let lineMembers = [
        OdooMember("display_type", ["display_type"], zh: "分节或备注；商品行为空", en: "A section or note; null for goods"),
        OdooMember("product", ["product_id"], .link, zh: "产品", en: "Product"),
        OdooMember("category", ["product_id.categ_id"], .link, zh: "产品类别", en: "The product's category"),
        OdooMember("quantity", ["product_qty"], .plain("number?"), isRequired: true, zh: "数量", en: "Quantity"),
        OdooMember("received", ["qty_received"], .plain("number?"), zh: "已收数量", en: "What came"),
        OdooMember("unit_price", ["price_unit"], .plain("number?"), zh: "单价", en: "Price of one"),
        OdooMember("promised_at", ["date_planned"], .plain("time?"), zh: "预计到货时间", en: "When it is expected"),
    ]

    private static let receiptMembers = [
        OdooMember(
            "state", ["state"], isRequired: true, zh: "状态", en: "draft, waiting, confirmed, assigned, done or cancel"),
        OdooMember("done_at", ["date_done"], .plain("time?"), zh: "完成时间", en: "When it was done"),
        OdooMember(
            "destination", ["location_dest_id.usage"], zh: "目的地的类型；退货为 supplier",
            en: "What kind of place it went to; supplier where goods were sent back"),
    ]

    static let timesheetEntries = OdooStream(
        "timesheet_entries", "timesheet", LocalizedText(zh: "工时记录", en: "Timesheet lines"), "timesheet_entry",
        models: ["account.analytic.line"], domain: [["project_id", "!=", false]],
        common + [
            OdooMember("employee", ["employee_id"], .person, isRequired: true, zh: "员工编号", en: "The employee's number"),
            OdooMember("date", ["date"], .plain("date?"), isRequired: true, zh: "日期", en: "Day"),
            OdooMember("hours", ["unit_amount"], .plain("number?"), isRequired: true, zh: "小时数", en: "Hours"),
            OdooMember("project", ["project_id"], .link, isRequired: true, zh: "项目", en: "Project"),
            OdooMember("task", ["task_id"], .link, zh: "任务", en: "Task"),
            OdooMember(
                "leave", ["holiday_id"], .number, zh: "休假单；工作时间没有", en: "The leave it stands for; none for work"),
            OdooMember(
                "public_holiday", ["global_leave_id"], .number, zh: "公共假期；工作时间没有",
                en: "The public holiday it stands for; none for work"),
        ])

    /// What one model calls `manager_id` or `user_id` is somebody else in another.
    static let approvals = OdooStream(
        "approvals", "approval", LocalizedText(zh: "费用和休假的审批", en: "Approvals of expenses and leave"), "approval",
        models: ["hr.expense", "hr.leave"], isMixed: true,
        common + [
            OdooMember("employee", ["employee_id"], .person, isRequired: true, zh: "申请人", en: "Who asks"),
            OdooMember(
                "approver", ["hr.leave/first_approver_id", "hr.expense/manager_id", "hr.expense.sheet/user_id"],
                .person, zh: "审批人", en: "Who decides"),
            OdooMember(
                "second_approver", ["hr.leave/second_approver_id"], .person, zh: "第二审批人", en: "Who decides second"),
            OdooMember("state", ["state"], isRequired: true, zh: "状态", en: "State, in the model's own words"),
            OdooMember("approval_state", ["approval_state"], zh: "审批状态", en: "State of the approval"),
            OdooMember(
                "requested_at", [], .plain("time?"), zh: "提交时间；Odoo 不提供",
                en: "When it was submitted; Odoo does not tell"),
            OdooMember(
                "decided_at", ["approval_date"], .plain("time?"), zh: "批准时间；休假没有",
                en: "When it was approved; leave has none"
            ),
            OdooMember("amount", ["total_amount"], .plain("number?"), zh: "金额", en: "Amount"),
        ])

    static let leads = OdooStream(
        "leads", "lead", LocalizedText(zh: "线索与商机", en: "Leads and opportunities"), "lead", models: ["crm.lead"],
        common + [
            OdooMember("owner", ["user_id"], .person, isRequired: true, zh: "负责人", en: "Who answers for it"),
            OdooMember("type", ["type"], isRequired: true, zh: "lead 或 opportunity", en: "lead or opportunity"),
            OdooMember("stage", ["stage_id"], .link, zh: "阶段", en: "Stage"),
            OdooMember(
                "is_won", ["stage_id.is_won"], .plain("bool?"), zh: "所在阶段是否为赢单", en: "Whether its stage means won"),
            OdooMember("won_status", ["won_status"], zh: "won、lost 或 pending", en: "won, lost or pending"),
            OdooMember("probability", ["probability"], .plain("number?"), zh: "成功概率", en: "Probability in percent"),
            OdooMember("lost_reason", ["lost_reason_id"], .link, zh: "丢单原因", en: "Why it was lost"),
            OdooMember("source", ["source_id"], .link, zh: "来源", en: "Source"),
            OdooMember("campaign", ["campaign_id"], .link, zh: "营销活动", en: "Campaign"),
            OdooMember("tags", ["tag_ids"], .plain("list<string>"), zh: "标签", en: "Tags"),
            OdooMember(
                "opportunity_at", ["date_conversion"], .plain("time?"), zh: "转为商机的时间",
                en: "When it became an opportunity"),
            OdooMember("closed_at", ["date_closed"], .plain("time?"), zh: "关闭时间", en: "When it was closed"),
            OdooMember(
                "qualified_at", [], .plain("time?"), zh: "确认有效的时间；由企业字段提供",
                en: "When it was qualified, by a field of the company's own"),
            OdooMember("duplicate_of", [], zh: "重复于；由企业字段提供", en: "What it repeats, by a field of the company's own"),
        ])

    static let partners = OdooStream(
        "partners", "partner", LocalizedText(zh: "合作伙伴（公司）", en: "Partners that are companies"), "partner",
        models: ["res.partner"], domain: [["is_company", "=", true]],
        common + [
            OdooMember("owner", ["user_id"], .person, isRequired: true, zh: "负责人", en: "Who answers for it"),
            OdooMember("categories", ["category_id"], .plain("list<string>"), zh: "标签", en: "Tags"),
            OdooMember("grade", ["grade_id"], .link, zh: "伙伴等级", en: "Partner level"),
            OdooMember("kind", [], zh: "类别；由企业字段提供", en: "Its kind, by a field of the company's own"),
            OdooMember(
                "qualified", [], .plain("bool?"), zh: "是否符合准入标准；由企业字段提供",
                en: "Whether it meets the criteria, by a field of the company's own"),
            OdooMember(
                "first_contact_at", [], .plain("time? or date?"), zh: "首次接触；由企业字段提供",
                en: "First contact, by a field of the company's own"),
            OdooMember(
                "mou_signed_at", [], .plain("time? or date?"), zh: "意向书签署；由企业字段提供",
                en: "Memorandum signed, by a field of the company's own"),
            OdooMember(
                "signed_at", ["date_partnership"], .plain("time? or date?"), zh: "签约日期", en: "Day of the partnership"),
            OdooMember(
                "first_deal_at", [], .plain("time? or date?"), zh: "首单；由企业字段提供",
                en: "First deal, by a field of the company's own"),
            OdooMember(
                "ended_at", [], .plain("time? or date?"), zh: "终止；由企业字段提供", en: "End, by a field of the company's own"),
        ])

    static let activities = OdooStream(
        "activities", "activity", LocalizedText(zh: "会议与活动", en: "Meetings and activities"), "activity",
        models: ["calendar.event"], isMixed: true,
        common + [
            OdooMember("owner", ["user_id"], .person, isRequired: true, zh: "负责人", en: "Who answers for it"),
            OdooMember("type", ["activity_type_id"], .link, zh: "活动类型", en: "Type of the activity"),
            OdooMember("categories", ["categ_ids"], .plain("list<string>"), zh: "日程标签", en: "Tags of the meeting"),
            OdooMember("starts_at", ["start"], .plain("time?"), zh: "会议开始时间", en: "When the meeting begins"),
            OdooMember("is_all_day", ["allday"], .plain("bool?"), zh: "是否全天", en: "Whether it has no time of day"),
            OdooMember("due_on", ["date_deadline"], .plain("date?"), zh: "到期日", en: "When it is due"),
            OdooMember("done_on", ["date_done"], .plain("date?"), zh: "完成日", en: "When it was done"),
            OdooMember("opportunity", ["opportunity_id"], .link, zh: "商机", en: "Opportunity"),
            OdooMember("counterparty", [], zh: "对象；由企业字段提供", en: "Who was met, by a field of the company's own"),
            OdooMember(
                "accepted", [], .plain("bool?"), zh: "是否已验收；由企业字段提供",
                en: "Whether it was accepted, by a field of the company's own"),
            OdooMember(
                "evidence", [], zh: "凭证地址；由企业字段提供", en: "Address of the evidence, by a field of the company's own"),
        ])
}
