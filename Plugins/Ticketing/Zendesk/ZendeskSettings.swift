import PlumblineKit

/// What a connection to Zendesk says.
enum ZendeskSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "账户网址，如 https://acme.zendesk.com", en: "Address of the account, such as https://acme.zendesk.com"))
    static let email = Setting<String?>.text(
        "email",
        LocalizedText(
            zh: "API 令牌所属管理员的邮箱；不写则 token 为 OAuth 令牌",
            en: "E-mail address of the administrator whose API token it is; left out for an OAuth token"))
    static let token = Setting<Secret>.secret(
        "token", LocalizedText(zh: "API 令牌或 OAuth 令牌", en: "API token, or OAuth token"))
    static let agents = Setting<[String]>.list(
        "agents", default: [],
        LocalizedText(
            zh: "客服的用户编号：其公开回复才算响应", en: "Numbers of the agents: only their public comments count as responses"))
    static let agentsGroups = Setting<[String]>.list(
        "agents_groups", default: [],
        LocalizedText(
            zh: "客服组的编号；与 agents 都为空时，任何组的成员都算客服",
            en: "Numbers of the agents' groups; where agents is empty too, members of any group are agents"))
    static let resolvedStatuses = TicketingSettings.resolvedStatuses(default: ["solved"])
    static let closedStatuses = TicketingSettings.closedStatuses(default: ["closed"])
    static let pausedStatuses = Setting<[String]>.list(
        "paused_statuses", default: ["pending", "hold"],
        LocalizedText(zh: "等待客户或第三方的状态", en: "Statuses in which the ticket waits for customer or vendor"))
    static let deletedStatus = Setting<String>.text(
        "deleted_status", default: "deleted",
        LocalizedText(
            zh: "表示已删除的状态（未经证实）", en: "Status with which the export tells of a deleted ticket (not confirmed)"))
    static let spamTags = Setting<[String]>.list(
        "spam_tags", default: ["spam"], LocalizedText(zh: "表示垃圾工单的标签", en: "Tags of tickets that are spam"))
    static let ratingsOverlap = Setting<Duration>.duration(
        "ratings_overlap", in: .zero ... .seconds(366 * 86_400), default: "30d",
        LocalizedText(
            zh: "每次运行回看多久的满意度评价；未证实 start_time 按创建还是变更时间筛选",
            en: """
                How far back each run reads ratings; whether start_time looks at their creation or their change is not \
                confirmed
                """))
    static let userRoles = Setting<[String]>.list(
        "user_roles", default: ["agent", "admin"],
        LocalizedText(zh: "读取哪些角色的用户", en: "Roles of the users to read"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...1000, default: 100, unit: "tickets",
        LocalizedText(zh: "每页工单数，最多 1000", en: "Tickets in a page; Zendesk gives no more than 1000"))

    static let all: [SettingField] = [
        baseURL.field, email.field, token.field, agents.field, agentsGroups.field, resolvedStatuses.field,
        closedStatuses.field, pausedStatuses.field, deletedStatus.field, spamTags.field, ratingsOverlap.field,
        userRoles.field, TicketingSettings.since.field, pageSize.field,
    ]

    static func meanings(_ settings: Settings) -> StatusMeanings {
        StatusMeanings(
            resolved: Set(settings[resolvedStatuses]), closed: Set(settings[closedStatuses]), inactive: [],
            paused: Set(settings[pausedStatuses]), deleted: [settings[deletedStatus]])
    }
}
