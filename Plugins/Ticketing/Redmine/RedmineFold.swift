import PlumblineKit

/// Folds an issue and its journals into one record.
///
/// `closed_on` is not read: whether it goes when an issue is reopened is not confirmed, and the journals tell.
struct RedmineFold {
    let meanings: StatusMeanings
    let statuses: [String: String]
    let agents: Set<String>
    let satisfactionField: String?
    let readsSpentHours: Bool

    init(settings: Settings, statuses: RedmineStatuses.List, agents: Set<String>) {
        meanings = statuses.meanings(RedmineSettings.meanings(settings))
        self.statuses = statuses.names
        self.agents = agents
        satisfactionField = settings[RedmineSettings.satisfactionField]
        readsSpentHours = settings[RedmineSettings.readsSpentHours]
    }

    func record(_ issue: RedmineIssue) throws(JSONShapeError) -> TicketRecord {
        var record = TicketRecord(
            id: String(issue.id), subject: issue.json["subject"]?.string, status: issue.status,
            queue: issue.json["project"]?["name"]?.string, priority: issue.json["priority"]?["name"]?.string,
            created: issue.created, updated: issue.updated, requester: issue.author, owner: issue.assignee)
        record.replies = replies(to: issue)
        foldStatuses(of: issue, into: &record)
        record.owners = owners(of: issue)
        record.satisfaction = satisfaction(of: issue)
        record.secondsWorked = readsSpentHours ? try issue.secondsSpent() : nil
        record.customFields = issue.customFields
        return record
    }

    /// What only Redmine tells.
    func further(_ issue: RedmineIssue) -> [(String, JSON)] {
        [
            ("tracker", .text(issue.json["tracker"]?["name"]?.string)),
            ("version", .text(issue.json["fixed_version"]?["name"]?.string)),
            ("due_date", .text(issue.json["due_date"]?.string)),
        ]
    }

    private func replies(to issue: RedmineIssue) -> AgentReplies {
        AgentReplies(
            issue.journals.compactMap { journal in
                guard journal.isPublicNote, let user = journal.user, agents.contains(user), user != issue.author
                else { return nil }
                return AgentReplies.Reply(at: journal.at, by: user)
            })
    }

    private func foldStatuses(of issue: RedmineIssue, into record: inout TicketRecord) {
        let changes = issue.journals.compactMap { journal in
            journal.change(of: "status_id").map { (at: journal.at, old: name($0.old), new: name($0.new)) }
        }
        var walk = StatusWalk(meanings: meanings, status: changes.first?.old ?? issue.status, at: issue.created)
        for change in changes { walk.enter(change.new, at: change.at) }
        record.take(walk)
    }

    /// A status that the server no longer has appears as `#7`.
    private func name(_ number: String?) -> String { number.map { statuses[$0] ?? "#\($0)" } ?? "" }

    private func owners(of issue: RedmineIssue) -> [OwnerInterval] {
        let changes = issue.journals.compactMap { journal in
            journal.change(of: "assigned_to_id").map { (at: journal.at, old: filled($0.old), new: filled($0.new)) }
        }
        guard let first = changes.first else {
            return [OwnerInterval(owner: issue.assignee, from: issue.created, to: nil)]
        }
        var intervals = [OwnerInterval(owner: first.old, from: issue.created, to: nil)]
        for change in changes {
            intervals[intervals.count - 1].to = change.at
            intervals.append(OwnerInterval(owner: change.new, from: change.at, to: nil))
        }
        return intervals
    }

    private func filled(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }

    private func satisfaction(of issue: RedmineIssue) -> Satisfaction? {
        guard let name = satisfactionField, let (number, value) = issue.customField(name), let score = value else {
            return nil
        }
        let given = issue.journals.last { $0.change(of: number, in: "cf")?.new == score }
        return Satisfaction(score: score, at: given?.at, by: given?.user)
    }
}
