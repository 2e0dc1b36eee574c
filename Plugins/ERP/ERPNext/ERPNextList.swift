import PlumblineKit

/// Lists documents behind a place, in the order of a time and their names.
struct ERPNextList {
    let client: ERPNextClient
    let doctype: String
    /// `modified`, or `creation` where all documents are read.
    let key: String
    let filters: [JSON]
    let limit: Int

    /// The next documents behind the walk's place, with the place behind them; none at the end.
    ///
    /// - Throws: `ConnectorError.unexpected` where they repeat or are out of order.
    func next(
        after place: ERPNextPlace?, from: Instant? = nil, fields: [String]
    ) async throws(ConnectorError) -> (rows: [JSON], place: ERPNextPlace)? {
        var query = ERPNextQuery(
            doctype: doctype, fields: fields, filters: filters, key: key, limit: limit)
        if let place {
            let time = JSON.string(place.time.erpnextText)
            query.filters.append([.string(key), ">=", time])
            query.orFilters = [[.string(key), ">", time], ["name", ">", .string(place.name)]]
        } else if let from {
            query.filters.append([.string(key), ">=", .string(from.erpnextText)])
        }
        let rows = try await client.list(query)
        guard let end = try end(of: rows, after: place) else { return nil }
        return (rows, end)
    }

    /// The document with the newest time, among those whose time is no later than `end`; nil where there is none.
    func newest(until end: Instant? = nil) async throws(ConnectorError) -> ERPNextPlace? {
        let bound = end.map { [JSON.array([.string(key), "<=", .string($0.erpnextText)])] } ?? []
        let rows = try await client.list(
            ERPNextQuery(
                doctype: doctype, fields: [], filters: filters + bound, key: key, isDescending: true, limit: 1))
        return try rows.first.map { (row) throws(ConnectorError) in try placed(row) }
    }

    /// Names are compared by the site alone, whose alphabet is its own.
    private func end(of rows: [JSON], after place: ERPNextPlace?) throws(ConnectorError) -> ERPNextPlace? {
        var (last, seen) = (place, Set<String>())
        for row in rows {
            let next = try placed(row)
            guard next != place, next.time >= last?.time ?? next.time, seen.insert(next.name).inserted else {
                throw .unexpected(reason: "\(doctype): documents repeat or are not in the order of '\(key)'")
            }
            last = next
        }
        return rows.isEmpty ? nil : last
    }

    private func placed(_ row: JSON) throws(ConnectorError) -> ERPNextPlace {
        guard let name = row["name"]?.scalarText, let time = row[key]?.string.flatMap({ Instant(erpnext: $0) }) else {
            throw .unexpected(
                reason: "\(doctype): a document has no name, or no time '\(key)' such as 2026-01-05 09:10:11.123456")
        }
        return ERPNextPlace(time: time, name: name)
    }
}
