import DingTalkServer
import PlumblineKit

/// What a connection says of approvals.
enum DingTalkApprovalSettings {
    static let processes = Setting<[String: String]>.map(
        "processes", default: [:],
        LocalizedText(
            zh: "要读取的审批模板：自定名称对应 processCode，名称即映射中的 source.template",
            en:
                "The approval forms to read: a name of your own, which mappings see as source.template, for each processCode"
        ))
    static let formFields = Setting<[String]>.list(
        "form_fields", default: [],
        LocalizedText(
            zh: "要读取的表单控件名称；未列出的一律不读（例如请假事由）",
            en: "Names of the form fields to read; others, such as a leave's reason, are not read"))
    static let since = Setting<String?>.text(
        "since",
        LocalizedText(
            zh: "只读取此时起发起的审批，如 2026-01-01；系统最多提供一年内的",
            en: "Read only what was asked for from then on, such as 2026-01-01; at most a year ago"))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(90 * 86_400), default: "7d",
        LocalizedText(
            zh: "审批结束后多久之内仍然重读，以发现撤销", en: "How long after its end an approval is read again, for those taken back"))
    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(7 * 86_400), default: "10m",
        LocalizedText(zh: "每次运行回看的时长，以免漏掉迟出现的审批", en: "How far each run steps back, for approvals that show late"))
    static let mostFollowed = Setting<Int>.integer(
        "max_followed", in: 1...50_000, default: 2000, unit: "approvals",
        LocalizedText(
            zh: "最多跟踪多少个未结束的审批直到结束", en: "How many approvals that have not ended are followed to their end"))
    static let writtenTimes = Setting<String>.choice(
        "written_times", of: ["zone", "utc"], default: "zone",
        LocalizedText(
            zh: "系统所写的不带时区的时间是连接时区的（zone）还是 UTC 的（utc）",
            en: "Whether times without an offset are of the connection's zone or UTC"))
    static let openStatuses = Setting<[String]>.list(
        "open_statuses", default: ["RUNNING", "NEW"],
        LocalizedText(zh: "表示审批中的状态", en: "Statuses of approvals that wait for a decision"))
    static let withdrawnStatuses = Setting<[String]>.list(
        "withdrawn_statuses", default: ["TERMINATED", "CANCELED"],
        LocalizedText(zh: "表示已撤销的状态", en: "Statuses of approvals that were taken back"))
    static let waitingStatuses = Setting<[String]>.list(
        "waiting_statuses", default: ["RUNNING"],
        LocalizedText(
            zh: "表示轮到该审批人的步骤状态；NEW 可能是尚未轮到",
            en: "Statuses of a step whose approver's turn it is; NEW may be one before its turn"))
    static let goneCodes = Setting<[String]>.list(
        "gone_codes",
        default: ["processInstanceNotFound", "processInstanceNotExist", "instanceNotFound", "instanceNotExist"],
        LocalizedText(
            zh: "表示审批实例已不存在的错误码；其他错误码不视为删除",
            en: "Error codes that say that an instance is gone; no other counts as a deletion"))
    static let listedApprovals = Setting<Int>.integer(
        "listed_approvals", in: 1...1000, default: 20, unit: "approvals",
        LocalizedText(
            zh: "读取审批编号时每次调用的个数（上限未经确认）",
            en: "Approvals in each answer to a call for their ids (its limit is not confirmed)"))

    static let all: [SettingField] = [
        processes.field, formFields.field, since.field, recheck.field, overlap.field, mostFollowed.field,
        writtenTimes.field, openStatuses.field, withdrawnStatuses.field, waitingStatuses.field, goneCodes.field,
        listedApprovals.field,
    ]
}
