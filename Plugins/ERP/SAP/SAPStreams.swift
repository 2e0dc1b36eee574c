import PlumblineKit

/// A stream: an entity set as a connection describes it.
struct SAPStream: Sendable {
    let description: StreamDescription
    let set: SAPSetSettings
    var items: SAPItemSettings?

    var name: String { description.name }

    /// The streams, in the order of the description.
    static let all = [purchases, budgetLines, timesheetEntries, approvals, employees]

    var settings: [SettingField] { self.set.all + (items?.all ?? []) }

    private static let id = SourceField("id", "string", LocalizedText(zh: "主键，以 / 连接", en: "The key, joined with /"))
    private static let status = SourceField(
        "status", "string?", LocalizedText(zh: "状态，服务自己的代码", en: "Status, in the service's own codes"))
    private static let currency = SourceField("currency", "string?", LocalizedText(zh: "币种", en: "Currency"))
    private static let changed = SourceField(
        "changed", "time?", LocalizedText(zh: "最后变更时间", en: "When it last changed"))

    static let purchases = SAPStream(
        description: StreamDescription(
            name: "purchases", help: LocalizedText(zh: "采购订单，含明细", en: "Purchase orders with their items"),
            recordType: "purchase", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("number", "string?", LocalizedText(zh: "订单号", en: "The order's number")),
                SourceField("type", "string?", LocalizedText(zh: "订单类型", en: "Type of the order")),
                SourceField("company", "string?", LocalizedText(zh: "公司代码", en: "Company code")),
                SourceField("group", "string?", LocalizedText(zh: "采购组", en: "Purchasing group")),
                SourceField("created_by", "string?", LocalizedText(zh: "创建用户", en: "User who made it")),
                SourceField("date", "date?", LocalizedText(zh: "订单日期", en: "Date of the order")), currency,
                SourceField(
                    "in_release", "bool?", LocalizedText(zh: "审批尚未完成", en: "Whether its release is not complete")),
                SourceField(
                    "deleted", "string?", LocalizedText(zh: "删除标记：L 已删除，S 已冻结", en: "Mark: L deleted, S blocked")),
                changed,
                SourceField(
                    "amount", "number?",
                    LocalizedText(
                        zh: "未删除明细的净额之和；任一明细没有净额或标记未知则为空",
                        en: "Sum of the amounts of items not deleted; null where one has none, or an unknown mark")),
                SourceField(
                    "items", "list<{id, material, material_group, quantity, unit, price, amount, delivered, deleted}>",
                    LocalizedText(zh: "明细行", en: "Its items, as the server orders them")),
            ]),
        set: SAPSetSettings(
            "purchase", LocalizedText(zh: "采购订单", en: "Purchase orders"),
            usual: SAPUsualSet(
                service: "/sap/opu/odata/sap/API_PURCHASEORDER_PROCESS_SRV", set: "A_PurchaseOrder"),
            keys: ["PurchaseOrder"],
            fields: [
                "number": "PurchaseOrder", "type": "PurchaseOrderType", "company": "CompanyCode",
                "group": "PurchasingGroup", "created_by": "CreatedByUser", "date": "PurchaseOrderDate",
                "currency": "DocumentCurrency", "in_release": "ReleaseIsNotCompleted",
                "deleted": "PurchasingDocumentDeletionCode", "changed": "LastChangeDateTime",
            ], change: ["field": "LastChangeDateTime", "type": "datetimeoffset"]),
        items: SAPItemSettings(
            "purchase", navigation: "to_PurchaseOrderItem",
            fields: [
                "id": "PurchaseOrderItem", "material": "Material", "material_group": "MaterialGroup",
                "quantity": "OrderQuantity", "unit": "PurchaseOrderQuantityUnit", "price": "NetPriceAmount",
                "amount": "NetAmount", "delivered": "IsCompletelyDelivered",
                "deleted": "PurchasingDocumentDeletionCode",
            ],
            types: [
                "material": "string", "material_group": "string", "quantity": "number", "unit": "string",
                "price": "number", "amount": "number", "delivered": "bool", "deleted": "string", "promised": "date",
                "received": "date",
            ]))

    static let budgetLines = SAPStream(
        description: StreamDescription(
            name: "budget_lines",
            help: LocalizedText(
                zh: "成本中心预算与实际；每次全部读取", en: "Budgets of cost centres with what was spent, all each time"),
            recordType: "budget_line", deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: [
                id, SourceField("year", "string?", LocalizedText(zh: "会计年度", en: "Fiscal year")),
                SourceField("period", "string?", LocalizedText(zh: "会计期间", en: "Fiscal period")),
                SourceField("cost_center", "string?", LocalizedText(zh: "成本中心", en: "Cost centre")),
                SourceField("category", "string?", LocalizedText(zh: "成本要素或科目", en: "Cost element or account")),
                SourceField("budget", "number?", LocalizedText(zh: "预算金额", en: "What may be spent")),
                SourceField(
                    "actual", "number?",
                    LocalizedText(zh: "实际金额，服务自己的正负号", en: "What was spent, with the service's own sign")),
                currency,
            ]),
        set: SAPSetSettings(
            "budget", LocalizedText(zh: "预算", en: "Budgets"),
            keys: ["CostCenter", "CostElement", "FiscalYear", "FiscalPeriod"],
            fields: [
                "year": "FiscalYear", "period": "FiscalPeriod", "cost_center": "CostCenter", "category": "CostElement",
                "budget": "BudgetAmount", "actual": "ActualAmount", "currency": "Currency",
            ], change: [:]))

    static let timesheetEntries = SAPStream(
        description: StreamDescription(
            name: "timesheet_entries", help: LocalizedText(zh: "工时", en: "Entries of timesheets"),
            recordType: "timesheet_entry", deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("employee", "string?", LocalizedText(zh: "人员编号", en: "Number of the employee")),
                SourceField("date", "date?", LocalizedText(zh: "日期", en: "Day of the work")),
                SourceField("hours", "number?", LocalizedText(zh: "小时数", en: "Hours")),
                SourceField(
                    "seconds", "int?",
                    LocalizedText(zh: "秒数，来自 PT08H00M00S", en: "Seconds, of a text such as PT08H00M00S")),
                SourceField("project", "string?", LocalizedText(zh: "项目", en: "Project")),
                SourceField("task", "string?", LocalizedText(zh: "任务", en: "Task")), status, changed,
            ]),
        set: SAPSetSettings(
            "timesheet", LocalizedText(zh: "工时", en: "Timesheets"), keys: ["TimeSheetRecord"],
            fields: [
                "employee": "PersonWorkAgreementExternalID", "date": "TimeSheetDate", "hours": "RecordedHours",
                "project": "WBSElement", "status": "TimeSheetStatus", "changed": "LastChangeDateTime",
            ], change: ["field": "LastChangeDateTime", "type": "datetimeoffset"]))

    static let approvals = SAPStream(
        description: StreamDescription(
            name: "approvals", help: LocalizedText(zh: "审批", en: "What somebody approves"), recordType: "approval",
            deletions: [.fullList, .neverKnown], isIncremental: true,
            fields: [
                id, SourceField("kind", "string?", LocalizedText(zh: "种类", en: "What is approved")),
                SourceField("requester", "string?", LocalizedText(zh: "申请人", en: "Who asks")),
                SourceField("approver", "string?", LocalizedText(zh: "审批人", en: "Who decides, or has decided")),
                SourceField("requested", "time?", LocalizedText(zh: "申请时间", en: "When it was asked for")),
                SourceField("decided", "time?", LocalizedText(zh: "决定时间", en: "When it was decided")), status, changed,
            ]),
        set: SAPSetSettings(
            "approval", LocalizedText(zh: "审批", en: "Approvals"), keys: ["ApprovalID"],
            fields: [
                "kind": "ApprovalType", "requester": "RequestedByUser", "approver": "ApprovedByUser",
                "requested": "CreationDateTime", "decided": "DecisionDateTime", "status": "ApprovalStatus",
                "changed": "LastChangeDateTime",
            ], change: ["field": "LastChangeDateTime", "type": "datetimeoffset"]))

    static let employees = SAPStream(
        description: StreamDescription(
            name: "employees", help: LocalizedText(zh: "员工；每次全部读取", en: "Employees, all of them each time"),
            deletions: [.fullList, .neverKnown], isIncremental: false,
            fields: [
                id, SourceField("account", "string?", LocalizedText(zh: "账号", en: "The account in other streams")),
                SourceField("staff_number", "string?", LocalizedText(zh: "工号", en: "Staff number")),
                SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
                SourceField("name_en", "string?", LocalizedText(zh: "英文名", en: "Name in English")),
                SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
                SourceField("phone", "string?", LocalizedText(zh: "电话", en: "Phone")),
                SourceField("unit", "string?", LocalizedText(zh: "部门", en: "Unit")),
                SourceField("position", "string?", LocalizedText(zh: "岗位", en: "Position")),
                SourceField("manager", "string?", LocalizedText(zh: "上级的账号", en: "Account of the manager")),
                SourceField("joined", "date?", LocalizedText(zh: "入职日期", en: "First day of employment")),
                SourceField("left", "date?", LocalizedText(zh: "最后工作日", en: "Last day of employment")), status,
            ]),
        set: SAPSetSettings(
            "employee", LocalizedText(zh: "员工", en: "Employees"), keys: ["userId"],
            fields: [
                "account": "userId", "staff_number": "empId", "name": "defaultFullName", "email": "email",
                "unit": "department", "position": "title", "manager": "manager/userId", "joined": "hireDate",
                "status": "status",
            ], change: [:]))
}
