package import PlumblineKit

/// A model of the server that is read as a stream.
package struct TrytonStream: Sendable {
    package let model: String
    package let fields: [String]
    /// What all rows must match.
    package var domain: [JSON] = []
    /// What makes a row changed beside itself: links to it, with their models.
    package var parts: [(link: String, model: String)] = []
    package let client: TrytonClient
    package let pageSize: Int

    package init(
        _ model: String, fields: [String], domain: [JSON] = [], parts: [(link: String, model: String)] = [],
        client: TrytonClient, pageSize: Int
    ) {
        (self.model, self.fields, self.domain, self.parts) = (model, fields, domain, parts)
        (self.client, self.pageSize) = (client, pageSize)
    }

    /// Rows as they came, with the place behind them.
    package struct Rows {
        package let rows: [JSON]
        package let cursor: Cursor?
        package let hasMore: Bool
    }

    /// The next rows that changed.
    package func changed(after cursor: Cursor?, overlap: Duration) async throws(ConnectorError) -> Rows {
        let walk = try await TrytonWalk.resumed(after: cursor, overlap: overlap, newest: newest)
        guard var walk else { return Rows(rows: [], cursor: cursor, hasMore: false) }
        let rows = try await rows(walk.condition(parts: [""] + parts.map(\.link)), after: walk.place)
        walk.place = try place(behind: rows, after: walk.place)
        let hasMore = rows.count == pageSize
        return Rows(rows: rows, cursor: hasMore ? walk.cursor : walk.endCursor, hasMore: hasMore)
    }

    /// The next of all rows. The cursor of the last page begins anew.
    package func all(after cursor: Cursor?, fields: [String]? = nil) async throws(ConnectorError) -> Rows {
        let start = try cursor?.state()["place"]?.int ?? 0
        let rows = try await rows([], after: start, fields: fields)
        let hasMore = rows.count == pageSize
        let place = hasMore ? try place(behind: rows, after: start) : 0
        return Rows(rows: rows, cursor: Cursor(["place": .int(place)]), hasMore: hasMore)
    }

    /// How many rows there are.
    package func count() async throws(ConnectorError) -> Int? {
        try await client.count(of: model, where: domain)
    }

    private func rows(_ condition: [JSON], after id: Int, fields: [String]? = nil) async throws(ConnectorError)
        -> [JSON]
    {
        try await client.rows(
            of: model, where: domain + condition, after: id, limit: pageSize, fields: fields ?? self.fields)
    }

    private func place(behind rows: [JSON], after start: Int) throws(ConnectorError) -> Int {
        var place = start
        for row in rows {
            guard let id = row["id"]?.int, id > place else {
                throw .unexpected(reason: "a page of \(model) repeats, is not in order or lacks a number")
            }
            place = id
        }
        return place
    }

    private func newest() async throws(ConnectorError) -> Instant? {
        var newest: Instant?
        for model in [model] + parts.map(\.model) {
            guard let moment = try await client.lastChange(of: model) else { continue }
            newest = max(newest ?? moment, moment)
        }
        return newest
    }
}

extension TrytonStream.Rows {
    /// A page of what `record` makes of each row; a row that it cannot read is rejected.
    package func page(_ record: (JSON, String) throws(JSONShapeError) -> JSON) -> Page {
        var page = Page(cursor: cursor, hasMore: hasMore)
        for row in rows {
            let id = row["id"]?.scalarText ?? "without id"
            do throws(JSONShapeError) {
                page.records.append(SourceRecord(id: id, version: nil, json: try record(row, id)))
            } catch {
                page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: row.bytes))
            }
        }
        return page
    }

    /// The numbers of the rows, as a page of a sweep.
    package var identifiers: IdentifierPage {
        IdentifierPage(
            identifiers: rows.compactMap { $0["id"]?.scalarText }, cursor: hasMore ? cursor : nil, hasMore: hasMore)
    }
}

extension JSON {
    /// The text behind links, which must be there.
    package func requiredText(_ path: String) throws(JSONShapeError) -> String {
        guard let text = linkedText(path) else { throw JSONShapeError(reason: "has no '\(path)'") }
        return text
    }

    /// The day of a date under `key`, which must be there.
    package func requiredDay(_ key: String) throws(JSONShapeError) -> String {
        guard let day = self[key]?.trytonDay else { throw JSONShapeError(reason: "has no date '\(key)'") }
        return day
    }
}
