import PlumblineKit

/// What a connection to Kingdee K3Cloud says, beside its forms.
enum KingdeeSettings {
    static let baseURL = Setting<String>.url(
        "base_url", LocalizedText(zh: "站点地址，以 /k3cloud/ 结尾", en: "Address of the site, ending in /k3cloud/"))
    static let access = Setting<String>.choice(
        "access", of: KingdeeAccess.allCases.map(\.rawValue), default: KingdeeAccess.signature.rawValue,
        LocalizedText(
            zh: "登录方式：signature 每次请求签名（第三方系统登录授权），app_secret 或 password 登录后用会话（报文未经证实）",
            en:
                "How we are let in: signature signs each request as a third-party system; app_secret and password log in and keep a session (bodies not confirmed)"
        ))
    static let dataCentre = Setting<String>.text(
        "acct_id", LocalizedText(zh: "数据中心 ID", en: "Id of the data centre"))
    static let username = Setting<String>.text(
        "username", LocalizedText(zh: "只读用户的名称", en: "Name of a user who may only read"))
    /// What stands behind the `_` hides the secret that requests are signed with, under a mask that anybody may know.
    static let appID = Setting<Secret?>.secret(
        "app_id",
        LocalizedText(
            zh: "应用 ID，形如 218404_xxx；其中含有签名密钥，须保密",
            en: "Id of the application, such as 218404_xxx; it holds a key that requests are signed with"))
    static let appSecret = Setting<Secret?>.secret(
        "app_secret", LocalizedText(zh: "应用密钥", en: "Secret of the application"))
    static let password = Setting<Secret?>.secret(
        "password", LocalizedText(zh: "access 为 password 时该用户的密码", en: "That user's password, for access password"))
    static let language = Setting<Int>.integer(
        "lcid", in: 1...65_535, default: 2052,
        LocalizedText(zh: "语言编号；2052 为简体中文", en: "Number of the language; 2052 is simplified Chinese"))
    static let organizationNumber = Setting<String>.text(
        "org_number", default: "0", LocalizedText(zh: "登录组织编码；0 为默认", en: "Organization to log in to; 0 is the default")
    )
    static let namesLogin = Setting<Bool>.flag(
        "named_login", default: false,
        LocalizedText(
            zh: "登录报文是否用带名称的成员而非 parameters 列表（未经证实）",
            en: "Whether the login has named members rather than a list of parameters (not confirmed)"))
    static let dataAsText = Setting<Bool>.flag(
        "data_as_text", default: false,
        LocalizedText(zh: "旧版服务器要求 data 为 JSON 文本", en: "Whether data is a text of JSON, as older servers want it"))
    static let lostTexts = Setting<[String]>.list(
        "session_lost_texts", default: ["会话信息已丢失"],
        LocalizedText(
            zh: "出错文字含其一时视为会话失效，重新建立一次（未经证实）",
            en:
                "An error with one of these words means that the session is over: another is opened, once (not confirmed)"
        ))
    static let organizations = Setting<[String]>.list(
        "organizations", default: [],
        LocalizedText(
            zh: "只读取这些组织编码的单据；留空读取全部", en: "Read only bills of organizations of these numbers; all where there is none")
    )
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 2...2000, default: 1000, unit: "rows",
        LocalizedText(zh: "每次查询的行数；服务器最多给 2000", en: "Rows of a query; the server gives no more than 2000"))

    static let all: [SettingField] = [
        baseURL.field, access.field, dataCentre.field, username.field, appID.field, appSecret.field, password.field,
        language.field, organizationNumber.field, namesLogin.field, dataAsText.field, lostTexts.field,
        organizations.field, ERPSettings.since.field, ERPSettings.overlap.field, pageSize.field,
    ]

    /// What no message may hold: secrets, and what the application's id hides.
    static func secrets(_ settings: Settings) -> [String] {
        let own = [settings[appSecret], settings[password], settings[appID]].compactMap { $0?.reveal() }
        guard let id = settings[appID] else { return own }
        return own + [String(KingdeeSigner.hidden(in: id)), KingdeeSigner.clientSecret(in: id)]
    }
}

/// How the server lets us in.
enum KingdeeAccess: String, CaseIterable {
    /// Each request is signed.
    case signature
    /// A login with the application's secret, then a session.
    case appSecret = "app_secret"
    /// A login with the user's password, then a session.
    case password
}
