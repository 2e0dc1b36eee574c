import PlumblineKit

/// A stream: a form, whether only changes are read of it, and whether its entries are records of their own.
struct KingdeeStream: Sendable {
    let description: StreamDescription
    let form: KingdeeFormSettings
    /// Whether each entry is a record; else a bill is one, with its entries folded in.
    var isOfEntries = false

    var name: String { description.name }

    /// The streams, in the order of the description.
    static let all = [budgetLines, purchases, timesheetEntries, approvals, employees]

    private static let id = SourceField("id", "string", LocalizedText(zh: "内码", en: "Internal number"))
    private static let entryID = SourceField(
        "id", "string", LocalizedText(zh: "单据内码/明细内码", en: "Internal numbers of bill and entry"))
    private static let bill = SourceField(
        "bill_id", "string", LocalizedText(zh: "单据内码", en: "Internal number of the bill"))
    private static let status = SourceField(
        "status", "string?",
        LocalizedText(
            zh: "单据状态：A 创建，B 审核中，C 已审核，D 重新审核，Z 暂存",
            en: "A made, B in approval, C approved, D in approval again, Z draft"))
    private static let date = SourceField(
        "date", "time?", LocalizedText(zh: "日期，服务器当地时间", en: "Date, in the server's local time"))

    static let budgetLines = KingdeeStream(
        description: StreamDescription(
            name: "budget_lines", help: LocalizedText(zh: "预算明细；每次全部读取", en: "Lines of budgets, all of them each time"),
            recordType: "budget_line", deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: [
                entryID, bill, status, date,
                SourceField("department", "string?", LocalizedText(zh: "部门编码", en: "Number of the department")),
                SourceField("category", "string?", LocalizedText(zh: "预算科目编码", en: "Number of the budget's account")),
                SourceField("budget", "number?", LocalizedText(zh: "预算金额", en: "What may be spent")),
                SourceField("actual", "number?", LocalizedText(zh: "实际金额", en: "What was spent")),
            ]),
        form: KingdeeFormSettings(
            "budget", LocalizedText(zh: "预算", en: "Budgets"), form: nil,
            fields: ["status": "FDocumentStatus", "date": "FDate", "department": "FDeptId.FNumber"],
            entryFields: [
                "id": "FEntity_FEntryId", "category": "FAccountId.FNumber", "budget": "FBudgetAmount",
                "actual": "FActualAmount",
            ], organization: "FOrgId.FNumber"), isOfEntries: true)

    static let purchases = KingdeeStream(
        description: StreamDescription(
            name: "purchases", help: LocalizedText(zh: "采购订单，含明细", en: "Purchase orders with their entries"),
            recordType: "purchase", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "单据编号", en: "The order's number")), status, date,
                SourceField("purchaser", "string?", LocalizedText(zh: "采购员编码", en: "Number of the buyer")),
                SourceField("amount", "number?", LocalizedText(zh: "金额", en: "Amount without taxes")),
                SourceField("closed", "string?", LocalizedText(zh: "关闭状态：A 未关闭，B 已关闭", en: "A open, B closed")),
                SourceField("cancelled", "string?", LocalizedText(zh: "作废状态：A 未作废，B 已作废", en: "A valid, B void")),
                SourceField("modified", "time?", LocalizedText(zh: "修改时间", en: "When it last changed")),
                SourceField(
                    "entries", "list<{id, material, quantity, received, unit_price, promised}>",
                    LocalizedText(zh: "明细行", en: "Its entries, in the order of their numbers")),
            ]),
        form: KingdeeFormSettings(
            "purchase", LocalizedText(zh: "采购订单", en: "Purchase orders"), form: "PUR_PurchaseOrder",
            fields: [
                "number": "FBillNo", "status": "FDocumentStatus", "date": "FDate", "purchaser": "FPurchaserId.FNumber",
                "amount": "FBillAmount", "closed": "FCloseStatus", "cancelled": "FCancelStatus",
                "modified": "FModifyDate",
            ],
            entryFields: [
                "id": "FPOOrderEntry_FEntryId", "material": "FMaterialId.FNumber", "quantity": "FQty",
                "received": "FStockInQty", "unit_price": "FPrice", "promised": "FDeliveryDate",
            ], organization: "FPurchaseOrgId.FNumber"))

    static let timesheetEntries = KingdeeStream(
        description: StreamDescription(
            name: "timesheet_entries", help: LocalizedText(zh: "工时明细", en: "Lines of timesheets"),
            recordType: "timesheet_entry", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                entryID, bill, status, date,
                SourceField("employee", "string?", LocalizedText(zh: "员工编码", en: "Number of the employee")),
                SourceField("hours", "number?", LocalizedText(zh: "小时数", en: "Hours")),
                SourceField("project", "string?", LocalizedText(zh: "项目编码", en: "Number of the project")),
            ]),
        form: KingdeeFormSettings(
            "timesheet", LocalizedText(zh: "工时", en: "Timesheets"), form: nil,
            fields: ["status": "FDocumentStatus", "date": "FDate", "employee": "FEmpId.FNumber"],
            entryFields: ["id": "FEntity_FEntryId", "hours": "FHours", "project": "FProjectId.FNumber"],
            organization: "FOrgId.FNumber"), isOfEntries: true)

    static let approvals = KingdeeStream(
        description: StreamDescription(
            name: "approvals", help: LocalizedText(zh: "费用报销单及其审核", en: "Expense claims and their approval"),
            recordType: "approval", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "单据编号", en: "The claim's number")), status, date,
                SourceField("requester", "string?", LocalizedText(zh: "申请人编码", en: "Number of who asks")),
                SourceField(
                    "approver", "string?",
                    LocalizedText(
                        zh: "审核人，系统用户；未审核为空", en: "Who approved it, as a user of the system; null until then")),
                SourceField("created", "time?", LocalizedText(zh: "创建时间", en: "When it was made")),
                SourceField("approved", "time?", LocalizedText(zh: "审核时间", en: "When it was approved")),
                SourceField("amount", "number?", LocalizedText(zh: "报销金额", en: "Amount")),
                SourceField("modified", "time?", LocalizedText(zh: "修改时间", en: "When it last changed")),
                SourceField("entries", "list", LocalizedText(zh: "明细行；默认不读", en: "Its entries; not read unless said")),
            ]),
        form: KingdeeFormSettings(
            "approval", LocalizedText(zh: "审批单据", en: "Approvals"), form: "ER_ExpReimbursement",
            fields: [
                "number": "FBillNo", "status": "FDocumentStatus", "date": "FDate", "requester": "FProposerID.FNumber",
                "approver": "FApproverId.FNumber", "created": "FCreateDate", "approved": "FApproveDate",
                "amount": "FLocExpAmountSum", "modified": "FModifyDate",
            ], entryFields: [:], organization: "FOrgID.FNumber"))

    static let employees = KingdeeStream(
        description: StreamDescription(
            name: "employees", help: LocalizedText(zh: "员工；每次全部读取", en: "Employees, all of them each time"),
            deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "员工编码", en: "Number of the employee")),
                SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
            ]),
        form: KingdeeFormSettings(
            "employee", LocalizedText(zh: "员工", en: "Employees"), form: "BD_Empinfo",
            fields: ["number": "FNumber", "name": "FName"], entryFields: [:], organization: "FUseOrgId.FNumber"))
}
