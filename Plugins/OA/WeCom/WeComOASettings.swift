import PlumblineKit
import WeComServer

/// What a connection to WeCom's approvals says.
enum WeComOASettings {
    static let since = Setting<String>.text(
        "since",
        LocalizedText(zh: "从此日期起提交的审批，如 2026-01-01", en: "The first day of submission to read, such as 2026-01-01"))
    static let templates = Setting<[String]>.list(
        "templates", default: [],
        LocalizedText(zh: "只读取这些审批模板 ID；不填为全部", en: "Only approvals of these template ids; all where there is none"))
    static let formFields = Setting<[String]>.list(
        "form_fields", default: [],
        LocalizedText(
            zh: "只读取表单里这些标题或 ID 的控件；不填为除单行、多行文本以外的全部控件，文本只在列出时读取",
            en:
                "Only controls of forms with these titles or ids; where there is none, all but free text (Text and Textarea), which is read only where it is named"
        ))
    static let recheck = Setting<Duration>.duration(
        "recheck", in: .zero ... .seconds(366 * 86_400), default: "7d",
        LocalizedText(
            zh: "每次运行重读最近多长时间内提交的审批，以发现通过后撤销、删除和支付",
            en:
                "How far back approvals are read again in each run, for those withdrawn after they passed, deleted or paid"
        ))
    static let openLimit = Setting<Int>.integer(
        "open_limit", in: 1...50_000, default: 5000, unit: "approvals",
        LocalizedText(
            zh: "最多跟踪多少个未结束的审批，直到结束为止", en: "How many pending approvals are read again until they end"))

    static let all: [SettingField] =
        WeComSettings.access + [since.field, templates.field, formFields.field, recheck.field, openLimit.field]
        + WeComSettings.people
}
