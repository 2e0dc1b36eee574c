import PlumblineKit

/// Reads one stream.
struct YonyouReading: Sendable {
    let list: YonyouList
    let windows: YonyouWindows
    let snapshots: YonyouSnapshots
    let records: YonyouRecords
    let pageSize: Int
    let since: Instant?
    let overlap: Duration
    let now: @Sendable () -> Instant

    /// The next records that changed, or the next of all.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        switch list.window {
        case .between, .bounds: try await windowPage(after: cursor)
        case .egt, .none: try await listPage(after: cursor)
        }
    }

    /// The next identifiers of all records.
    func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        switch list.window {
        case .between, .bounds:
            var walk = YonyouWalk(from: YonyouWalk.beginning, started: now(), mark: nil)
            if case .inside(let stored)? = try state(cursor) { walk = stored }
            let step = try await windows.next(from: walk.place)
            let identifiers = Self.identifiers(of: step.rows.filter { !walk.isKnown($0) })
            walk.pass(step)
            let hasMore = step.end < YonyouWalk.end
            return IdentifierPage(
                identifiers: identifiers, cursor: hasMore ? walk.cursor : nil, hasMore: hasMore)
        case .egt, .none:
            let rows = try await snapshots.rows(of: YonyouQuestion(path: list.path))
            return IdentifierPage(identifiers: Self.identifiers(of: rows), cursor: nil, hasMore: false)
        }
    }

    private static func identifiers(of rows: [YonyouRow]) -> [String] {
        var seen: Set<String> = []
        return rows.compactMap(\.id).filter { seen.insert($0).inserted }
    }

    private func state(_ cursor: Cursor?) throws(ConnectorError) -> YonyouWalk.State? {
        try cursor.map { (cursor) throws(ConnectorError) in try YonyouWalk.State(cursor) }
    }

    /// Where a new run begins, and the newest change that earlier ones met. A mark that is to come says nothing.
    private func start(
        behind mark: Instant?, at now: Instant
    ) -> (from: Instant?, mark: Instant?) {
        guard let mark, !isToCome(mark, at: now) else { return (since?.wholeSecond, nil) }
        let from = mark.advanced(bySeconds: -Int(overlap.components.seconds)).wholeSecond
        return (max(from, since?.wholeSecond ?? from), mark)
    }

    /// Whether a change bears a later time than any difference between the server's clocks and ours explains.
    private func isToCome(_ moment: Instant, at now: Instant) -> Bool {
        moment > now.advanced(bySeconds: Self.tolerance)
    }

    /// The seconds by which clocks may differ.
    private static let tolerance = 300

    private func add(_ rows: [YonyouRow], at now: Instant, to page: inout Page) {
        records.add(rows, to: &page)
        var told: Set<String> = []
        for row in rows {
            guard let changed = row.changed, let id = row.id, isToCome(changed, at: now), told.insert(id).inserted
            else { continue }
            page.anomalies.append(
                Anomaly(
                    id: id,
                    reason:
                        "'\(list.changedField)' is \(changed.rfc3339), which is to come where it is \(now.rfc3339); "
                        + "is utc_offset the server's, and are the clocks right?"))
        }
    }
}

// MARK: - By windows of time

extension YonyouReading {
    private func windowPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        var walk = try self.walk(after: cursor)
        let step = try await windows.next(from: walk.place)
        var page = Page(cursor: nil, hasMore: step.end < YonyouWalk.end)
        add(step.rows.filter { !walk.isKnown($0) }, at: walk.started, to: &page)
        walk.pass(step)
        page.cursor = page.hasMore ? walk.cursor : YonyouWalk.endCursor(mark: walk.mark)
        return page
    }

    private func walk(after cursor: Cursor?) throws(ConnectorError) -> YonyouWalk {
        let (started, last): (Instant, Instant?)
        switch try state(cursor) {
        case .inside(let walk)?: return walk
        case .ended(let mark)?: (started, last) = (now(), mark)
        case nil: (started, last) = (now(), nil)
        }
        let start = start(behind: last, at: started)
        return YonyouWalk(from: start.from ?? YonyouWalk.beginning, started: started, mark: start.mark)
    }
}

// MARK: - As a whole

/// A run over a list that is read at once.
private struct YonyouListWalk {
    var from: Instant?
    var mark: Instant?
    /// The last identifier that was read; nil at the beginning.
    var after: String?

    var cursor: Cursor { Cursor(["from": .time(from), "mark": .time(mark), "after": .text(after)]) }
}

extension YonyouReading {
    private func listPage(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let now = now()
        var walk = try listWalk(after: cursor, at: now)
        let rows = try await snapshots.rows(of: YonyouQuestion(path: list.path, from: walk.from))
        // Two walks over the list agreed on this: what follows is newer than all that was met.
        if walk.after == nil {
            walk.mark = ([walk.mark] + rows.map(\.changed)).compactMap(\.self).filter { $0 <= now }.max()
        }
        let rest = rows.drop { row in walk.after.map { (row.id ?? "") <= $0 } ?? false }
        var end = rest.index(rest.startIndex, offsetBy: pageSize, limitedBy: rest.endIndex) ?? rest.endIndex
        while end < rest.endIndex, rest[end].id == rest[end - 1].id { end += 1 }
        let slice = rest[..<end]
        walk.after = slice.last.map { $0.id ?? "" }
        let hasMore = end < rest.endIndex
        var page = Page(
            cursor: hasMore ? walk.cursor : YonyouWalk.endCursor(mark: walk.mark), hasMore: hasMore)
        add(Array(slice), at: now, to: &page)
        return page
    }

    private func listWalk(after cursor: Cursor?, at now: Instant) throws(ConnectorError) -> YonyouListWalk {
        let stored = try cursor?.state()
        let mark = stored?["mark"]?.string.flatMap { Instant(rfc3339: $0) }
        guard let stored, stored["after"] != nil else {
            if let stored, stored["mark"] == nil { throw YonyouWalk.foreign }
            guard list.window == .egt else { return YonyouListWalk() }
            let start = start(behind: mark, at: now)
            return YonyouListWalk(from: start.from, mark: start.mark)
        }
        return YonyouListWalk(
            from: stored["from"]?.string.flatMap { Instant(rfc3339: $0) }, mark: mark, after: stored["after"]?.string)
    }
}

extension Instant {
    /// The second that this lies in.
    fileprivate var wholeSecond: Instant {
        let rest = microseconds % 1_000_000
        return Instant(microseconds: microseconds - (rest < 0 ? rest + 1_000_000 : rest))
    }
}
