import PlumblineKit

/// What a connection to Yonyou says, beside its lists.
enum YonyouSettings {
    static let baseURL = Setting<String>.url(
        "base_url",
        LocalizedText(
            zh: "租户所在数据中心的业务网关，如 https://c1.yonyoucloud.com/iuap-api-gateway；填写 tenant_id 时以查询结果为准",
            en:
                "Gateway of the tenant's data centre, such as https://c1.yonyoucloud.com/iuap-api-gateway; with tenant_id the one that is looked up counts"
        ))
    static let tokenURL = Setting<String>.text(
        "token_url", default: "https://open.yonyoucloud.com",
        LocalizedText(zh: "获取令牌的地址", en: "Address that tokens are asked for at"))
    static let tokenPath = Setting<String?>.text(
        "token_path",
        LocalizedText(
            zh: "获取令牌的路径；默认 open-auth/selfAppAuth/getAccessToken，有 tenant_id 时中间多 base/v1（未经证实）",
            en:
                "Path of tokens; open-auth/selfAppAuth/getAccessToken unless said, with base/v1 before the last part where tenant_id is given (not confirmed)"
        ))
    static let tenantID = Setting<String?>.text(
        "tenant_id",
        LocalizedText(
            zh: "租户 ID；填写后先查询其数据中心的地址（未经证实），这些主机须列入 allowed_hosts",
            en:
                "Id of the tenant: the addresses of its data centre are then looked up (not confirmed); their hosts must be in allowed_hosts"
        ))
    static let lookupURL = Setting<String>.text(
        "lookup_url", default: "https://apigateway.yonyoucloud.com",
        LocalizedText(zh: "查询数据中心的地址", en: "Where data centres are looked up"))
    static let lookupPath = Setting<String>.text(
        "lookup_path", default: "open-auth/dataCenter/getGatewayAddress",
        LocalizedText(zh: "查询数据中心的路径", en: "Path of that look-up"))
    static let tenantParameter = Setting<String>.text(
        "tenant_parameter", default: "tenantId",
        LocalizedText(
            zh: "查询时租户 ID 的参数名，也有写作 yhtTenantId 的（未经证实）",
            en: "Parameter with the tenant's id in it; elsewhere yhtTenantId (not confirmed)"))
    static let appKey = Setting<String>.text(
        "app_key", LocalizedText(zh: "自建应用的 AppKey", en: "AppKey of an own app (自建应用)"))
    static let appSecret = Setting<Secret>.secret(
        "app_secret", LocalizedText(zh: "自建应用的 AppSecret", en: "AppSecret of that app"))
    static let successCodes = Setting<[String]>.list(
        "success_codes", default: ["200", "00000"],
        LocalizedText(zh: "表示成功的 code，各服务不同", en: "Codes of success, which differ between services"))
    static let tokenCodes = Setting<[String]>.list(
        "token_codes", default: ["310036"],
        LocalizedText(
            zh: "表示令牌失效的 code：换一次令牌（未经证实）",
            en: "Codes of a token that is not taken: another is asked for, once (not confirmed)"))
    static let limitCodes = Setting<[String]>.list(
        "limit_codes", default: ["310046"],
        LocalizedText(zh: "表示调用过于频繁的 code（未经证实）", en: "Codes of too many calls (not confirmed)"))
    static let limitWait = Setting<Duration>.duration(
        "limit_wait", in: .seconds(1) ... .seconds(86_400), default: "60s",
        LocalizedText(zh: "被限流后等待的时长", en: "How long to wait behind too many calls"))
    static let utcOffset = Setting<String>.text(
        "utc_offset", default: "+08:00",
        LocalizedText(
            zh: "服务器时间比 UTC 早多少；其时间不带时区", en: "How far the server's times are ahead of UTC; they tell no zone"))
    static let timeForm = Setting<String>.choice(
        "time_form", of: YonyouTimeForm.allCases.map(\.rawValue), default: YonyouTimeForm.text.rawValue,
        LocalizedText(
            zh: "时间戳字段的写法：text 如 2026-01-05 08:10:00，milliseconds 为毫秒",
            en: "How times of changes are written: text such as 2026-01-05 08:10:00, or milliseconds since 1970"))
    static let orderBy = Setting<String?>.text(
        "order_by",
        LocalizedText(
            zh: "以 queryOrders 要求升序的字段，如 id；各服务支持与否未经证实，默认不用",
            en:
                "Field that queryOrders asks to sort by, such as id; whether a service takes it is not confirmed, and none is asked for unless said"
        ))
    static let pageSize = Setting<Int>.integer(
        "page_size", in: 2...500, default: 100, unit: "rows",
        LocalizedText(zh: "每次请求的行数", en: "Rows that one request asks for"))

    static let all: [SettingField] = [
        baseURL.field, tokenURL.field, tokenPath.field, tenantID.field, lookupURL.field, lookupPath.field,
        tenantParameter.field, appKey.field, appSecret.field, successCodes.field, tokenCodes.field, limitCodes.field,
        limitWait.field, utcOffset.field, timeForm.field, orderBy.field, ERPSettings.since.field,
        ERPSettings.overlap.field, pageSize.field,
    ]
}
