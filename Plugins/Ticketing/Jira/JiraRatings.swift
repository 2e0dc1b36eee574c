import PlumblineKit

/// The stream `ratings`: what customers thought of a request's handling, one rating for each request.
///
/// The call that shows it tells no time, and whether a rating marks its issue as changed is not confirmed. So each run
/// asks for the ratings of all solved issues that changed from a while before the last run on. A field of the issue may
/// tell when it was rated (`satisfaction_date_field`).
struct JiraRatings {
    let client: JiraClient
    let fold: JiraFold
    /// The field that tells when it was rated; nil where none does.
    let dateField: String?

    static let asked = [
        "status", "reporter", "assignee", "created", "updated", "resolutiondate", "statuscategorychangedate",
    ]

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "工单号", en: "Number of the issue")),
        SourceField("key", "string", LocalizedText(zh: "事务键", en: "Key of the issue")),
        SourceField("requester", "string?", LocalizedText(zh: "提单人账号", en: "Account of who asked")),
        SourceField("owner", "string?", LocalizedText(zh: "当前负责人账号", en: "Account of the present owner")),
        SourceField("score", "int", LocalizedText(zh: "1 至 5 分", en: "From 1 to 5")),
        SourceField(
            "rated", "time?",
            LocalizedText(
                zh: "评分时间，来自 satisfaction_date_field", en: "When it was given, by the field satisfaction_date_field")),
        SourceField(
            "resolved", "time?",
            LocalizedText(zh: "解决结果的时间", en: "When the issue's resolution was set; null where none is")),
        SourceField(
            "category_changed", "time?",
            LocalizedText(zh: "状态类别变更的时间（未经证实）", en: "When the category of its status changed (not confirmed)")),
        SourceField("updated", "time", LocalizedText(zh: "事务最后变更时间", en: "When the issue last changed")),
    ]

    /// The ratings of `rows`.
    func page(_ rows: [JiraRow]) async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        for row in rows {
            guard let issue = page.value(of: row.json, JiraIssue.init), isOver(issue) else { continue }
            guard let feedback = try await client.feedback(on: issue.id) else { continue }
            let rating = page.value(of: row.json) { _ throws(JSONShapeError) in try record(issue, feedback) }
            if let rating { page.records.append(rating) }
        }
        return page
    }

    /// Solved or closed by its category, by the settings, or by a resolution.
    private func isOver(_ issue: JiraIssue) -> Bool {
        issue.status.category == "done" || issue.resolved != nil
            || ["solved", "closed"].contains(fold.state(of: issue))
    }

    private func record(_ issue: JiraIssue, _ feedback: JSON) throws(JSONShapeError) -> SourceRecord {
        let score = try feedback.int(at: "rating")
        guard (1...5).contains(score) else {
            throw JSONShapeError(reason: "a 'rating' of \(score) is not one of 1 to 5")
        }
        return SourceRecord(
            id: issue.id, version: nil,
            json: [
                "id": .string(issue.id), "key": .string(issue.key), "requester": .text(issue.reporter),
                "owner": .text(issue.assignee), "score": .int(score),
                "rated": .time(dateField.flatMap(issue.moment)), "resolved": .time(issue.resolved),
                "category_changed": .time(issue.moment("statuscategorychangedate")), "updated": .time(issue.updated),
            ])
    }
}
