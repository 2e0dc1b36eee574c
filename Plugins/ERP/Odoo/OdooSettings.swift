import PlumblineKit

/// What a connection to Odoo says, beside its streams.
enum OdooSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "服务器地址，不含 /web、/json 等路径", en: "Address of the server, without a path such as /web or /json"))
    static let wire = Setting<String>.choice(
        "protocol", of: OdooWireKind.allCases.map(\.rawValue), default: OdooWireKind.json2.rawValue,
        LocalizedText(
            zh: "接口：json-2 用于 19 及以后版本，json-rpc 用于 8 至 21",
            en: "The interface: json-2 for version 19 and newer, json-rpc for 8 to 21"))
    static let database = Setting<String?>.text(
        "database",
        LocalizedText(
            zh: "数据库名；json-rpc 必填，json-2 仅在服务器有多个数据库时需要",
            en: "Name of the database; json-rpc needs it, json-2 where the server has several"))
    static let username = Setting<String?>.text(
        "username", LocalizedText(zh: "只读用户的登录名，json-rpc 需要", en: "Login of a user who may only read, for json-rpc"))
    static let key = Setting<Secret>.secret(
        "api_key",
        LocalizedText(
            zh: "该用户的 API 密钥；旧版本 json-rpc 可为密码",
            en: "That user's API key; with old versions and json-rpc it may be the password"))
    static let companies = Setting<[String]>.list(
        "companies", default: [],
        LocalizedText(
            zh: "只读取这些公司编号的记录及不属于任何公司的记录；留空读取该用户可见的全部",
            en:
                "Read only records of companies of these numbers, and of none; all that the user sees where there is none"
        ))
    static let language = Setting<String?>.text(
        "language",
        LocalizedText(
            zh: "名称所用语言，如 zh_CN，须已安装；留空为原文",
            en: "Language of names, such as zh_CN, which must be installed; as they were written where not said"))
    static let resolvesUsers = Setting<Bool>.flag(
        "resolve_users", default: true,
        LocalizedText(
            zh: "是否把系统用户换成其员工编号（须可读员工）；否则一律为 user/编号",
            en: "Whether users become the number of their employee, which must be readable; else all are user/<number>")
    )
    static let rootName = Setting<String?>.text(
        "root_name",
        LocalizedText(
            zh: "根部门的名称，写在每条部门路径的最前面；Odoo 中没有",
            en: "Name of the root unit, with which paths of departments begin; Odoo has none"))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 1...500, default: 200, unit: "records",
        LocalizedText(zh: "每页记录数", en: "Records in a page"))

    static let all: [SettingField] = [
        baseURL.field, wire.field, database.field, username.field, key.field, companies.field, language.field,
        resolvesUsers.field, rootName.field, ERPSettings.since.field, ERPSettings.overlap.field, pageSize.field,
    ]

    /// The numbers of `companies`; refuses what is none.
    static func companyNumbers(_ settings: Settings) throws(ConnectorError) -> [Int] {
        var numbers: [Int] = []
        for text in settings[companies] {
            guard let number = Int(text), number > 0 else {
                throw .settings(field: companies.field.key, reason: "expected the number of a company, got '\(text)'")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// What every call says of itself: archived records are shown, times are in UTC.
    static func context(_ settings: Settings) -> JSON {
        var context: JSONObject = ["active_test": false, "tz": "UTC"]
        context["lang"] = settings[language].map(JSON.string)
        return .object(context)
    }
}

/// The interfaces under the names that settings have for them.
enum OdooWireKind: String, CaseIterable {
    case json2 = "json-2"
    case jsonRPC = "json-rpc"
}
