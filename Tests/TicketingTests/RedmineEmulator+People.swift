import PlumblineKit

/// What people do there.
extension RedmineEmulator {
    mutating func create(_ id: Int, at moment: Instant, _ change: (inout Issue) -> Void = { _ in }) {
        var issue = Issue(id: id, created: moment, updated: moment)
        change(&issue)
        issues[id] = issue
    }

    /// A note.
    mutating func comment(on id: Int, by user: Int, at moment: Instant, isPrivate: Bool = false) {
        write(id, by: user, at: moment) { journal, _ in
            journal.notes = "a note"
            journal.isPrivate = isPrivate
        }
    }

    mutating func move(_ id: Int, to status: Int, by user: Int, at moment: Instant) {
        write(id, by: user, at: moment) { journal, issue in
            journal.details.append(Self.change("attr", "status_id", from: String(issue.status), to: String(status)))
            issue.status = status
            if Self.closedStatuses.contains(status) { issue.closed = moment }
        }
    }

    mutating func assign(_ id: Int, to assignee: Int?, by user: Int, at moment: Instant) {
        write(id, by: user, at: moment) { journal, issue in
            let names = [issue.assignee, assignee].map { $0.map(String.init) }
            journal.details.append(Self.change("attr", "assigned_to_id", from: names[0], to: names[1]))
            issue.assignee = assignee
        }
    }

    mutating func rate(_ id: Int, _ score: String, by user: Int, at moment: Instant) {
        write(id, by: user, at: moment) { journal, issue in
            journal.details.append(Self.change("cf", String(Self.scoreField), from: issue.score, to: score))
            issue.score = score
        }
    }

    mutating func delete(_ id: Int) { issues[id] = nil }

    private static func change(_ property: String, _ name: String, from old: String?, to new: String?) -> JSON {
        [
            "property": .string(property), "name": .string(name), "old_value": .text(old), "new_value": .text(new),
        ]
    }

    private mutating func write(
        _ id: Int, by user: Int, at moment: Instant, _ change: (inout Journal, inout Issue) -> Void
    ) {
        guard var issue = issues[id] else { return }
        lastJournal += 1
        var journal = Journal(id: lastJournal, user: user, at: moment)
        change(&journal, &issue)
        issue.journals.append(journal)
        issue.updated = moment
        issues[id] = issue
    }
}
