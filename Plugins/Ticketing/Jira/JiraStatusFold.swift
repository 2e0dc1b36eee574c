import PlumblineKit

/// An issue's statuses as its history tells them, held against the status that it shows.
///
/// Histories may be lacking: an issue that was imported is solved without ever having been moved, or was moved on
/// elsewhere. What follows from such a history is not known then, and a person is told.
struct JiraStatusFold {
    let statuses: JiraStatuses.List
    let issue: JiraIssue
    let meanings: StatusMeanings
    private let changes: [(at: Instant, what: JiraHistory.Change)]

    init(_ issue: JiraIssue, _ history: [JiraHistory], _ meanings: StatusMeanings, _ statuses: JiraStatuses.List) {
        self.statuses = statuses
        self.issue = issue
        self.meanings = meanings.with(issue.status, statuses)
        changes = history.compactMap { entry in entry.change(of: "status").map { (at: entry.at, what: $0) } }
    }

    /// What the status that it shows means: new, open, pending, solved or closed.
    var state: String {
        if meanings.isClosed(present) { return "closed" }
        if meanings.isDone(present) { return "solved" }
        if meanings.paused.contains(present) { return "pending" }
        return issue.status.category == "new" ? "new" : "open"
    }

    func fold(into record: inout TicketRecord) {
        let start = changes.first.map { statuses.mark(id: $0.what.from, name: $0.what.fromName) } ?? present
        var walk = StatusWalk(meanings: meanings, status: start, at: issue.created)
        for change in changes { walk.enter(statuses.mark(id: change.what.to, name: change.what.toName), at: change.at) }
        record.take(walk)
        if meanings.isDone(start) || meanings.isClosed(start) { correctStart(&record) }
        if let last = changes.last?.what, !isShown(last) { correctEnd(&record, walk, last) }
        record.oddities += lost.map { name in
            "status '\(name)' is in no workflow any more: name it in \(JiraSettings.resolvedStatuses.field.key) if it "
                + "meant solved"
        }
    }

    private var present: String { statuses.mark(id: issue.status.id, name: issue.status.name) }

    /// An issue that was done from the beginning was so before it came here: since when, only its resolution may tell.
    private func correctStart(_ record: inout TicketRecord) {
        let entry = changes.isEmpty ? issue.resolved : nil
        if record.firstSolved == issue.created { record.firstSolved = entry }
        if record.solved == issue.created { record.solved = entry }
        if record.closed == issue.created { record.closed = entry }
        if entry == nil { record.oddities.append("it was done when its history began, and nothing tells since when") }
    }

    private func isShown(_ last: JiraHistory.Change) -> Bool {
        if let id = issue.status.id, let lastID = last.to { return id == lastID }
        return issue.status.name == last.toName
    }

    /// What came between the last move and the status that it shows is not known.
    private func correctEnd(_ record: inout TicketRecord, _ walk: StatusWalk, _ last: JiraHistory.Change) {
        if !meanings.isDone(present) {
            record.solved = nil
        } else if !meanings.isDone(walk.status) {
            record.solved = issue.resolved
            record.firstSolved = record.firstSolved ?? issue.resolved
        }
        if !meanings.isClosed(present) || !meanings.isClosed(walk.status) { record.closed = nil }
        (record.reopened, record.reopenCount, record.pauses) = (nil, nil, nil)
        record.oddities.append(
            "its history ends in '\(last.toName ?? last.to ?? "")', and it is in '\(issue.status.name)'")
    }

    /// Names of statuses that the site does not list and the settings do not name.
    private var lost: [String] {
        var names = Set<String>()
        for change in changes.map(\.what) {
            for (id, name) in [(change.from, change.fromName), (change.to, change.toName)] {
                let mark = statuses.mark(id: id, name: name)
                if id != nil, !statuses.holds(id: id), !meanings.tells(mark) { names.insert(mark) }
            }
        }
        return names.sorted()
    }
}

extension StatusMeanings {
    fileprivate func tells(_ mark: String) -> Bool {
        isDone(mark) || isClosed(mark) || paused.contains(mark)
    }

    /// With a status that the site does not list, whose category the issue shows.
    fileprivate func with(_ status: JiraStatus, _ statuses: JiraStatuses.List) -> StatusMeanings {
        let mark = statuses.mark(id: status.id, name: status.name)
        guard !statuses.holds(id: status.id), status.category == "done", !tells(mark) else { return self }
        return StatusMeanings(
            resolved: resolved.union([mark]), closed: closed, inactive: inactive, paused: paused, deleted: deleted)
    }
}
