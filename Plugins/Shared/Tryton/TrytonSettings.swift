package import PlumblineKit

/// What every connection to Tryton says.
package enum TrytonSettings {
    package static let baseURL = Setting<String>.url(
        "base_url", LocalizedText(zh: "服务器地址，不含数据库名", en: "Address of the server, without the database"))
    package static let database = Setting<String>.text(
        "database", LocalizedText(zh: "数据库名", en: "Name of the database"))
    package static let username = Setting<String>.text(
        "username", LocalizedText(zh: "只读用户的账号", en: "Login of a user who may only read"))
    package static let password = Setting<Secret>.secret(
        "password", LocalizedText(zh: "该用户的密码", en: "That user's password"))
    package static let company = Setting<Int>.integer(
        "company", in: 0...1_000_000, default: 0,
        LocalizedText(zh: "公司编号；0 表示该用户的默认公司", en: "Number of the company; 0 is the user's own"))
    package static let oldRoute = Setting<Bool>.flag(
        "old_route", default: false,
        LocalizedText(
            zh: "服务器以 /<数据库>/ 而非 /<数据库>/rpc/ 接收调用（旧版本）",
            en: "Whether the server takes calls at /<database>/ rather than /<database>/rpc/, as old versions do"))
    package static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(366 * 86_400), default: "5m",
        LocalizedText(
            zh: "每次运行回看的时长，以免漏掉迟提交的变更",
            en: "How far each run steps back, so that changes that were committed late are not missed"))
    package static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...1000, default: 200, unit: "records",
        LocalizedText(zh: "每页记录数", en: "Records in a page"))

    /// Where the server is and who we are there.
    package static let access: [SettingField] = [
        baseURL.field, database.field, username.field, password.field, company.field, oldRoute.field,
    ]
}
