import PlumblineKit

/// The stream `ratings`: what customers thought of a ticket's handling.
///
/// Each run reads ratings from a while before the last run began, because whether the filter looks at the creation of a
/// rating or at its last change is not confirmed, and customers may think again.
struct ZendeskRatings {
    let client: ZendeskClient
    let since: Instant?
    let overlap: Duration
    let now: Instant

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "评价编号", en: "Number of the rating")),
        SourceField("ticket", "string?", LocalizedText(zh: "工单号", en: "Ticket number")),
        SourceField("requester", "string?", LocalizedText(zh: "评价人编号", en: "Number of who was asked")),
        SourceField("assignee", "string?", LocalizedText(zh: "当时的负责人编号", en: "Number of the owner at that time")),
        SourceField(
            "score", "string", LocalizedText(zh: "offered、unoffered、good 或 bad", en: "offered, unoffered, good or bad")),
        SourceField("reason", "string?", LocalizedText(zh: "不满意的原因", en: "Reason of a bad rating")),
        SourceField("created", "time", LocalizedText(zh: "创建时间", en: "When it was created")),
        SourceField("updated", "time", LocalizedText(zh: "最后变更时间", en: "When it last changed")),
    ]

    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let walk = try ZendeskListWalk(cursor, since: since, overlap: overlap, now: now)
        let filter = walk.start.map { [("start_time", String($0))] } ?? []
        let list = try await client.list(
            "satisfaction_ratings", ["satisfaction_ratings"], filter, after: walk.place)
        var page = Page(cursor: walk.cursor(behind: list), hasMore: list.next != nil)
        page.records = walk.fresh(list.items).compactMap { page.value(of: $0, record) }
        return page
    }

    private func record(_ json: JSON) throws(JSONShapeError) -> SourceRecord {
        let id = try json.text(at: "id")
        let updated = try json.moment(at: "updated_at")
        return SourceRecord(
            id: id, version: SourceVersion(updated.rfc3339),
            json: [
                "id": .string(id),
                "ticket": .text(json["ticket_id"]?.scalarText),
                "requester": .text(json["requester_id"]?.scalarText),
                "assignee": .text(json["assignee_id"]?.scalarText),
                "score": .string(try json.string(at: "score")),
                "reason": .text(json["reason"]?.string),
                "created": .time(try json.moment(at: "created_at")),
                "updated": .time(updated),
            ])
    }
}

/// A run over a list that is cut into parts by the server.
struct ZendeskListWalk {
    /// Whole seconds since 1970 from which the run reads; nil reads all.
    let start: Int64?
    /// Where the next run begins, before it steps back.
    private let until: Int64
    /// The next part; nil at the beginning.
    let place: String?
    /// The items of the part before, which may be shown again.
    private let seen: Set<String>

    init(_ cursor: Cursor?, since: Instant?, overlap: Duration, now: Instant) throws(ConnectorError) {
        let state = try cursor?.state()
        let earliest = since.map { $0.microseconds / 1_000_000 }
        if let place = state?["after"]?.string, let until = state?["until"]?.int {
            self.place = place
            self.until = Int64(until)
            start = state?["start"]?.int.map(Int64.init)
            seen = Set((state?["seen"]?.array ?? []).compactMap(\.string))
            return
        }
        place = nil
        seen = []
        until = now.microseconds / 1_000_000
        let last = state?["until"]?.int.map { Int64($0) - overlap.components.seconds }
        start = [earliest, last].compactMap(\.self).max()
    }

    func fresh(_ items: [JSON]) -> [JSON] {
        items.filter { item in !(item["id"]?.scalarText.map(seen.contains) ?? false) }
    }

    func cursor(behind list: ZendeskClient.List) -> Cursor {
        guard let next = list.next else { return Cursor(["until": .number(String(until))]) }
        var state: JSONObject = ["until": .number(String(until)), "after": .string(next)]
        state["start"] = start.map { .number(String($0)) }
        state["seen"] = .array(list.items.compactMap { $0["id"]?.scalarText.map(JSON.string) })
        return Cursor(.object(state))
    }
}
