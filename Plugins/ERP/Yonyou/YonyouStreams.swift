import PlumblineKit

/// A stream and its list.
struct YonyouStream: Sendable {
    let description: StreamDescription
    let list: YonyouListSettings

    var name: String { description.name }

    /// The streams, in the order of the description.
    static let all = [purchases, approvals, budgetLines, timesheetEntries, employees]

    private static let id = SourceField("id", "string", LocalizedText(zh: "标识", en: "Identifier"))
    private static let status = SourceField(
        "status", "string?", LocalizedText(zh: "单据状态", en: "Status of the document"))
    private static let date = SourceField(
        "date", "time?",
        LocalizedText(zh: "单据日期，带时差，如 2026-07-01T00:00:00+08:00", en: "Date of the document, with its offset"))
    private static let modified = SourceField(
        "modified", "time?", LocalizedText(zh: "最近变更时间", en: "When it last changed"))

    static let purchases = YonyouStream(
        description: StreamDescription(
            name: "purchases", help: LocalizedText(zh: "采购订单，含明细", en: "Purchase orders with their entries"),
            recordType: "purchase", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "订单编号", en: "The order's number")),
                SourceField(
                    "status", "number?",
                    LocalizedText(zh: "0 开立，1 已审核，2 已关闭，3 审核中", en: "0 made, 1 approved, 2 closed, 3 in approval")),
                date,
                SourceField("purchaser", "string?", LocalizedText(zh: "采购员的员工标识", en: "Identifier of the buyer")),
                SourceField("amount", "number?", LocalizedText(zh: "无税金额", en: "Amount without taxes")),
                SourceField(
                    "exchange_rate", "number?",
                    LocalizedText(zh: "汇率；本币为 1", en: "Rate of its currency; 1 for the company's own")),
                modified,
                SourceField(
                    "entries",
                    "list<{id, material, category, quantity, received, unit_price, promised, stocked}>",
                    LocalizedText(
                        zh: "明细行；stocked：1 入库完成，2 未入库，3 部分入库，4 入库结束",
                        en: "Its entries; stocked: 1 all came, 2 nothing came, 3 a part, 4 nothing more will come")),
            ]),
        list: YonyouListSettings(
            "purchase", LocalizedText(zh: "采购订单", en: "Purchase orders"), path: "/yonbip/scm/purchaseorder/list",
            window: .between,
            fields: [
                "number": "code", "status": "status", "date": "vouchdate", "purchaser": "operator",
                "amount": "oriMoney", "exchange_rate": "exchRate", "modified": "pubts",
            ],
            entryFields: [
                "id": "lineno", "material": "product_cCode", "category": "purchaseOrders_materialClassName",
                "quantity": "subQty", "received": "purchaseOrders_totalInSubqty", "unit_price": "oriUnitPrice",
                "promised": "planArrivalDate", "stocked": "purchaseOrders_inWHStatus",
            ]))

    static let approvals = YonyouStream(
        description: StreamDescription(
            name: "approvals", help: LocalizedText(zh: "通用报销单及其审批", en: "Expense claims and their approval"),
            recordType: "approval", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "单据编号", en: "The claim's number")),
                SourceField(
                    "status", "number?",
                    LocalizedText(zh: "0 待提交，1 审批完成，3 审批中", en: "0 not handed in, 1 approved, 3 in approval")),
                date, SourceField("requester", "string?", LocalizedText(zh: "创建人", en: "Who asks")),
                SourceField(
                    "approver", "string?", LocalizedText(zh: "审核人；未审核为空", en: "Who approved it; null until then")),
                SourceField("created", "time?", LocalizedText(zh: "创建时间", en: "When it was made")),
                SourceField("approved", "time?", LocalizedText(zh: "审核时间", en: "When it was approved")),
                SourceField("amount", "number?", LocalizedText(zh: "报销金额", en: "Amount")), modified,
            ]),
        list: YonyouListSettings(
            "approval", LocalizedText(zh: "审批单据", en: "Approvals"),
            path: "/yonbip/znbz/rbsm/api/bill/expensebill/list", window: .between,
            fields: [
                "number": "code", "status": "status", "date": "vouchdate", "requester": "creator",
                "approver": "auditor", "created": "createTime", "approved": "auditTime", "amount": "nsummny",
                "modified": "pubts",
            ]))

    static let budgetLines = YonyouStream(
        description: StreamDescription(
            name: "budget_lines", help: LocalizedText(zh: "预算明细；每次全部读取", en: "Lines of budgets, all of them each time"),
            recordType: "budget_line", deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: [
                id, status, date,
                SourceField("department", "string?", LocalizedText(zh: "部门", en: "Department")),
                SourceField("category", "string?", LocalizedText(zh: "预算科目", en: "Account of the budget")),
                SourceField("budget", "number?", LocalizedText(zh: "预算金额", en: "What may be spent")),
                SourceField("actual", "number?", LocalizedText(zh: "实际金额", en: "What was spent")),
            ]),
        list: YonyouListSettings(
            "budget", LocalizedText(zh: "预算", en: "Budgets"), path: nil, window: nil,
            fields: [
                "status": "status", "date": "vouchdate", "department": "dept_code", "category": "account_code",
                "budget": "budgetMoney", "actual": "actualMoney",
            ]))

    static let timesheetEntries = YonyouStream(
        description: StreamDescription(
            name: "timesheet_entries", help: LocalizedText(zh: "工时明细", en: "Lines of timesheets"),
            recordType: "timesheet_entry", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, status, date,
                SourceField("employee", "string?", LocalizedText(zh: "员工标识", en: "Identifier of the employee")),
                SourceField("hours", "number?", LocalizedText(zh: "小时数", en: "Hours")),
                SourceField("project", "string?", LocalizedText(zh: "项目编码", en: "Number of the project")), modified,
            ]),
        list: YonyouListSettings(
            "timesheet", LocalizedText(zh: "工时", en: "Timesheets"), path: nil, window: .between,
            fields: [
                "status": "status", "date": "vouchdate", "employee": "staff", "hours": "hours",
                "project": "project_code", "modified": "pubts",
            ]))

    static let employees = YonyouStream(
        description: StreamDescription(
            name: "employees", help: LocalizedText(zh: "员工；每次全部读取", en: "Employees, all of them each time"),
            deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "员工编码", en: "Number of the employee")),
                SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
                SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
                SourceField("user", "string?", LocalizedText(zh: "用户标识", en: "Identifier of the person as a user")),
                SourceField("unit", "string?", LocalizedText(zh: "部门名称", en: "Name of the department")),
                SourceField(
                    "enabled", "number?", LocalizedText(zh: "0 未启用，1 启用，2 停用", en: "0 not yet, 1 enabled, 2 disabled")),
                SourceField("deleted", "number?", LocalizedText(zh: "非 0 为已删除", en: "Deleted where it is not 0")),
            ]),
        list: YonyouListSettings(
            "employee", LocalizedText(zh: "员工", en: "Employees"), path: "/yonbip/digitalModel/staff/list",
            window: nil,
            fields: [
                "number": "code", "name": "name", "email": "email", "user": "user_id", "unit": "dept_name",
                "enabled": "enable", "deleted": "dr",
            ]))
}
