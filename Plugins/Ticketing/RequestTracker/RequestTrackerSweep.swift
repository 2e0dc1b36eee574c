public import PlumblineKit

extension RequestTrackerConnector: IdentifierListing, RecordCounting {
    /// Merged tickets are listed too: they are still known, with `merged_into_id`.
    private var everyTicket: String { filter() + " AND EffectiveId > 0" }

    /// The next ticket numbers, ascending. For users, their logins.
    ///
    /// A ticket that went into one that is deleted is gone with it: the server shows its row still, but no page ever says
    /// that it was merged.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == "tickets" else {
            let page = try await page(of: stream, after: cursor)
            return IdentifierPage(identifiers: page.records.map(\.id), cursor: page.cursor, hasMore: page.hasMore)
        }
        let state = try cursor?.state()
        let id = state?["id"]?.int ?? 0
        var last = state?["last"]?.int
        if cursor == nil { last = try await client.lastShown(everyTicket) }
        let answer = try await client.tickets(
            everyTicket + " AND id > \(id)", fields: ["EffectiveId"], behind: id, upTo: last)
        let rows = answer.items.compactMap(SweptTicket.init)
        guard let next = rows.map(\.id).max() else {
            return IdentifierPage(identifiers: [], cursor: cursor, hasMore: false)
        }
        guard next > id else { throw .unexpected(reason: "the page of identifiers after \(next) repeats") }
        let shown = try await shownTargets(of: rows)
        let known = rows.filter { !$0.isMerged || shown.contains($0.effectiveID) }
        return IdentifierPage(
            identifiers: known.map { String($0.id) },
            cursor: Cursor(["id": .int(next), "last": last.map(JSON.int) ?? .null]), hasMore: true)
    }

    /// Those of the tickets that others went into which the server still shows, of whatever queue.
    private func shownTargets(of rows: [SweptTicket]) async throws(ConnectorError) -> Set<Int> {
        var waiting = Set(rows.filter(\.isMerged).map(\.effectiveID)).sorted()[...]
        var shown: Set<Int> = []
        while !waiting.isEmpty {
            let batch = waiting.prefix(client.pageSize)
            let query = "(" + batch.map { "id = \($0)" }.joined(separator: " OR ") + ")"
            shown.formUnion(try await client.tickets(query).items.compactMap(SweptTicket.init).map(\.id))
            waiting = waiting.dropFirst(batch.count)
        }
        return shown
    }

    /// The total of the ticket search, which only some users are told; nil for users.
    public func count(of stream: String) async throws(ConnectorError) -> Int? {
        guard stream == "tickets", since == nil else { return nil }
        return try await client.tickets(everyTicket, perPage: 1).total
    }
}

/// A row of a sweep.
private struct SweptTicket {
    let id: Int
    let effectiveID: Int

    init?(_ json: JSON) {
        guard let id = json["id"]?.scalarText.flatMap({ Int($0) }) else { return nil }
        self.id = id
        effectiveID = json["EffectiveId"]?.scalarText.flatMap { Int($0) } ?? id
    }

    var isMerged: Bool { effectiveID != id }
}
