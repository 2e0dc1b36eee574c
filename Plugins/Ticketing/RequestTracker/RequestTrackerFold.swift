import PlumblineKit

/// Folds a ticket's row and history into one record.
///
/// Transactions are taken in the order of their numbers, which is the order in which the server wrote them. `Resolved`
/// is not read at all: rejecting sets it too, and reopening keeps it.
struct RequestTrackerFold {
    let meanings: StatusMeanings
    let agents: Set<String>
    let spamQueues: Set<String>
    let satisfactionField: String?

    /// The record of `ticket`. `logins` are those of the user numbers in `history`, where nil stands for nobody.
    func record(
        _ ticket: RequestTrackerTicket, history: [RequestTrackerTransaction], logins: [Int: String?]
    ) -> TicketRecord {
        var record = TicketRecord(
            id: String(ticket.id), subject: ticket.json["Subject"]?.string, status: ticket.status, queue: ticket.queue,
            priority: ticket.json["Priority"]?.scalarText, created: ticket.created, updated: ticket.updated,
            due: RequestTrackerClient.date(ticket.json["Due"]), requester: ticket.requesters.first,
            owner: ticket.owner)
        record.replies = replies(to: ticket, in: history)
        foldStatuses(of: ticket, history, into: &record)
        record.owners = owners(of: ticket, in: history, logins)
        record.satisfaction = satisfaction(of: ticket, in: history)
        record.mergedInto = ticket.isMerged ? String(ticket.effectiveID) : nil
        record.isSpam = ticket.queue.map(spamQueues.contains) ?? false
        record.isDeleted = meanings.deleted.contains(ticket.status)
        record.secondsWorked = ticket.secondsWorked
        record.customFields = ticket.customFields
        return record
    }

    private func replies(to ticket: RequestTrackerTicket, in history: [RequestTrackerTransaction]) -> AgentReplies {
        let replies = history.filter {
            $0.type == "Correspond" && agents.contains($0.creator) && !ticket.requesters.contains($0.creator)
        }
        return AgentReplies(replies.map { AgentReplies.Reply(at: $0.at, by: $0.creator) })
    }

    private func foldStatuses(
        of ticket: RequestTrackerTicket, _ history: [RequestTrackerTransaction], into record: inout TicketRecord
    ) {
        let changes = history.filter(\.isStatusChange)
        var walk = StatusWalk(meanings: meanings, status: changes.first?.old ?? ticket.status, at: ticket.created)
        for change in changes { walk.enter(change.new, at: change.at) }
        record.take(walk)
    }

    private func owners(
        of ticket: RequestTrackerTicket, in history: [RequestTrackerTransaction], _ logins: [Int: String?]
    ) -> [OwnerInterval] {
        let changes = history.filter(\.isOwnerChange)
        guard let first = changes.first else {
            return [OwnerInterval(owner: ticket.owner, from: ticket.created, to: nil)]
        }
        func owner(_ number: String) -> String? { Int(number).flatMap { logins[$0] ?? nil } }
        var intervals = [OwnerInterval(owner: owner(first.old), from: ticket.created, to: nil)]
        for change in changes {
            intervals[intervals.count - 1].to = change.at
            intervals.append(OwnerInterval(owner: owner(change.new), from: change.at, to: nil))
        }
        return intervals
    }

    private func satisfaction(
        of ticket: RequestTrackerTicket, in history: [RequestTrackerTransaction]
    ) -> Satisfaction? {
        guard let name = satisfactionField, let (number, value) = ticket.customField(name), let score = value else {
            return nil
        }
        let given = history.last { $0.type == "CustomField" && $0.field == number && $0.new == score }
        return Satisfaction(score: score, at: given?.at, by: given?.creator)
    }
}
