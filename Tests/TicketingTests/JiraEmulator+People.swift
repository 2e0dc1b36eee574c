import PlumblineKit

/// What people do there. The index learns of everything at its moment, or at `written`.
extension JiraEmulator {
    mutating func create(
        _ id: Int, at moment: Instant, written: Instant? = nil, _ change: (inout Issue) -> Void = { _ in }
    ) {
        var issue = Issue(id: id, created: moment, updated: moment)
        change(&issue)
        put(issue, at: written ?? moment)
    }

    mutating func comment(
        on id: Int, by user: String, at moment: Instant, isInternal: Bool = false, role: String? = nil,
        written: Instant? = nil
    ) {
        lastNumber += 1
        let comment = Comment(id: lastNumber, author: user, at: moment, isInternal: isInternal, role: role)
        write(id, at: written ?? moment) { issue in
            issue.comments.append(comment)
            issue.updated = max(moment, issue.updated)
        }
    }

    mutating func move(_ id: Int, to status: String, by user: String, at moment: Instant) {
        let setsResolution = setsResolution
        change(id, by: user, at: moment) { issue in
            defer {
                let category = Self.statuses[status]?.category
                if category != Self.statuses[issue.status]?.category { issue.categoryChanged = moment }
                issue.status = status
                issue.resolved = category == "done" && setsResolution ? moment : nil
            }
            return [
                "field": "status", "fieldtype": "jira", "fieldId": "status", "from": .string(issue.status),
                "fromString": .text(Self.statuses[issue.status]?.name), "to": .string(status),
                "toString": .text(Self.statuses[status]?.name),
            ]
        }
    }

    mutating func assign(_ id: Int, to assignee: String?, by user: String, at moment: Instant) {
        change(id, by: user, at: moment) { issue in
            defer { issue.assignee = assignee }
            return [
                "field": "assignee", "fieldtype": "jira", "fieldId": "assignee", "from": .text(issue.assignee),
                "fromString": .text(issue.assignee), "to": .text(assignee), "toString": .text(assignee),
            ]
        }
    }

    private mutating func change(
        _ id: Int, by user: String, at moment: Instant, _ change: (inout Issue) -> JSON
    ) {
        lastNumber += 1
        let number = lastNumber
        write(id, at: moment) { issue in
            let item = change(&issue)
            issue.changes.append(Change(id: number, author: user, at: moment, items: [item]))
            issue.updated = max(moment, issue.updated)
        }
    }
}
