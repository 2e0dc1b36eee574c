import PlumblineKit

/// Reads the bills of a form in the order of their numbers.
///
/// Numbers never change, so a page asks for what has a higher one than the last: rows that come or go before it move
/// nothing. The last bill of a page may go on behind it and is left to the next page; one that fills a page alone is read
/// by place, each query beginning with the last row of the one before. How many rows the server gives says nothing, as it
/// may have a limit of its own: the end is where it gives none.
struct KingdeeBills: Sendable {
    let client: KingdeeClient
    let form: KingdeeForm
    let pageSize: Int

    /// Bills, and the number behind which the next page begins; nil at the end.
    struct Step {
        var bills: [KingdeeBill] = []
        var place: Int?
    }

    /// The next bills whose numbers are higher than `place`.
    func next(after place: Int, where conditions: [String], fields: [String]) async throws(ConnectorError) -> Step {
        let rows = try await rows(conditions + ["\(form.key) > \(place)"], fields: fields)
        let bills = try group(rows, after: place)
        guard let last = bills.last else { return Step() }
        if form.entryKey == nil { return Step(bills: bills, place: last.key) }
        let whole = bills.dropLast()
        if let end = whole.last { return Step(bills: Array(whole), place: end.key) }
        let bill = try await wholeBill(last.key, fields: fields)
        return Step(bills: bill.map { [$0] } ?? [], place: last.key)
    }

    /// The bill with the newest time under a field, among those whose time is no later than `end`; nil where there is none.
    func newest(_ field: String, until end: Instant? = nil) async throws(ConnectorError) -> (id: String, time: Instant)?
    {
        let rows = try await client.rows(
            KingdeeQuery(
                form: form.id, fields: [form.key, field],
                conditions: form.conditions + (end.map { ["\(field) <= \($0.kingdeeCondition)"] } ?? []),
                order: "\(field) DESC,\(form.key) DESC", limit: 1))
        guard let row = rows.first else { return nil }
        guard let time = row[1].string.flatMap({ Instant(kingdee: $0) }) else {
            throw .unexpected(reason: "\(form.id): '\(field)' of a bill is no time such as 2026-01-05T00:00:00")
        }
        return (row[0].scalarText ?? "?", time)
    }

    private func rows(
        _ conditions: [String], fields: [String], from start: Int = 0
    ) async throws(ConnectorError) -> [[JSON]] {
        try await client.rows(
            KingdeeQuery(
                form: form.id, fields: fields, conditions: form.conditions + conditions, order: form.order,
                start: start, limit: pageSize))
    }

    private func group(_ rows: [[JSON]], after place: Int) throws(ConnectorError) -> [KingdeeBill] {
        var bills: [KingdeeBill] = []
        for row in rows {
            guard let key = row[0].scalarText.flatMap({ Int($0) }) else {
                throw .unexpected(reason: "\(form.id): '\(form.key)' of a row is no whole number")
            }
            guard key > place, key >= bills.last?.key ?? place else {
                throw .unexpected(reason: "\(form.id): rows repeat or are not in the order of '\(form.key)'")
            }
            if bills.last?.key == key {
                bills[bills.count - 1].rows.append(row)
            } else {
                bills.append(KingdeeBill(key: key, rows: [row]))
            }
        }
        return bills
    }

    /// All rows of one bill; nil where it has gone meanwhile.
    private func wholeBill(_ key: Int, fields: [String]) async throws(ConnectorError) -> KingdeeBill? {
        for _ in 0..<Self.patience {
            guard let rows = try await steadyRows(of: key, fields: fields) else { continue }
            return rows.isEmpty ? nil : KingdeeBill(key: key, rows: rows)
        }
        throw .unavailable(reason: "\(form.id): a bill changes faster than it can be read", retryAfter: nil)
    }

    private static let patience = 5

    /// Nil where rows have moved between two queries.
    private func steadyRows(of key: Int, fields: [String]) async throws(ConnectorError) -> [[JSON]]? {
        var all = try await rows(["\(form.key) = \(key)"], fields: fields)
        while let last = all.last {
            let next = try await rows(["\(form.key) = \(key)"], fields: fields, from: all.count - 1)
            guard next.first == last else { return nil }
            if next.count == 1 { return all }
            all += next.dropFirst()
        }
        return all
    }
}
