import PlumblineKit

/// Reads one stream.
struct KingdeeReading: Sendable {
    let stream: KingdeeStream
    let form: KingdeeForm
    let bills: KingdeeBills
    let clock: KingdeeClock
    let modified: String
    let since: Instant?
    let overlap: Duration

    /// The next bills that changed, or the next of all.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard var walk = try await walk(after: cursor) else { return Page(cursor: cursor, hasMore: false) }
        let window = walk.from.map { ["\(modified) >= \($0.kingdeeCondition)"] } ?? []
        let step = try await bills.next(after: walk.place, where: window, fields: form.fields)
        var page = Page(cursor: walk.endCursor, hasMore: step.place != nil)
        if let place = step.place {
            walk.place = place
            page.cursor = walk.cursor
        }
        for bill in step.bills { add(bill, to: &page) }
        return page
    }

    /// The next identifiers, as records have them.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let start = try cursor?.state()["place"]?.int ?? 0
        let step = try await bills.next(after: start, where: [], fields: form.keys)
        let identifiers = step.bills.flatMap { bill in
            guard stream.isOfEntries, form.entryKey != nil else { return [String(bill.key)] }
            return bill.rows.compactMap { $0[1].scalarText }.filter { !["", "0"].contains($0) }.map {
                [String(bill.key), $0].compoundIdentifier
            }
        }
        return IdentifierPage(
            identifiers: identifiers, cursor: step.place.map { Cursor(["place": .int($0)]) }, hasMore: step.place != nil
        )
    }

    private func add(_ bill: KingdeeBill, to page: inout Page) {
        do throws(JSONShapeError) {
            page.records += stream.isOfEntries ? try form.unfolded(bill) : try form.folded(bill)
        } catch {
            let raw = JSON.array(bill.rows.map(JSON.array)).bytes
            page.rejected.append(RejectedRecord(id: String(bill.key), reason: error.reason, raw: raw))
        }
    }

    /// The walk that the cursor is in, or a new one; nil where there is nothing to read.
    private func walk(after cursor: Cursor?) async throws(ConnectorError) -> KingdeeWalk? {
        let state = try cursor.map { (cursor) throws(ConnectorError) in try KingdeeWalk.State(cursor) }
        if case .inside(let walk)? = state { return walk }
        guard stream.description.isIncremental else { return KingdeeWalk(from: nil, until: nil) }
        guard let newest = try await bills.newest(modified) else { return nil }
        let first = since.map { clock.lowest(from: $0) }
        guard case .ended(let last?)? = state else { return KingdeeWalk(from: first, until: newest) }
        let from = clock.lowest(after: last, overlap: overlap)
        return KingdeeWalk(from: max(from, first ?? from), until: max(last, newest))
    }
}
