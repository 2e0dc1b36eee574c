import PlumblineKit

/// Leads, partners and what is done with them.
extension ERPNextStream {
    private static let customers = LocalizedText(zh: "由线索产生的客户", en: "Customers that came of leads")

    /// Read whole: a customer that names a lead later, or goes, leaves the time of the lead's last change as it is.
    static let leads = ERPNextStream(
        description: StreamDescription(
            name: "leads",
            help: LocalizedText(zh: "线索及由它产生的客户；每次全部读取", en: "Leads with their customers; all each time"),
            recordType: "lead", deletions: [.fullList, .reported, .neverKnown], isIncremental: false,
            fields: head + [
                created, text("responsible", "负责人，系统用户", "Who answers for it, a user"),
                text("status", "状态", "Lead, Open, Replied, Opportunity, Converted, Do Not Contact and the like"),
                text("qualification", "资格状态", "Unqualified, In Process or Qualified"),
                date("qualified_on", "资格确认日期", "Day on which it was qualified"),
                text("source", "来源", "Where it came from"),
                text("campaign", "市场活动", "The campaign"),
                field("customers", "list<{id, created}>", "由它产生的客户", "Customers that came of it"),
            ]),
        forms: [
            ERPNextFormSettings(
                "lead", LocalizedText(zh: "线索", en: "Leads"), doctype: "Lead",
                fields: [
                    "created": "creation", "responsible": "lead_owner", "status": "status",
                    "qualification": "qualification_status", "qualified_on": "qualified_on", "source": "source",
                    "campaign": "campaign_name",
                ],
                links: [
                    ERPNextLink(
                        "lead", "customers", customers, doctype: "Customer", fields: ["created": "creation"],
                        ERPNextLink.pointing("lead", "customers", from: "lead_name", customers))
                ])
        ])

    static let partners = ERPNextStream(
        description: StreamDescription(
            name: "partners",
            help: LocalizedText(
                zh: "客户、供应商或销售伙伴，由 partner_doctype 指定；每次全部读取",
                en: "Customers, suppliers or sales partners, as partner_doctype says; all of them each time"),
            recordType: "partner", deletions: [.fullList, .reported, .neverKnown], isIncremental: false,
            fields: head + [
                created, text("responsible", "客户经理，系统用户", "The account manager, a user"),
                text("kind", "类别", "Its group or type"), field("is_disabled", "int?", "是否停用：0 或 1", "0 or 1"),
            ]),
        forms: [
            ERPNextFormSettings(
                "partner", LocalizedText(zh: "合作方", en: "Partners"), doctype: "Customer",
                fields: [
                    "created": "creation", "responsible": "account_manager", "kind": "customer_group",
                    "is_disabled": "disabled",
                ])
        ])

    static let activities = ERPNextStream(
        description: StreamDescription(
            name: "activities",
            help: LocalizedText(
                zh: "日程、通信或待办，由 activity_doctype 指定", en: "Events, communications or to-dos, as activity_doctype says"),
            recordType: "activity", deletions: [.fullList, .reported, .neverKnown], isIncremental: true,
            fields: head + [
                owner, text("kind", "类别：Event、Meeting、Call 等", "Event, Meeting, Call and the like"),
                text("status", "状态", "Open, Completed, Closed or Cancelled"), time("starts", "开始时间", "When it begins"),
                time("ends", "结束时间", "When it ends"),
                field("rows", "list<{id, type, party}>", "参与方", "Who takes part: type and name of their document"),
            ]),
        forms: [
            ERPNextFormSettings(
                "activity", LocalizedText(zh: "商务活动", en: "Activities"), doctype: "Event",
                fields: [
                    "owner": "owner", "kind": "event_category", "status": "status", "starts": "starts_on",
                    "ends": "ends_on",
                ],
                rows: ("event_participants", ["type": "reference_doctype", "party": "reference_docname"]))
        ])
}
