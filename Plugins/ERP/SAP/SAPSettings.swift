import PlumblineKit

/// What a connection to SAP says, beside its sets.
enum SAPSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "服务器地址，不含服务路径，如 https://my300000-api.s4hana.example",
            en: "Address of the server without the path of a service, such as https://my300000-api.s4hana.example"))
    static let access = Setting<String>.choice(
        "access", of: SAPAccessKind.allCases.map(\.rawValue), default: SAPAccessKind.basic.rawValue,
        LocalizedText(
            zh: "登录方式：basic 为通信用户加密码，client_credentials 为 OAuth 2.0 应用令牌",
            en:
                "How we are let in: basic is a communication user with a password, client_credentials an OAuth 2.0 token"
        ))
    static let username = Setting<String?>.text(
        "username", LocalizedText(zh: "access 为 basic 时的只读用户", en: "A user who may only read, for access basic"))
    static let password = Setting<Secret?>.secret(
        "password", LocalizedText(zh: "该用户的密码", en: "That user's password"))
    static let tokenURL = Setting<String?>.text(
        "token_url",
        LocalizedText(
            zh: "发放令牌的地址；若在另一主机，须列入 allowed_hosts",
            en: "Address that gives tokens; its host must stand in allowed_hosts where it is another one"))
    static let clientID = Setting<String?>.text(
        "client_id", LocalizedText(zh: "应用的 client ID", en: "The application's client id"))
    static let clientSecret = Setting<Secret?>.secret(
        "client_secret", LocalizedText(zh: "应用的 client secret", en: "The application's client secret"))
    static let scope = Setting<String?>.text(
        "scope", LocalizedText(zh: "令牌的 scope；一般不写", en: "Scope of the token; left out as a rule"))
    static let client = Setting<String?>.text(
        "client",
        LocalizedText(
            zh: "集团编号 sap-client，如 100；不写则用服务器默认", en: "The sap-client, such as 100; the server's own where left out"))
    static let language = Setting<String?>.text(
        "language",
        LocalizedText(zh: "sap-language，如 ZH 或 EN，决定出错文字的语言", en: "The sap-language of messages, such as ZH or EN"))
    static let writtenTimes = Setting<String>.choice(
        "written_times", of: ["zone", "utc"], default: "zone",
        LocalizedText(
            zh: "不带时区的时间（Edm.DateTime）按连接的时区还是 UTC 解读（未经证实）",
            en: "Whether times without an offset (Edm.DateTime) are of the connection's zone or UTC (not confirmed)"))
    static let top = Setting<Int>.integer(
        "top", in: 0...100_000, default: 0, unit: "rows",
        LocalizedText(
            zh: "每次请求的行数 $top；0 表示由服务器分页。服务不分页且数据很多时才需要",
            en: "Rows of a request ($top); 0 leaves it to the server. Only for large sets whose service does not page"))
    static let counts = Setting<Bool>.flag(
        "counts", default: true,
        LocalizedText(
            zh: "是否让服务器报告总数，以发现被悄悄截断的应答；不支持的服务请关闭",
            en: "Whether to ask how many there are, which shows answers that are cut off unsaid; for services that can")
    )

    static let all: [SettingField] = [
        baseURL.field, access.field, username.field, password.field, tokenURL.field, clientID.field, clientSecret.field,
        scope.field, client.field, language.field, writtenTimes.field, ERPSettings.since.field,
        ERPSettings.overlap.field, top.field,
        counts.field,
    ]
}
