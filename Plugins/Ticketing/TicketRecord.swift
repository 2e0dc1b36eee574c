import PlumblineKit

/// One ticket folded from its history: the shape that every ticketing connector emits.
///
/// A fact that the source does not show is nil, which is not the same as an empty list or 0.
struct TicketRecord {
    var id: String
    var subject: String?
    var status: String
    var queue: String?
    var priority: String?
    var created: Instant
    var updated: Instant
    var due: Instant?
    var requester: String?
    var owner: String?
    var replies = AgentReplies()
    var firstSolved: Instant?
    var solved: Instant?
    var closed: Instant?
    var reopened: [Instant]?
    var reopenCount: Int?
    var pauses: [Interval]?
    var owners: [OwnerInterval]?
    var satisfaction: Satisfaction?
    var mergedInto: String?
    var isSpam = false
    var isDeleted = false
    var secondsWorked: Int?
    var customFields: JSONObject = [:]
    /// What is odd about its history, for people.
    var oddities: [String] = []
}

/// Public replies by agents who did not ask themselves.
struct AgentReplies {
    struct Reply {
        let at: Instant
        let by: String
    }

    /// Ascending by time.
    private(set) var all: [Reply] = []

    init(_ replies: [Reply] = []) {
        all = replies.sorted { $0.at < $1.at }
    }

    var first: Reply? { all.first }

    /// How many came up to `moment`; all of them where no moment is known.
    func count(until moment: Instant?) -> Int {
        guard let moment else { return all.count }
        return all.count { $0.at <= moment }
    }
}

struct Interval {
    let from: Instant
    var to: Instant?
}

struct OwnerInterval {
    /// Nil while nobody owned the ticket.
    let owner: String?
    let from: Instant
    var to: Instant?
}

struct Satisfaction {
    let score: String
    /// Nil where the source does not tell when it was given, or by whom.
    var at: Instant?
    var by: String?
}

extension TicketRecord {
    /// What expressions read as `source`.
    var json: JSON {
        [
            "id": .string(id),
            "subject": .text(subject),
            "status": .string(status),
            "queue": .text(queue),
            "priority": .numeric(priority),
            "created": .time(created),
            "updated": .time(updated),
            "due": .time(due),
            "requester": .text(requester),
            "owner": .text(owner),
            "first_reply_at": .time(replies.first?.at),
            "first_reply_by": .text(replies.first?.by),
            "reply_count": .int(replies.all.count),
            "replies_until_first_solved": hasBeenSolved ? .int(replies.count(until: firstSolved)) : .null,
            "first_solved_at": .time(firstSolved),
            "solved_at": .time(solved),
            "closed_at": .time(closed),
            "reopened_at": reopened.map { .array($0.map(JSON.time)) } ?? .null,
            "reopen_count": reopenCount.map(JSON.int) ?? .null,
            "pause_intervals": pauses.map { .array($0.map(\.json)) } ?? .null,
            "owner_intervals": owners.map { .array($0.map(\.json)) } ?? .null,
            "satisfaction": .numeric(satisfaction?.score),
            "satisfaction_at": .time(satisfaction?.at),
            "satisfaction_by": .text(satisfaction?.by),
            "merged_into_id": .text(mergedInto),
            "is_spam": .bool(isSpam),
            "is_deleted": .bool(isDeleted),
            "time_worked_seconds": secondsWorked.map(JSON.int) ?? .null,
            "custom_fields": .object(customFields),
        ]
    }

    /// `json`, and members that only one system tells.
    func json(with further: [(String, JSON)]) -> JSON {
        .object(JSONObject((json.object?.members ?? []).map { ($0.key, $0.value) } + further))
    }

    private var hasBeenSolved: Bool { firstSolved != nil || solved != nil || reopenCount ?? 0 > 0 }

    /// What is odd about the ticket, for people.
    var anomalies: [Anomaly] {
        var reasons = oddities
        if let first = replies.first, first.at < created {
            reasons.append("its first reply (\(first.at)) is older than the ticket (\(created))")
        }
        return reasons.map { Anomaly(id: id, reason: $0) }
    }
}

extension Interval {
    var json: JSON { ["from": .time(from), "to": .time(to)] }
}

extension OwnerInterval {
    var json: JSON { ["owner": .text(owner), "from": .time(from), "to": .time(to)] }
}

extension JSON {
    /// A number where the text is a plain one (`4`, `-2.5`), else the text; null where there is none.
    static func numeric(_ text: String?) -> JSON {
        guard let text else { return .null }
        guard let value = try? JSON.parse(Array(text.utf8)), case .number = value else { return .string(text) }
        return value
    }
}

extension TicketRecord {
    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "工单号", en: "Ticket number")),
        SourceField("subject", "string?", LocalizedText(zh: "标题", en: "Subject")),
        SourceField("status", "string", LocalizedText(zh: "当前状态，源系统的名称", en: "Present status, in the source's words")),
        SourceField("queue", "string?", LocalizedText(zh: "队列", en: "Queue")),
        SourceField(
            "priority", "int | string?", LocalizedText(zh: "优先级，源系统的写法", en: "Priority as the source writes it")),
        SourceField("created", "time", LocalizedText(zh: "创建时间", en: "When it was created")),
        SourceField("updated", "time", LocalizedText(zh: "最后变更时间", en: "When it last changed")),
        SourceField("due", "time?", LocalizedText(zh: "到期时间", en: "When it is due")),
        SourceField("requester", "string?", LocalizedText(zh: "提单人账号", en: "Login of who asked")),
        SourceField("owner", "string?", LocalizedText(zh: "当前负责人账号", en: "Login of the present owner")),
        SourceField(
            "first_reply_at", "time?",
            LocalizedText(
                zh: "客服（非提单人）首次公开回复的时间", en: "First public reply by an agent who is not the requester")),
        SourceField("first_reply_by", "string?", LocalizedText(zh: "首次回复人账号", en: "Login of who gave it")),
        SourceField("reply_count", "int", LocalizedText(zh: "客服公开回复数", en: "Public replies by agents")),
        SourceField(
            "replies_until_first_solved", "int?",
            LocalizedText(
                zh: "首次解决前的客服回复数；源系统不给时间时为总数",
                en: "Of these, up to the first solution; all where the source tells no times; null if never solved")),
        SourceField("first_solved_at", "time?", LocalizedText(zh: "首次解决时间", en: "When it was first solved")),
        SourceField(
            "solved_at", "time?",
            LocalizedText(zh: "最近一次解决的时间；重新打开后为空", en: "Last entry into solved; null once it is reopened")),
        SourceField(
            "closed_at", "time?",
            LocalizedText(zh: "关闭或拒绝的时间；重新打开后为空", en: "Entry into closed or rejected; null once it has left them")),
        SourceField(
            "reopened_at", "list<time>?",
            LocalizedText(zh: "每次重新打开的时间；源系统不提供时为空", en: "Every reopening; null where the source tells no times")),
        SourceField(
            "reopen_count", "int?",
            LocalizedText(zh: "重新打开次数；源系统不提供时为空", en: "How often it was reopened; null where the source does not tell")),
        SourceField(
            "pause_intervals", "list<{from: time, to: time?}>?",
            LocalizedText(zh: "挂起的时段", en: "Spans in a paused status; null where the source shows no history")),
        SourceField(
            "owner_intervals", "list<{owner: string?, from: time, to: time?}>?",
            LocalizedText(zh: "历任负责人及时段", en: "Who owned it when; null where the source shows no history")),
        SourceField("satisfaction", "number?", LocalizedText(zh: "满意度评分", en: "Satisfaction score")),
        SourceField("satisfaction_at", "time?", LocalizedText(zh: "评分时间", en: "When it was given")),
        SourceField("satisfaction_by", "string?", LocalizedText(zh: "评分人账号", en: "Login of who gave it")),
        SourceField("merged_into_id", "string?", LocalizedText(zh: "并入的工单号", en: "The ticket it was merged into")),
        SourceField("is_spam", "bool", LocalizedText(zh: "是否垃圾工单", en: "Whether it is spam")),
        SourceField("is_deleted", "bool", LocalizedText(zh: "是否已删除", en: "Whether it is deleted")),
        SourceField("time_worked_seconds", "int?", LocalizedText(zh: "登记工时（秒）", en: "Recorded working time")),
        SourceField(
            "custom_fields", "map<string, any>",
            LocalizedText(
                zh: "其他字段，按名称：RT 为值的列表，其他系统为值本身",
                en: "Further fields by name: in RT a list of values, elsewhere the value as it is")),
    ]
}
