import PlumblineKit

/// Reads one stream.
struct KingdeeReading: Sendable {
    let stream: KingdeeStream
    let form: KingdeeForm
    let bills: KingdeeBills
    let clock: LocalClock
    let modified: String
    let since: Instant?
    let overlap: Duration
    let now: @Sendable () -> Instant

    /// The next bills that changed, or the next of all.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var anomalies: [Anomaly] = []
        guard var walk = try await walk(after: cursor, &anomalies) else {
            return Page(cursor: cursor, hasMore: false)
        }
        let window = walk.from.map { ["\(modified) >= \($0.kingdeeCondition)"] } ?? []
        let step = try await bills.next(after: walk.place, where: window, fields: form.fields)
        var page = Page(cursor: walk.endCursor, hasMore: step.place != nil)
        if let place = step.place {
            walk.place = place
            page.cursor = walk.cursor
        }
        for bill in step.bills { add(bill, to: &page) }
        page.anomalies = anomalies
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
    private func walk(
        after cursor: Cursor?, _ anomalies: inout [Anomaly]
    ) async throws(ConnectorError) -> KingdeeWalk? {
        let state = try cursor.map { (cursor) throws(ConnectorError) in try KingdeeWalk.State(cursor) }
        if case .inside(let walk)? = state { return walk }
        guard stream.description.isIncremental else { return KingdeeWalk(from: nil, until: nil) }
        guard let newest = try await bills.newest(modified) else { return nil }
        let now = now()
        let until = try await mark(newest, at: now, &anomalies)
        let first = since.map { clock.lowest(from: $0) }
        guard case .ended(let last?)? = state, !isToCome(last, at: now) else {
            return KingdeeWalk(from: first, until: until)
        }
        let from = clock.lowest(after: last, overlap: overlap)
        return KingdeeWalk(from: max(from, first ?? from), until: until.map { max(last, $0) } ?? last)
    }

    /// Where the next run begins: the newest change until now. A bill may bear a time that is to come, and a run that began
    /// there would meet nothing until then.
    private func mark(
        _ newest: (id: String, time: Instant), at now: Instant, _ anomalies: inout [Anomaly]
    ) async throws(ConnectorError) -> Instant? {
        let present = clock.local(now)
        guard newest.time > present else { return newest.time }
        if isToCome(newest.time, at: now) {
            anomalies.append(
                Anomaly(
                    id: newest.id,
                    reason: "'\(modified)' is \(newest.time.kingdeeText), which is to come where it is "
                        + "\(present.kingdeeText); is the connection's zone the server's, and are the clocks right?"))
        }
        return try await bills.newest(modified, until: present)?.time
    }

    /// Whether clocks show this later than any difference between the server's and ours explains.
    private func isToCome(_ local: Instant, at now: Instant) -> Bool {
        clock.earliest(local) > now.advanced(bySeconds: Self.tolerance)
    }

    /// The seconds by which clocks may differ.
    private static let tolerance = 300
}
