import FeishuServer
import PlumblineKit

/// What a connection to Feishu's approvals and objectives says beside where the platform is.
enum FeishuOASettings {
    static let idType = Setting<String>.choice(
        "user_id_type", of: ["user_id", "open_id"], default: "user_id",
        LocalizedText(
            zh: "账号用哪种用户 ID；user_id 需要权限 contact:user.employee_id:readonly",
            en: "What people are called by; user_id needs the scope contact:user.employee_id:readonly"))
    static let since = Setting<String>.text(
        "since",
        LocalizedText(
            zh: "从此时间开始，如 2026-01-01 或 2026-01-01T00:00:00+08:00",
            en: "Where to begin, such as 2026-01-01 or 2026-01-01T00:00:00+08:00"))
    static let approvals = Setting<[String]>.list(
        "approvals", default: [],
        LocalizedText(zh: "要读取的审批定义的 approval_code", en: "The approval_code of each approval definition to read"))
    static let formFields = Setting<[String]>.list(
        "form_fields", default: [],
        LocalizedText(
            zh: "读取表单中的哪些控件（名称或 ID）；其余一概不读",
            en: "Which fields of the forms to read, by name or id; all others are dropped"))
    static let locale = Setting<String>.choice(
        "locale", of: ["zh-CN", "en-US", "ja-JP"], default: "zh-CN",
        LocalizedText(zh: "审批名称和控件名称用哪种语言", en: "The language of the names of approvals and form fields"))
    static let window = Setting<Duration>.duration(
        "window", in: .seconds(3600) ... .seconds(10 * 86_400), default: "1d",
        LocalizedText(
            zh: "每次列出多长时间内创建的审批", en: "How long a span of creation times is listed at once"))
    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(86_400), default: "5m",
        LocalizedText(
            zh: "每次运行回看的时长，以免漏掉迟出现的审批",
            en: "How far each run steps back, for approvals that are listed late"))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(366 * 86_400), default: "3d",
        LocalizedText(
            zh: "审批结束后多久之内仍然重读，以发现通过后撤销的审批",
            en: "For how long after its end an approval is read again, in case it is withdrawn after all"))
    static let watchLimit = Setting<Int>.integer(
        "watch_limit", in: 10...20_000, default: 3000, unit: "approvals",
        LocalizedText(
            zh: "最多重读多少个未结束或刚结束的审批", en: "How many open or young approvals are read again at most"))
    static let timedOut = Setting<String>.choice(
        "timed_out_as", of: ["withdrawn", "rejected", "pending"], default: "withdrawn",
        LocalizedText(
            zh: "因超时而关闭的审批（OVERTIME_CLOSE）算什么结果",
            en: "The outcome of approvals that were closed because time ran out (OVERTIME_CLOSE)"))

    static let all: [SettingField] =
        FeishuSettings.access + [
            idType.field, since.field, approvals.field, formFields.field, locale.field, window.field, overlap.field,
            recheck.field, watchLimit.field, timedOut.field,
        ] + FeishuSettings.people

    /// The moment that `since` names: a day begins at midnight in the connection's zone.
    static func start(_ settings: Settings, _ context: ConnectorContext) throws(ConnectorError) -> Instant {
        let text = settings[since]
        if let moment = Instant(rfc3339: text) { return moment }
        guard let shown = Instant(rfc3339: text + "T00:00:00Z") else {
            throw .settings(
                field: since.field.key,
                reason: "expected a day such as 2026-01-01 or a time such as 2026-01-01T00:00:00+08:00, got '\(text)'")
        }
        let guess = shown.advanced(bySeconds: -context.utcOffset(shown))
        return shown.advanced(bySeconds: -context.utcOffset(guess))
    }
}
