package import PlumblineKit

extension TrytonClient {
    /// The rows of a model that match `domain`, ascending by number, behind the row `id`; at most `limit`.
    package func rows(
        of model: String, where domain: [JSON] = [], after id: Int = 0, limit: Int, fields: [String]
    ) async throws(ConnectorError) -> [JSON] {
        let behind: JSON = ["id", ">", .int(id)]
        return try await search(model, [behind] + domain, limit: limit, order: [["id", "ASC"]], fields: fields)
    }

    /// All rows of a model that match `domain`, ascending by number.
    package func allRows(
        of model: String, where domain: [JSON] = [], fields: [String], batch: Int = 1000
    ) async throws(ConnectorError) -> [JSON] {
        var rows: [JSON] = []
        while true {
            let last = rows.last?["id"]?.int ?? 0
            let next = try await self.rows(of: model, where: domain, after: last, limit: batch, fields: fields)
            rows += next
            guard next.count == batch else { return rows }
            guard let newest = next.last?["id"]?.int, newest > last else {
                throw .unexpected(reason: "a page of \(model) repeats or is not in order")
            }
        }
    }

    /// The rows of these numbers, by number.
    package func rows(
        of model: String, numbered ids: [Int], fields: [String], batch: Int = 500
    ) async throws(ConnectorError) -> [Int: JSON] {
        var rows: [Int: JSON] = [:]
        let ids = Set(ids).sorted()
        for start in stride(from: 0, to: ids.count, by: batch) {
            let wanted = ids[start..<min(start + batch, ids.count)].map(JSON.int)
            let domain: JSON = ["id", "in", .array(wanted)]
            for row in try await search(model, [domain], limit: batch, order: [["id", "ASC"]], fields: fields) {
                if let id = row["id"]?.int { rows[id] = row }
            }
        }
        return rows
    }

    /// How many rows a model has.
    package func count(of model: String, where domain: [JSON] = []) async throws(ConnectorError) -> Int? {
        try await call("model.\(model).search_count", [.array(domain)]).int
    }

    /// When a row of the model was last made or changed; nil where there is none.
    package func lastChange(of model: String) async throws(ConnectorError) -> Instant? {
        var newest: Instant?
        for field in ["create_date", "write_date"] {
            let rows = try await search(
                model, [[.string(field), "!=", .null]], limit: 1, order: [[.string(field), "DESC"], ["id", "DESC"]],
                fields: [field])
            guard let row = rows.first else { continue }
            guard let moment = row[field]?.trytonTime else {
                throw .unexpected(reason: "'\(field)' of the newest \(model) is not a time")
            }
            newest = max(newest ?? moment, moment)
        }
        return newest
    }

    private func search(
        _ model: String, _ domain: [JSON], limit: Int, order: JSON, fields: [String]
    ) async throws(ConnectorError) -> [JSON] {
        let rows = try await call(
            "model.\(model).search_read",
            [.array(domain), 0, .int(limit), order, .array(fields.map(JSON.string))])
        guard let rows = rows.array else { throw .unexpected(reason: "the answer to a search of \(model) is no list") }
        return rows
    }
}
