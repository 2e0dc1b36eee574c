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
        let statuses = JiraStatusFold(issue, history, meanings, statuses)
        statuses.fold(into: &record)
        foldOwners(of: issue, history, into: &record)
        record.customFields = JSONObject(
            customFields.compactMap { name in issue.fields[name].map { (name, $0) } })
        return record
    }

    /// What its status means: new, open, pending, solved or closed.
    func state(of issue: JiraIssue) -> String { JiraStatusFold(issue, [], meanings, statuses).state }

    /// What only Jira tells.
    func further(_ issue: JiraIssue) -> [(String, JSON)] {
        let labels = (issue.fields["labels"]?.array ?? []).filter { $0.string != nil }
        return [
            ("key", .string(issue.key)), ("state", .string(state(of: issue))),
            ("status_category", .text(issue.status.category)),
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

    /// Not known where the history ends with another owner than the issue shows: then that one alone counts.
    private func foldOwners(of issue: JiraIssue, _ history: [JiraHistory], into record: inout TicketRecord) {
        let intervals = owners(of: issue, history)
        if intervals.last?.owner == issue.assignee {
            record.owners = intervals
        } else {
            record.oddities.append("its history ends with another owner than it has")
        }
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
