import PlumblineKit

/// What happens in the emulated Request Tracker. What is done to a ticket that went into another is done to that one.
extension RequestTrackerEmulator {
    mutating func create(_ id: Int, at moment: Instant, _ change: (inout Ticket) -> Void = { _ in }) {
        var ticket = Ticket(id: id, effectiveID: id, subject: "Ticket \(id)", created: moment, updated: moment)
        change(&ticket)
        tickets[id] = ticket
        note("Create", on: id, at: moment, by: ticket.requester)
    }

    /// A reply that the requester sees, or a comment that he does not.
    mutating func reply(to id: Int, by login: String, at moment: Instant, isComment: Bool = false) {
        edit(id, at: moment) { _ in }
        note(isComment ? "Comment" : "Correspond", on: id, at: moment, by: login)
    }

    mutating func move(_ id: Int, to status: String, by login: String, at moment: Instant) {
        guard let id = effective(id), let old = tickets[id]?.status else { return }
        edit(id, at: moment) { $0.status = status }
        note("Status", on: id, at: moment, by: login, "Status", old, status)
    }

    /// Another owner; the server writes a twin of the change for the watchers.
    mutating func assign(_ id: Int, to owner: Int, by login: String, at moment: Instant) {
        guard let id = effective(id), let old = tickets[id]?.owner else { return }
        edit(id, at: moment) { $0.owner = owner }
        note("Set", on: id, at: moment, by: login, "Owner", String(old), String(owner))
        note("SetWatcher", on: id, at: moment, by: login, "Owner", String(old), String(owner))
    }

    /// Merges a ticket into another: the update time of the one that goes stays as it was.
    mutating func merge(_ id: Int, into target: Int, by login: String, at moment: Instant) {
        guard let id = effective(id), let target = effective(target), id != target else { return }
        for ticket in tickets.values where ticket.effectiveID == id { tickets[ticket.id]?.effectiveID = target }
        edit(target, at: moment) { _ in }
        note("AddLink", on: target, at: moment, by: login, "MergedInto", "", "fsck.com-rt://rt/ticket/\(id)")
    }

    private func effective(_ id: Int) -> Int? { tickets[id]?.effectiveID }

    private mutating func edit(_ id: Int, at moment: Instant, _ change: (inout Ticket) -> Void) {
        guard let id = effective(id), var ticket = tickets[id] else { return }
        change(&ticket)
        ticket.updated = moment
        tickets[id] = ticket
    }

    private mutating func note(
        _ type: String, on id: Int, at moment: Instant, by login: String, _ field: String = "", _ old: String = "",
        _ new: String = ""
    ) {
        guard let id = effective(id) else { return }
        let number = (transactions.last?.id ?? 100) + 1
        transactions.append(
            Transaction(
                id: number, ticket: id, type: type, at: moment, by: login, field: field, old: old, new: new))
    }
}
