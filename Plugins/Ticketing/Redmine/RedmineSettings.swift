import PlumblineKit

/// What a connection to Redmine says.
enum RedmineSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "Redmine 的最终网址（不要写会重定向的地址）", en: "Final address of Redmine, not one that redirects"))
    static let key = Setting<Secret>.secret(
        "api_key", LocalizedText(zh: "API 访问键（我的账号页面）", en: "API access key, from the page My account"))
    static let identity = Setting<String>.choice(
        "identity", of: RedmineIdentity.allCases.map(\.rawValue), default: RedmineIdentity.administrator.rawValue,
        LocalizedText(
            zh: "如何确认访问键有效：administrator 查询用户列表，account 查询当前用户（未经证实的接口），unchecked 不确认",
            en: """
                How to tell that the key is valid: administrator asks for the user list, account for the current user \
                (a call that is not confirmed), unchecked asks nothing
                """))
    static let agents = Setting<[String]>.list(
        "agents", default: [],
        LocalizedText(
            zh: "客服的用户编号或登录名（登录名需要管理员的键）：其公开回复才算响应",
            en:
                "Numbers or logins of the agents (logins need an administrator's key): only their public notes are responses"
        ))
    static let agentsGroup = Setting<String?>.text(
        "agents_group",
        LocalizedText(zh: "客服组的编号；需要管理员的键", en: "Number of the agents' group; needs an administrator's key"))
    static let projects = Setting<[String]>.list(
        "projects", default: [],
        LocalizedText(zh: "只读取这些项目（编号）；空为全部", en: "Read only these projects, by number; empty for all"))
    static let trackers = Setting<[String]>.list(
        "trackers", default: [],
        LocalizedText(zh: "只读取这些跟踪标签（编号）；空为全部", en: "Read only these trackers, by number; empty for all"))
    static let resolvedStatuses = TicketingSettings.resolvedStatuses(default: ["Resolved", "已解决"])
    static let closedStatuses = TicketingSettings.closedStatuses(default: ["Closed", "已关闭"])
    static let inactiveStatuses = TicketingSettings.inactiveStatuses(default: ["Rejected", "已拒绝"])
    static let pausedStatuses = Setting<[String]>.list(
        "paused_statuses", default: ["Feedback", "反馈"],
        LocalizedText(zh: "等待他人的状态", en: "Statuses in which the issue waits for somebody else"))
    static let satisfactionField = Setting<String?>.text(
        "satisfaction_field",
        LocalizedText(zh: "记录满意度的自定义字段名", en: "Name of the custom field that holds the satisfaction score"))
    static let readsSpentHours = Setting<Bool>.flag(
        "read_spent_hours", default: false,
        LocalizedText(
            zh: "是否读取工时；未证实登记工时会更新问题的变更时间，工时可能过时",
            en:
                "Whether to read spent hours; whether logging time marks an issue as changed is not confirmed, so they may be old"
        ))
    static let userStatuses = Setting<[String]>.list(
        "user_statuses", default: ["1", "3"],
        LocalizedText(
            zh: "读取哪些状态的用户：1 启用，2 注册，3 锁定（编号未经证实）",
            en: "Which users to read: 1 active, 2 registered, 3 locked (numbers not confirmed)"))
    static let staffNumberField = Setting<String?>.text(
        "staff_number_field",
        LocalizedText(zh: "存放工号的用户自定义字段名", en: "Name of the users' custom field with the staff number"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 2...100, default: 100, unit: "issues",
        LocalizedText(zh: "每页条数；服务器最多给 100", en: "Issues in a page; the server gives no more than 100"))

    static let all: [SettingField] = [
        baseURL.field, key.field, identity.field, agents.field, agentsGroup.field, projects.field, trackers.field,
        resolvedStatuses.field, closedStatuses.field, inactiveStatuses.field, pausedStatuses.field,
        satisfactionField.field, readsSpentHours.field, userStatuses.field, staffNumberField.field,
        TicketingSettings.since.field, TicketingSettings.overlap.field, pageSize.field,
    ]

    /// The statuses as the settings name them.
    static func meanings(_ settings: Settings) -> StatusMeanings {
        StatusMeanings(
            resolved: Set(settings[resolvedStatuses]), closed: Set(settings[closedStatuses]),
            inactive: Set(settings[inactiveStatuses]), paused: Set(settings[pausedStatuses]))
    }

    /// The part of a query that says which issues are meant at all. Closed ones are, which the server hides otherwise.
    static func filters(_ settings: Settings) -> [(String, String)] {
        let lists = [("project_id", settings[projects]), ("tracker_id", settings[trackers])]
        return [("status_id", "*")]
            + lists.filter { !$0.1.isEmpty }.map { ($0.0, $0.1.joined(separator: "|")) }
    }
}
