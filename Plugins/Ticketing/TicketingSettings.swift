import PlumblineKit

/// Settings that ticketing systems have in common.
enum TicketingSettings {
    static let agents = Setting<[String]>.list(
        "agents", default: [],
        LocalizedText(
            zh: "客服账号列表：其公开回复才算响应", en: "Logins of the agents: only their public replies count as responses"))

    /// For `check`: agents are judged by the source's list of today, whenever a ticket is read.
    static func remark<Value>(onAgentsOf setting: Setting<Value>) -> String {
        "agents are those of \(setting.field.key) now: list in agents who leaves, or their replies of the past are lost"
    }

    static let since = Setting<String?>.text(
        "since",
        LocalizedText(
            zh: "只读取此时间之后变更过的工单，如 2026-01-01T00:00:00+08:00",
            en: "Read only tickets changed since then, such as 2026-01-01T00:00:00+08:00"))

    static let overlap = Setting<Duration>.duration(
        "overlap", in: .zero ... .seconds(366 * 86_400), default: "5m",
        LocalizedText(
            zh: "每次运行回看的时长，以免漏掉迟到的变更", en: "How far each run steps back, so that late changes are not missed"))

    static func resolvedStatuses(default names: [String]) -> Setting<[String]> {
        .list("resolved_statuses", default: names, LocalizedText(zh: "表示已解决的状态", en: "Statuses that mean solved"))
    }

    static func closedStatuses(default names: [String]) -> Setting<[String]> {
        .list(
            "closed_statuses", default: names,
            LocalizedText(
                zh: "解决之后的关闭状态；从已解决进入它不算再次解决",
                en: "Statuses that close a solved ticket; going there from solved is not a new solution"))
    }

    static func inactiveStatuses(default names: [String]) -> Setting<[String]> {
        .list(
            "inactive_statuses", default: names,
            LocalizedText(zh: "未解决而结束的状态，如拒绝", en: "Statuses that end a ticket unsolved, such as rejected"))
    }

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

/// What the source's status names mean.
struct StatusMeanings: Sendable {
    let resolved: Set<String>
    let closed: Set<String>
    let inactive: Set<String>
    var paused: Set<String> = []
    var deleted: Set<String> = []

    /// Solved, and perhaps closed since.
    func isDone(_ status: String) -> Bool { resolved.contains(status) || closed.contains(status) }

    /// Over without a solution.
    func isDropped(_ status: String) -> Bool { inactive.contains(status) || deleted.contains(status) }

    /// Nothing more is expected to happen, solved or not.
    func isClosed(_ status: String) -> Bool { closed.contains(status) || isDropped(status) }
}
