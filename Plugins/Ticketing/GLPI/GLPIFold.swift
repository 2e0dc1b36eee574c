import PlumblineKit

/// Folds a ticket with its followups and solutions into one record.
///
/// Who owned it when, pauses and reopenings are in the log alone, whose form is not confirmed: they are null. An agent's
/// solution is a reply like a followup: GLPI shows and sends it to who asked, and it often is the only answer.
struct GLPIFold {
    let agents: Set<String>

    func record(_ ticket: GLPITicket) throws(JSONShapeError) -> TicketRecord {
        let asked = ticket.users(ofType: 1)
        var record = TicketRecord(
            id: String(ticket.id), subject: ticket.json["name"]?.glpiText,
            status: Self.statuses[ticket.status] ?? "#\(ticket.status)", queue: ticket.json["entities_id"]?.scalarText,
            priority: ticket.json["priority"]?.scalarText, created: ticket.opened, updated: ticket.changed,
            due: ticket.moment("time_to_resolve"), requester: asked.first, owner: ticket.users(ofType: 2).first)
        let replies = try ticket.publicFollowups() + ticket.replyingSolutions()
        record.replies = AgentReplies(replies.filter { agents.contains($0.by) && !asked.contains($0.by) })
        let solved = ticket.isSolved ? ticket.moment("solvedate") : nil
        record.firstSolved = [try ticket.firstSolution(), solved].compactMap(\.self).min()
        record.solved = solved
        record.closed = ticket.isClosed ? ticket.moment("closedate") : nil
        return record
    }

    /// What only GLPI tells. A span of 0 seconds is one that was not measured.
    func further(_ ticket: GLPITicket) -> [(String, JSON)] {
        [
            ("type", .text(ticket.json["type"]?.scalarText)),
            ("category", .text(ticket.json["itilcategories_id"]?.scalarText)),
            ("owners", .array(ticket.users(ofType: 2).map(JSON.string))),
            ("own_due", .time(ticket.moment("time_to_own"))),
            ("taken_after_seconds", measured(ticket, "takeintoaccount_delay_stat")),
            ("waiting_seconds", measured(ticket, "waiting_duration")),
            ("refused_solutions", .int(ticket.refusals)),
        ]
    }

    private func measured(_ ticket: GLPITicket, _ name: String) -> JSON {
        ticket.json[name]?.glpiInt.flatMap { $0 > 0 ? .int($0) : nil } ?? .null
    }

    private static let statuses = [1: "new", 2: "assigned", 3: "planned", 4: "pending", 5: "solved", 6: "closed"]

    static let furtherFields = [
        SourceField("type", "string?", LocalizedText(zh: "1 事件，2 请求", en: "1 is an incident, 2 a request")),
        SourceField("category", "string?", LocalizedText(zh: "类别编号", en: "Number of the category")),
        SourceField("owners", "list<string>", LocalizedText(zh: "全部负责人的编号", en: "Numbers of all who are assigned")),
        SourceField("own_due", "time?", LocalizedText(zh: "应受理时间", en: "When it is to be taken on")),
        SourceField(
            "taken_after_seconds", "int?", LocalizedText(zh: "多久后受理（秒）", en: "After how long it was taken on")),
        SourceField("waiting_seconds", "int?", LocalizedText(zh: "等待时长（秒）", en: "For how long it waited")),
        SourceField(
            "refused_solutions", "int", LocalizedText(zh: "被提单人拒绝的解决方案数", en: "Solutions that the requester refused")),
    ]
}
