import PlumblineKit

/// What a connection to Roundup says. A tracker's schema is its own, so properties beyond the classic ones are named.
enum RoundupSettings {
    static let baseURL = Setting<String>.url(
        "base_url", LocalizedText(zh: "REST 接口地址，以 /rest 结尾", en: "Address of the REST API, ending in /rest"))
    static let username = Setting<String>.text(
        "username", LocalizedText(zh: "只读用户的账号", en: "Login of a user who may only read"))
    static let password = Setting<Secret>.secret("password", LocalizedText(zh: "该用户的密码", en: "That user's password"))
    static let agentsOrganisation = Setting<String?>.text(
        "agents_organisation",
        LocalizedText(zh: "organisation 为此值的用户都算客服", en: "Users whose organisation is this are agents too"))
    static let resolvedStatuses = TicketingSettings.resolvedStatuses(default: ["resolved"])
    static let closedStatuses = TicketingSettings.closedStatuses(default: [])
    static let inactiveStatuses = TicketingSettings.inactiveStatuses(default: ["rejected"])
    static let resolvedAt = Setting<String?>.text(
        "resolved_at_property",
        LocalizedText(
            zh: "记录最近一次解决时间的属性名；REST 不提供历史，没有它就没有解决时间",
            en: "Property with the last entry into resolved; REST shows no history, so without it there is no such time"
        ))
    static let reopenCount = Setting<String?>.text(
        "reopen_count_property", LocalizedText(zh: "记录重新打开次数的属性名", en: "Property with the number of reopenings"))
    static let satisfaction = Setting<String?>.text(
        "satisfaction_property", LocalizedText(zh: "记录满意度评分的属性名", en: "Property with the satisfaction score"))
    static let extraProperties = Setting<[String]>.list(
        "extra_properties", default: [],
        LocalizedText(zh: "另外读取的属性名，放在 custom_fields 中", en: "Further properties to read, under custom_fields"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...200, default: 100, unit: "issues",
        LocalizedText(zh: "每页工单数", en: "Issues in a page"))

    static let all: [SettingField] = [
        baseURL.field, username.field, password.field, TicketingSettings.agents.field, agentsOrganisation.field,
        resolvedStatuses.field, closedStatuses.field, inactiveStatuses.field, resolvedAt.field, reopenCount.field,
        satisfaction.field, extraProperties.field, TicketingSettings.since.field, TicketingSettings.overlap.field,
        pageSize.field,
    ]

    static func meanings(_ settings: Settings) -> StatusMeanings {
        StatusMeanings(
            resolved: Set(settings[resolvedStatuses]), closed: Set(settings[closedStatuses]),
            inactive: Set(settings[inactiveStatuses]))
    }

    /// Settings that name properties, with the names.
    static func namedProperties(_ settings: Settings) -> [(field: String, property: String)] {
        let single = [resolvedAt, reopenCount, satisfaction].compactMap { setting in
            settings[setting].map { (field: setting.field.key, property: $0) }
        }
        return single + settings[extraProperties].map { (field: extraProperties.field.key, property: $0) }
    }
}
