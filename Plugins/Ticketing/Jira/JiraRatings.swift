import PlumblineKit

/// The stream `ratings`: what customers thought of a request's handling, one rating for each request.
///
/// The call that shows it tells no time, and whether a rating marks its issue as changed is not confirmed. So each run
/// asks for the ratings of all done issues that changed from a while before the last run on.
struct JiraRatings {
    let client: JiraClient

    static let asked = ["status", "reporter", "assignee", "created", "updated", "resolutiondate"]

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "工单号", en: "Number of the issue")),
        SourceField("key", "string", LocalizedText(zh: "事务键", en: "Key of the issue")),
        SourceField("requester", "string?", LocalizedText(zh: "提单人账号", en: "Account of who asked")),
        SourceField("owner", "string?", LocalizedText(zh: "当前负责人账号", en: "Account of the present owner")),
        SourceField("score", "int", LocalizedText(zh: "1 至 5 分", en: "From 1 to 5")),
        SourceField(
            "resolved", "time?",
            LocalizedText(zh: "解决时间；源系统不给评分时间", en: "When the issue was resolved; when it was rated is not told")),
        SourceField("updated", "time", LocalizedText(zh: "事务最后变更时间", en: "When the issue last changed")),
    ]

    /// The ratings of `rows`.
    func page(_ rows: [JiraRow]) async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        for row in rows {
            guard let issue = page.value(of: row.json, JiraIssue.init), issue.status.category == "done" else {
                continue
            }
            guard let feedback = try await client.feedback(on: issue.id) else { continue }
            let record = page.value(of: row.json) { _ throws(JSONShapeError) in try Self.record(issue, feedback) }
            if let record { page.records.append(record) }
        }
        return page
    }

    private static func record(_ issue: JiraIssue, _ feedback: JSON) throws(JSONShapeError) -> SourceRecord {
        let score = try feedback.int(at: "rating")
        guard (1...5).contains(score) else {
            throw JSONShapeError(reason: "a 'rating' of \(score) is not one of 1 to 5")
        }
        return SourceRecord(
            id: issue.id, version: nil,
            json: [
                "id": .string(issue.id), "key": .string(issue.key), "requester": .text(issue.reporter),
                "owner": .text(issue.assignee), "score": .int(score), "resolved": .time(issue.resolved),
                "updated": .time(issue.updated),
            ])
    }
}
