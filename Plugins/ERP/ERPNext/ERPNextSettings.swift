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
        baseURL.field, key.field, secret.field, checksZone.field, siteZone.field, ERPSettings.since.field,
        ERPSettings.overlap.field,
        pageSize.field, readsDeleted.field, whole.field, notRead.field, readsPending.field,
    ]
}
