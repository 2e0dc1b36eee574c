import PlumblineKit

/// Settings that connectors of ERP systems have in common.
enum ERPSettings {
    static let since = Setting<String?>.text(
        "since",
        LocalizedText(
            zh: "首次只读取此时间起变更过的数据，如 2026-01-01T00:00:00+08:00",
            en: "Read only what changed since then, such as 2026-01-01T00:00:00+08:00"))
    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(366 * 86_400), default: "5m",
        LocalizedText(
            zh: "每次运行回看的时长，以免漏掉迟提交的变更",
            en: "How far each run steps back, so that changes that were committed late are not missed"))

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
