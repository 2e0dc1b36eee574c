import PlumblineKit

/// Folds a ticket and its audits into one record: the state that the ticket's row shows.
struct ZendeskFold {
    let meanings: StatusMeanings
    let agents: Set<String>
    let spamTags: Set<String>

    init(settings: Settings, agents: Set<String>) {
        meanings = ZendeskSettings.meanings(settings)
        self.agents = agents
        spamTags = Set(settings[ZendeskSettings.spamTags])
    }

    func record(_ ticket: ZendeskTicket, audits: [JSON]) throws(JSONShapeError) -> TicketRecord {
        var record = TicketRecord(
            id: String(ticket.id), subject: ticket.json["subject"]?.string, status: ticket.status,
            queue: ticket.json["group_id"]?.scalarText, priority: ticket.json["priority"]?.string,
            created: ticket.created, updated: ticket.updated,
            due: ticket.json["due_at"]?.string.flatMap { Instant(rfc3339: $0) }, requester: ticket.requester,
            owner: ticket.assignee)
        let history = try history(of: ticket, audits)
        record.replies = replies(to: ticket, in: history)
        foldStatuses(of: ticket, history, into: &record)
        record.owners = owners(of: ticket, in: history)
        record.isSpam = !spamTags.isDisjoint(with: ticket.tags)
        record.customFields = ticket.customFields
        return record
    }

    /// What only Zendesk tells.
    func further(_ ticket: ZendeskTicket) -> [(String, JSON)] {
        [
            ("tags", .array(ticket.tags.map(JSON.string))),
            ("type", .text(ticket.json["type"]?.string)),
            ("channel", .text(ticket.json["via"]?["channel"]?.string)),
        ]
    }

    /// What the row has seen, in the order of time.
    private func history(
        of ticket: ZendeskTicket, _ audits: [JSON]
    ) throws(JSONShapeError) -> [ZendeskAudit] {
        var history: [ZendeskAudit] = []
        for audit in audits { history.append(try ZendeskAudit(audit)) }
        return history.filter { $0.at <= ticket.moment }.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    private func replies(to ticket: ZendeskTicket, in history: [ZendeskAudit]) -> AgentReplies {
        let hidden = Set(history.flatMap(\.hiddenComments))
        return AgentReplies(
            history.flatMap { audit in
                audit.publicComments.filter { comment in
                    agents.contains(comment.author) && comment.author != ticket.requester
                        && !(comment.id.map(hidden.contains) ?? false)
                }.map { AgentReplies.Reply(at: audit.at, by: $0.author) }
            })
    }

    private func foldStatuses(
        of ticket: ZendeskTicket, _ history: [ZendeskAudit], into record: inout TicketRecord
    ) {
        let changes = history.compactMap { audit in audit.change(of: "status").map { (at: audit.at, what: $0) } }
        let first = changes.first.map(\.what)
        let start = first.map { $0.isCreation ? $0.new : $0.old } ?? ticket.status
        var walk = StatusWalk(meanings: meanings, status: start ?? ticket.status, at: ticket.created)
        for change in changes where !change.what.isCreation { walk.enter(change.what.new ?? "", at: change.at) }
        record.take(walk)
    }

    private func owners(of ticket: ZendeskTicket, in history: [ZendeskAudit]) -> [OwnerInterval] {
        let changes = history.compactMap { audit in
            audit.change(of: "assignee_id").map { (at: audit.at, what: $0) }
        }
        guard let first = changes.first?.what else {
            return [OwnerInterval(owner: ticket.assignee, from: ticket.created, to: nil)]
        }
        let start = first.isCreation ? first.new : first.old
        var intervals = [OwnerInterval(owner: filled(start), from: ticket.created, to: nil)]
        for change in changes where !change.what.isCreation {
            intervals[intervals.count - 1].to = change.at
            intervals.append(OwnerInterval(owner: filled(change.what.new), from: change.at, to: nil))
        }
        return intervals
    }

    private func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
