import PlumblineKit

/// What a connection to Jira says.
enum JiraSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "站点网址，如 https://acme.atlassian.net；OAuth 令牌则为 https://api.atlassian.com/ex/jira/{cloudId}",
            en: """
                Address of the site, such as https://acme.atlassian.net; with an OAuth token \
                https://api.atlassian.com/ex/jira/{cloudId}
                """))
    static let email = Setting<String?>.text(
        "email",
        LocalizedText(
            zh: "API 令牌所属用户的邮箱；不写则 token 为 OAuth 令牌",
            en: "E-mail address of the user whose API token it is; left out for an OAuth token"))
    static let token = Setting<Secret>.secret(
        "token", LocalizedText(zh: "API 令牌或 OAuth 令牌", en: "API token, or OAuth token"))
    static let agents = Setting<[String]>.list(
        "agents", default: [],
        LocalizedText(
            zh: "客服的 accountId：其公开评论才算响应", en: "accountId of each agent: only their public comments are responses"))
    static let agentsGroups = Setting<[String]>.list(
        "agents_groups", default: [],
        LocalizedText(
            zh: "客服组的 groupId；需要“浏览用户和组”权限（接口未经证实）",
            en: "groupId of each group of agents; needs the right to browse users and groups (call not confirmed)"))
    static let projects = Setting<[String]>.list(
        "projects", LocalizedText(zh: "读取哪些项目，写项目键", en: "Projects to read, by their keys"))
    static let issueTypes = Setting<[String]>.list(
        "issue_types", default: [],
        LocalizedText(zh: "只读取这些事务类型；空为全部", en: "Read only issues of these types; empty for all"))
    static let dates = Setting<String>.choice(
        "dates", of: JiraDates.Form.allCases.map(\.rawValue), default: JiraDates.Form.relative.rawValue,
        LocalizedText(
            zh: """
                查询中如何写时间：relative 写距今分钟数，与时区无关；local 写我们用户时区的时刻，要求连接的 zone 与之相同
                """,
            en: """
                How queries write moments: relative as minutes ago, whatever the zone; local in the zone of our user, \
                which must be the connection's
                """))
    static let resolvedStatuses = TicketingSettings.resolvedStatuses(default: [])
    static let closedStatuses = TicketingSettings.closedStatuses(default: usual[1])
    static let inactiveStatuses = TicketingSettings.inactiveStatuses(default: usual[2])
    static let pausedStatuses = Setting<[String]>.list(
        "paused_statuses", default: usual[3],
        LocalizedText(zh: "等待他人的状态", en: "Statuses in which the issue waits for somebody else"))
    /// What statuses are called in many sites: solved, closed, ended unsolved, waiting.
    private static let usual: [[String]] = [
        [], ["Closed", "已关闭"], ["Canceled", "Cancelled", "Declined", "Rejected", "已取消", "已拒绝"],
        ["Waiting for customer", "Pending", "等待客户"],
    ]

    /// Each setting of statuses that is not the usual one.
    static func ownStatuses(_ settings: Settings) -> [(key: String, names: [String])] {
        zip([resolvedStatuses, closedStatuses, inactiveStatuses, pausedStatuses], usual).compactMap { setting, usual in
            settings[setting] == usual ? nil : (setting.field.key, settings[setting])
        }
    }

    static let serviceManagement = Setting<Bool>.flag(
        "service_management", default: false,
        LocalizedText(
            zh: "项目是否为 Jira Service Management：读取 SLA，并可读取流 ratings；每个事务多一次请求",
            en: """
                Whether the projects are of Jira Service Management: reads SLAs, and allows the stream ratings; a \
                further request for each issue
                """))
    static let firstReplySLA = Setting<String>.text(
        "first_reply_sla", default: "Time to first response",
        LocalizedText(zh: "首次响应 SLA 的名称", en: "Name of the SLA for the first response"))
    static let resolveSLA = Setting<String>.text(
        "resolve_sla", default: "Time to resolution",
        LocalizedText(zh: "解决 SLA 的名称", en: "Name of the SLA for the solution"))
    static let ratingsOverlap = Setting<Duration>.duration(
        "ratings_overlap", in: .zero ... .seconds(366 * 86_400), default: "7d",
        LocalizedText(
            zh: "每次运行回看多久之内变更过的事务以读取评价；未证实评价会更新事务的变更时间",
            en: """
                Each run asks for the ratings of issues that changed so long before the last run; whether a rating marks \
                its issue as changed is not confirmed
                """))
    static let slaOverlap = Setting<Duration>.duration(
        "sla_overlap", in: .zero ... .seconds(366 * 86_400), default: "6h",
        LocalizedText(
            zh: "每次运行回看的时长，以读取未更新事务而迟到的 SLA；仅用于 service_management",
            en: """
                How far each run steps back for SLAs that are set late without a change of their issue; for \
                service_management alone
                """))
    static let satisfactionDateField = Setting<String?>.text(
        "satisfaction_date_field",
        LocalizedText(
            zh: "保存评分时间的字段，如 customfield_10055（“Satisfaction date”，未经证实）",
            en: """
                The field that tells when a request was rated, such as customfield_10055, "Satisfaction date" (not \
                confirmed)
                """))
    static let customFields = Setting<[String]>.list(
        "custom_fields", default: [],
        LocalizedText(zh: "另读哪些字段，如 customfield_10040", en: "Further fields to read, such as customfield_10040"))
    static let accountTypes = Setting<[String]>.list(
        "account_types", default: ["atlassian"],
        LocalizedText(
            zh: "读取哪些类型的用户：atlassian、customer、app（接口未经证实）",
            en: "Types of the users to read: atlassian, customer, app (call not confirmed)"))
    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(366 * 86_400), default: "1h",
        LocalizedText(
            zh: "每次运行回看的时长，要长于搜索索引的延迟",
            en: "How far each run steps back; longer than the search index lags behind"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...100, default: 50, unit: "issues",
        LocalizedText(zh: "每页事务数，最多 100", en: "Issues in a page; Jira gives no more than 100"))
    static let sweepSize = Setting<Int>.integer(
        "sweep_size", in: 1...5000, default: 1000, unit: "issues",
        LocalizedText(
            zh: "核对已删除事务时每页的编号数；上限未经证实，服务器可少给",
            en: "Identifiers in a page of the sweep for deleted issues; the cap is not confirmed, Jira may give fewer"))

    static let all: [SettingField] = [
        baseURL.field, email.field, token.field, projects.field, issueTypes.field, agents.field, agentsGroups.field,
        dates.field, resolvedStatuses.field, closedStatuses.field, inactiveStatuses.field, pausedStatuses.field,
        serviceManagement.field, firstReplySLA.field, resolveSLA.field, slaOverlap.field, ratingsOverlap.field,
        satisfactionDateField.field, customFields.field,
        accountTypes.field, TicketingSettings.since.field, overlap.field, pageSize.field, sweepSize.field,
    ]

    /// The part of every query that says which issues are meant. It also bounds the query, as Jira wants it.
    static func scope(_ settings: Settings) -> String {
        let lists = [("project", settings[projects]), ("issuetype", settings[issueTypes])]
        return lists.filter { !$0.1.isEmpty }.map { "\($0.0) in (\($0.1.map(quoted).joined(separator: ", ")))" }
            .joined(separator: " AND ")
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.flatMap { #""\"#.contains($0) ? "\\\($0)" : "\($0)" } + "\""
    }
}
