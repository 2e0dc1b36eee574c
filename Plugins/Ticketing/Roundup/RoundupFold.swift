import PlumblineKit

/// Puts an issue and its messages into one record.
///
/// Roundup's REST API shows no history: owner intervals, pauses and the times of reopenings stay unknown (null).
struct RoundupFold {
    let meanings: StatusMeanings
    let agents: Set<String>
    let resolvedAt: String?
    let reopenCount: String?
    let satisfaction: String?
    let extraProperties: [String]

    init(settings: Settings, agents: Set<String>) {
        meanings = RoundupSettings.meanings(settings)
        self.agents = agents
        resolvedAt = settings[RoundupSettings.resolvedAt]
        reopenCount = settings[RoundupSettings.reopenCount]
        satisfaction = settings[RoundupSettings.satisfaction]
        extraProperties = settings[RoundupSettings.extraProperties]
    }

    func record(_ issue: RoundupIssue, messages: [RoundupMessage]) -> TicketRecord {
        var record = TicketRecord(
            id: String(issue.id), subject: issue.json["title"]?.string, status: issue.status,
            priority: issue.json["priority"]?["name"]?.string, created: issue.created, updated: issue.updated,
            requester: issue.requester, owner: issue.owner)
        let replies = messages.filter { agents.contains($0.author) && $0.author != issue.requester }
        record.replies = AgentReplies(replies.map { AgentReplies.Reply(at: $0.at, by: $0.author) })
        foldResolution(of: issue, into: &record)
        if let name = satisfaction, let score = issue.json[name]?.scalarText {
            record.satisfaction = Satisfaction(score: score)
        }
        record.mergedInto = issue.json["superseder"]?.array?.first?["id"]?.scalarText
        record.customFields = JSONObject(extraProperties.compactMap { name in issue.json[name].map { (name, $0) } })
        return record
    }

    /// The tracker keeps the last resolution only, so the first one is known where there was no reopening.
    private func foldResolution(of issue: RoundupIssue, into record: inout TicketRecord) {
        let last = resolvedAt.flatMap { RoundupDate.read(issue.json[$0]) }
        record.solved = meanings.isDone(issue.status) ? last : nil
        record.reopenCount = reopenCount.flatMap { Self.count(issue.json[$0]) }
        guard record.reopenCount == 0 else { return }
        record.reopened = []
        record.firstSolved = record.solved
    }

    /// A number that was never set is null and stands for none. One that our user may not see is absent: unknown.
    private static func count(_ property: JSON?) -> Int? {
        property == .null ? 0 : property?.int
    }
}
