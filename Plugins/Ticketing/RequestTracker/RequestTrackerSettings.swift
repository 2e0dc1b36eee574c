import PlumblineKit

/// What a connection to Request Tracker says.
enum RequestTrackerSettings {
    static let baseURL = Setting<String>.url(
        "base_url", LocalizedText(zh: "REST 2.0 接口地址，以 /REST/2.0 结尾", en: "Address of REST 2.0, ending in /REST/2.0"))
    static let token = Setting<Secret>.secret(
        "token",
        LocalizedText(
            zh: "只读用户的访问令牌（Settings > Auth Tokens）", en: "Token of a user who may only read (Settings > Auth Tokens)"))
    static let agentsGroup = Setting<String?>.text(
        "agents_group",
        LocalizedText(
            zh: "客服所在的组名；其成员（含嵌套组）都算客服，需要 SeeGroup 权限",
            en: "Group of the agents, nested groups included; our user needs the right SeeGroup"))
    static let queues = Setting<[String]>.list(
        "queues", default: [], LocalizedText(zh: "只读取这些队列；空为全部", en: "Read only these queues; empty for all"))
    static let spamQueues = Setting<[String]>.list(
        "spam_queues", default: [], LocalizedText(zh: "存放垃圾工单的队列", en: "Queues whose tickets are spam"))
    static let resolvedStatuses = TicketingSettings.resolvedStatuses(default: ["resolved"])
    static let closedStatuses = TicketingSettings.closedStatuses(default: ["closed"])
    static let inactiveStatuses = TicketingSettings.inactiveStatuses(default: ["rejected"])
    static let pausedStatuses = Setting<[String]>.list(
        "paused_statuses", default: ["stalled"],
        LocalizedText(zh: "挂起的状态", en: "Statuses in which the ticket waits for somebody else"))
    static let satisfactionField = Setting<String?>.text(
        "satisfaction_field",
        LocalizedText(zh: "记录满意度的自定义字段名", en: "Name of the custom field that holds the satisfaction score"))
    static let staffNumberField = Setting<String?>.text(
        "staff_number_field",
        LocalizedText(
            zh: "用户记录中存放工号的字段，如 ExternalAuthId 或自定义字段名",
            en: "Field of a user that holds the staff number, such as ExternalAuthId, or a custom field's name"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...100, default: 100, unit: "records",
        LocalizedText(zh: "每页条数；服务器最多给 100", en: "Records in a page; the server gives no more than 100"))

    static let all: [SettingField] = [
        baseURL.field, token.field, TicketingSettings.agents.field, agentsGroup.field, queues.field, spamQueues.field,
        resolvedStatuses.field, closedStatuses.field, inactiveStatuses.field, pausedStatuses.field,
        satisfactionField.field, staffNumberField.field, TicketingSettings.since.field,
        TicketingSettings.overlap.field, pageSize.field,
    ]

    static func meanings(_ settings: Settings) -> StatusMeanings {
        StatusMeanings(
            resolved: Set(settings[resolvedStatuses]), closed: Set(settings[closedStatuses]),
            inactive: Set(settings[inactiveStatuses]), paused: Set(settings[pausedStatuses]), deleted: ["deleted"])
    }
}
