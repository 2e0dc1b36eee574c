import PlumblineKit

extension WeComApprovals {
    static let description = StreamDescription(
        name: "approvals", help: LocalizedText(zh: "审批单，含节点和表单", en: "Approvals with their steps and forms"),
        recordType: "approval", deletions: [.reported, .neverKnown], isIncremental: true, fields: fields)

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "审批编号", en: "Number of the approval")),
        SourceField("template", "string", LocalizedText(zh: "审批模板 ID", en: "Id of the template")),
        SourceField("kind", "string", LocalizedText(zh: "审批模板名称", en: "Name of the template")),
        SourceField(
            "outcome", "string",
            LocalizedText(
                zh: "结果：pending、approved、rejected 或 withdrawn", en: "pending, approved, rejected or withdrawn")),
        SourceField(
            "is_revoked", "bool", LocalizedText(zh: "是否通过后撤销", en: "Whether it was withdrawn after it had passed")),
        SourceField("is_paid", "bool", LocalizedText(zh: "是否已支付", en: "Whether it was paid")),
        SourceField("requester", "string", LocalizedText(zh: "提交人账号", en: "Account of who asked")),
        SourceField(
            "requester_department", "string?", LocalizedText(zh: "提交人部门编号", en: "Number of the asker's department")),
        SourceField("requested_at", "time", LocalizedText(zh: "提交时间", en: "When it was submitted")),
        SourceField(
            "decided_by", "string?",
            LocalizedText(zh: "作出决定的最后一名审批人", en: "The last approver, who decided; null where nobody did")),
        SourceField("decided_at", "time?", LocalizedText(zh: "决定时间", en: "When it was decided")),
        SourceField(
            "finished_at", "time?",
            LocalizedText(zh: "结束时间；撤销的时间不提供", en: "When it ended; null for withdrawals, whose time is not told")),
        SourceField(
            "waiting_for", "list<string>", LocalizedText(zh: "当前待审批人", en: "Whom a pending approval waits for")),
        SourceField(
            "steps", "list<{step: int, approver: string?, outcome: string?, at: time?}>",
            LocalizedText(zh: "每个节点的每名审批人", en: "Every approver of every step")),
        SourceField(
            "form", "map<string, any>?",
            LocalizedText(zh: "表单：控件标题到值；推送的事件没有", en: "The form, by titles of controls; null in what is sent")),
    ]
}
