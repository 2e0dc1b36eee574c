import PlumblineKit

/// Folds an issue, its history and its comments into one record: the state that the search showed.
struct JiraFold {
    let meanings: StatusMeanings
    let statuses: JiraStatuses.List
    let agents: Set<String>
    let customFields: [String]

    init(settings: Settings, statuses: JiraStatuses.List, agents: Set<String>) {
        meanings = statuses.meanings(
            resolved: settings[JiraSettings.resolvedStatuses], closed: settings[JiraSettings.closedStatuses],
            inactive: settings[JiraSettings.inactiveStatuses], paused: settings[JiraSettings.pausedStatuses])
        self.statuses = statuses
        self.agents = agents
        customFields = settings[JiraSettings.customFields]
    }

    func record(
        _ issue: JiraIssue, changelog: [JSON], comments: [JSON]
    ) throws(JSONShapeError) -> TicketRecord {
        var record = TicketRecord(
            id: issue.id, subject: issue.fields["summary"]?.string, status: issue.status.name,
            queue: issue.fields["project"]?["key"]?.string, priority: issue.name("priority"), created: issue.created,
            updated: issue.updated, requester: issue.reporter, owner: issue.assignee)
        let history = try JiraHistory.list(changelog, until: issue.horizon)
        record.replies = try replies(to: issue, comments)
        foldStatuses(of: issue, history, into: &record)
        record.owners = owners(of: issue, history)
        record.customFields = JSONObject(
            customFields.compactMap { name in issue.fields[name].map { (name, $0) } })
        return record
    }

    /// What only Jira tells.
    func further(_ issue: JiraIssue) -> [(String, JSON)] {
        let labels = (issue.fields["labels"]?.array ?? []).filter { $0.string != nil }
        return [
            ("key", .string(issue.key)), ("status_category", .text(issue.status.category)),
            ("issue_type", .text(issue.name("issuetype"))), ("resolution", .text(issue.name("resolution"))),
            ("resolved", .time(issue.resolved)), ("due_date", .text(issue.fields["duedate"]?.string)),
            ("labels", .array(labels)),
        ]
    }

    private func replies(to issue: JiraIssue, _ items: [JSON]) throws(JSONShapeError) -> AgentReplies {
        var replies: [AgentReplies.Reply] = []
        for item in items {
            let comment = try JiraComment(item)
            guard let author = comment.author, comment.isPublic, !comment.isByApp, agents.contains(author),
                author != issue.reporter, comment.at <= issue.horizon
            else { continue }
            replies.append(AgentReplies.Reply(at: comment.at, by: author))
        }
        return AgentReplies(replies)
    }

    private func foldStatuses(of issue: JiraIssue, _ history: [JiraHistory], into record: inout TicketRecord) {
        let changes = history.compactMap { entry in entry.change(of: "status").map { (at: entry.at, what: $0) } }
        let first = changes.first.map { statuses.mark(id: $0.what.from, name: $0.what.fromName) }
        let present = statuses.mark(id: issue.status.id, name: issue.status.name)
        var walk = StatusWalk(meanings: meanings, status: first ?? present, at: issue.created)
        for change in changes { walk.enter(statuses.mark(id: change.what.to, name: change.what.toName), at: change.at) }
        record.take(walk)
    }

    private func owners(of issue: JiraIssue, _ history: [JiraHistory]) -> [OwnerInterval] {
        let changes = history.compactMap { entry in entry.change(of: "assignee").map { (at: entry.at, what: $0) } }
        guard let first = changes.first else {
            return [OwnerInterval(owner: issue.assignee, from: issue.created, to: nil)]
        }
        var intervals = [OwnerInterval(owner: filled(first.what.from), from: issue.created, to: nil)]
        for change in changes {
            intervals[intervals.count - 1].to = change.at
            intervals.append(OwnerInterval(owner: filled(change.what.to), from: change.at, to: nil))
        }
        return intervals
    }

    private func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
}
