import PlumblineKit

/// What a connection to GLPI says.
enum GLPISettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "接口地址，如 https://glpi.example.com/apirest.php",
            en: "Address of the API, such as https://glpi.example.com/apirest.php"))
    static let appToken = Setting<Secret?>.secret(
        "app_token",
        LocalizedText(zh: "API 客户端的应用令牌；客户端未设令牌时不写", en: "App-Token of the API client; left out where it has none"))
    static let login = Setting<String?>.text(
        "login",
        LocalizedText(
            zh: "登录名；不写则 secret 为用户的远程访问令牌", en: "Login; left out where secret is a user's remote access token"))
    static let secret = Setting<Secret>.secret(
        "secret", LocalizedText(zh: "远程访问令牌或密码", en: "Remote access token, or password"))
    static let agents = Setting<[String]>.list(
        "agents", default: [],
        LocalizedText(zh: "客服的用户编号：其公开跟进才算响应", en: "Numbers of the agents: only their public followups are responses"))
    static let agentsGroups = Setting<[String]>.list(
        "agents_groups", default: [],
        LocalizedText(
            zh: "客服组的编号；读取组成员的接口未经证实", en: "Numbers of the agents' groups; the call for their members is not confirmed")
    )
    static let ratingMax = Setting<Int>.integer(
        "rating_max", in: 1...10, default: 5, unit: "points",
        LocalizedText(
            zh: "满意度的最高分；新版 GLPI 可按实体设为 1 至 10（未经证实）",
            en: "The best rating; newer versions let an entity choose it from 1 to 10 (not confirmed)"))
    static let range = Setting<Int>.integer(
        "range", in: 2...990, default: 200, unit: "items",
        LocalizedText(
            zh: "每次请求列表的条数，最多 990；同一秒变更的工单很多时调大",
            en: """
                Items of a list in a request; GLPI gives no more than 990. Raise it where very many tickets change in one \
                second
                """))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 2...500, default: 50, unit: "tickets",
        LocalizedText(zh: "每页工单数；每个工单另有四次请求", en: "Tickets in a page; each takes four further requests"))

    static let all: [SettingField] = [
        baseURL.field, appToken.field, login.field, secret.field, agents.field, agentsGroups.field,
        TicketingSettings.since.field, TicketingSettings.overlap.field, ratingMax.field, range.field, pageSize.field,
    ]
}
