import PlumblineKit

/// What a connection to ERPNext says, beside its types of documents.
enum ERPNextSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(zh: "站点地址，如 https://erp.example.com", en: "Address of the site, such as https://erp.example.com"))
    static let key = Setting<Secret>.secret(
        "api_key", LocalizedText(zh: "只读用户的 API Key", en: "API key of a user who may only read"))
    static let secret = Setting<Secret>.secret(
        "api_secret", LocalizedText(zh: "该用户的 API Secret", en: "That user's API secret"))
    static let checksZone = Setting<Bool>.flag(
        "check_zone", default: true,
        LocalizedText(
            zh: "能读取 System Settings 时，核对站点时区与连接的 zone 一致",
            en: "Whether the site's time zone is compared with the connection's, where System Settings may be read"))
    static let siteZone = Setting<String?>.text(
        "site_zone",
        LocalizedText(
            zh: "站点对同一时区的写法，如 Asia/Calcutta；与 zone 写法不同时填写",
            en: "How the site writes the connection's zone, where it has another name for it, such as Asia/Calcutta"))
    static let since = Setting<String?>.text(
        "since",
        LocalizedText(
            zh: "首次只读取此时间起变更过的单据，如 2026-01-01T00:00:00+08:00；每次全部读取的数据流不受影响",
            en:
                "Read only documents changed since then, such as 2026-01-01T00:00:00+08:00; streams that are read whole do not look at it"
        ))
    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(366 * 86_400), default: "5m",
        LocalizedText(
            zh: "每次运行回看的时长，以免漏掉迟提交的变更",
            en: "How far each run steps back, so that changes that were committed late are not missed"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 2...1000, default: 100, unit: "documents",
        LocalizedText(zh: "每页单据数；含子表的单据每张另有一次请求", en: "Documents in a page; those with rows take a request each"))
    static let readsDeleted = Setting<Bool>.flag(
        "read_deleted", default: false,
        LocalizedText(
            zh: "是否读取 Deleted Document 以得知删除（其形式未经证实，通常需要 System Manager 角色）",
            en:
                "Whether Deleted Document tells of deletions (its form is not confirmed; it takes the role System Manager)"
        ))
    static let whole = Setting<[String]>.list(
        "read_whole", default: [],
        LocalizedText(
            zh: "每次全部读取的数据流：改名不会更新修改时间",
            en:
                "Streams that are read whole each time: a document that gets another name keeps the time of its last change"
        ))
    static let notRead = Setting<[String]>.list(
        "not_read", default: [],
        LocalizedText(
            zh: "不读取的关联单据，如 purchases.receipts", en: "Linked documents that are not read, such as purchases.receipts"))
    static let readsPending = Setting<Bool>.flag(
        "read_pending", default: false,
        LocalizedText(
            zh: "是否也读取草稿状态的审批单（未决定的审批是草稿，尚未写完的也是）",
            en:
                "Whether approvals that are drafts are read too: one that waits is a draft, and so is one that is being written"
        ))

    static let all: [SettingField] = [
        baseURL.field, key.field, secret.field, checksZone.field, siteZone.field, since.field, overlap.field,
        pageSize.field, readsDeleted.field, whole.field, notRead.field, readsPending.field,
    ]

    /// The moment of `since`, refused where it is none.
    static func start(_ settings: Settings) throws(ConnectorError) -> Instant? {
        guard let text = settings[since] else { return nil }
        guard let start = Instant(rfc3339: text) else {
            throw .settings(
                field: since.field.key, reason: "expected a time such as 2026-01-01T00:00:00+08:00, got '\(text)'")
        }
        return start
    }
}
