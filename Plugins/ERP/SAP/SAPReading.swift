import PlumblineKit

/// Reads one stream.
struct SAPReading: Sendable {
    let stream: SAPStream
    let set: SAPEntitySet
    let client: SAPClient
    let clock: LocalClock
    let settings: Settings
    let since: Instant?
    let now: @Sendable () -> Instant

    /// The field that runs go along.
    private var mark: SAPMark { self.set.change ?? self.set.keyMark }

    private func list(along mark: SAPMark, ofKeys: Bool = false) -> SAPList {
        SAPList(
            client: client, set: set, mark: mark, isOfKeys: ofKeys, top: settings[SAPSettings.top],
            counts: settings[SAPSettings.counts])
    }

    private var maker: SAPRecord { SAPRecord(set: set, clock: clock) }

    /// The next entities that changed, or the next of all.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var walk = try walk(after: cursor)
        let step = try await list(along: mark).next(&walk)
        var page = Page(cursor: nil, hasMore: step.hasMore)
        for row in step.rows {
            note(row, &walk, &page)
            let items = try await items(of: row.json, from: step.url)
            add(row.json, items, to: &page)
        }
        page.cursor = step.hasMore ? walk.cursor : walk.endCursor
        return page
    }

    /// The next identifiers, as records have them. An entity without a time of change is refused: no run would find it.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        var walk = SAPWalk(field: set.keyMark.field, started: now())
        if let cursor, case .inside(let kept)? = try SAPWalk.State(cursor, field: set.keyMark.field) { walk = kept }
        let step = try await list(along: set.keyMark, ofKeys: true).next(&walk)
        var identifiers: [String] = []
        for row in step.rows {
            _ = try set.change?.value(in: row.json, of: set.name)
            do throws(JSONShapeError) {
                identifiers.append(try maker.identifier(of: row.json))
            } catch {
                throw .unexpected(reason: "\(set.name): an entity cannot be listed: \(error.reason)")
            }
        }
        return IdentifierPage(
            identifiers: identifiers, cursor: step.hasMore ? walk.cursor : nil, hasMore: step.hasMore)
    }

    /// Reads the beginning and holds what the service leaves out against it: the order from the other end, and a filter.
    func probe() async throws(ConnectorError) -> String {
        var walk = SAPWalk(field: mark.field, started: now())
        let list = list(along: mark)
        let step = try await list.next(&walk)
        guard let last = step.rows.last else { return "\(stream.name): \(set.name) shows no entity" }
        try await probe(step)
        if let highest = try await list.highest(), !mark.isAscending([last.mark, highest.mark]) {
            throw .unexpected(
                reason:
                    "\(set.name): the service does not implement $orderby '\(mark.field)': what it gives first from "
                    + "the other end is not the highest")
        }
        var further = SAPWalk(field: mark.field, started: now(), floor: last.mark, isFirst: false)
        _ = try await list.next(&further)
        return "\(stream.name): \(set.name) can be read, and keeps $filter and $orderby by '\(mark.field)'"
    }

    /// The first entity must be readable: names of properties are the connection's.
    private func probe(_ step: SAPList.Step) async throws(ConnectorError) {
        guard let row = step.rows.first?.json else { return }
        let items = try await items(of: row, from: step.url)
        do throws(JSONShapeError) {
            if let own = set.items, items == nil { _ = try ODataExpansion(own.navigation, of: row) }
            _ = try maker.record(of: row, items: items ?? [])
        } catch {
            throw .unexpected(reason: "\(set.name): the first entity cannot be read: \(error.reason)")
        }
    }
}

// MARK: - Windows

extension SAPReading {
    /// The walk that the cursor is in, or a new one.
    private func walk(after cursor: Cursor?) throws(ConnectorError) -> SAPWalk {
        let state = try cursor.flatMap { (cursor) throws(ConnectorError) in
            try SAPWalk.State(cursor, field: mark.field)
        }
        if case .inside(let walk)? = state { return walk }
        var walk = SAPWalk(field: mark.field, started: now())
        guard set.change != nil else { return walk }
        let first = since.map { floor(of: mark.kind == .moment ? $0 : clock.local($0), lessBy: 0) }
        walk.floor = first?.rfc3339
        guard case .ended(let until?)? = state, let last = Instant(rfc3339: until) else { return walk }
        let from = floor(of: last, lessBy: Int(settings[ERPSettings.overlap].components.seconds))
        walk.floor = max(from, first ?? from).rfc3339
        walk.until = until
        return walk
    }

    /// The lowest mark that a change may bear which was made after one that bears `mark`, or so much earlier. Clocks that
    /// are put back show at most an hour twice.
    private func floor(of mark: Instant, lessBy seconds: Int) -> Instant {
        switch self.mark.kind {
        case .local: mark.advanced(bySeconds: -seconds - 3600).inMilliseconds
        case .day: LocalDay(of: mark.advanced(bySeconds: -seconds), secondsAhead: 0).midnight
        default: mark.advanced(bySeconds: -seconds).inMilliseconds
        }
    }

    /// Keeps where the next run begins: no later than this one began, for a mark may be of a time to come, and a run that
    /// began there would meet nothing until then.
    private func note(_ row: SAPList.Row, _ walk: inout SAPWalk, _ page: inout Page) {
        guard set.change != nil, let time = Instant(rfc3339: row.mark) else { return }
        let present = mark.kind == .moment ? walk.started : clock.local(walk.started)
        guard time > present else {
            walk.until = walk.until.flatMap { Instant(rfc3339: $0) }.map { max($0, time) }?.rfc3339 ?? row.mark
            return
        }
        guard !walk.isTold, time > present.advanced(bySeconds: Self.tolerance(mark.kind)),
            let id = try? maker.identifier(of: row.json)
        else { return }
        let shown = mark.kind == .moment ? row.mark : String(row.mark.dropLast())
        walk.isTold = true
        page.anomalies.append(
            Anomaly(
                id: id,
                reason:
                    "'\(mark.field)' is \(shown), which is to come; are the server's clock and 'written_times' right?"))
    }

    /// The seconds by which clocks, or days, may differ, a run's own time included.
    private static func tolerance(_ kind: SAPMark.Kind) -> Int { kind == .moment ? 3600 : 86_400 }
}

// MARK: - Records

extension SAPReading {
    /// The items of an entity, with those that the server left out; nil where they are not what they should be.
    private func items(of row: JSON, from url: String) async throws(ConnectorError) -> [JSON]? {
        guard let own = set.items, var list = try? ODataExpansion(own.navigation, of: row) else { return nil }
        var (rows, from, visited) = (list.rows, url, Set<String>())
        while let rest = list.rest {
            let address = try await client.address(of: rest, from: from)
            guard visited.insert(address).inserted else {
                throw .unexpected(reason: "\(set.name): the server's link to items leads in a circle")
            }
            guard let (answer, _) = try await client.answer(following: address, set.version) else {
                throw .unavailable(reason: "\(set.name): the server's link to items is over", retryAfter: nil)
            }
            rows += answer.rows
            (list, from) = (ODataExpansion(answer), address)
        }
        return rows
    }

    private func add(_ row: JSON, _ items: [JSON]?, to page: inout Page) {
        do throws(JSONShapeError) {
            if let own = set.items, items == nil { _ = try ODataExpansion(own.navigation, of: row) }
            page.records.append(try maker.record(of: row, items: items ?? []))
        } catch {
            let id = (try? maker.identifier(of: row)) ?? "without key"
            page.rejected.append(RejectedRecord(id: id, reason: error.reason, raw: row.bytes))
        }
    }
}

extension ODataExpansion {
    /// A further part of a list.
    init(_ answer: ODataAnswer) { (rows, rest) = (answer.rows, answer.next) }
}
