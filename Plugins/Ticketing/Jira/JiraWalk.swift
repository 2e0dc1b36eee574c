import PlumblineKit

/// A run over issues in the order of a moment that they have: of their last change, or of their creation.
///
/// There is no total, an index that lags behind, and a token whose meaning is the server's. So a page does not go on at
/// a token: it asks anew for what has the second of the last issue or a later one, and passes over what it has seen.
/// Queries know whole minutes; tokens are followed only where more issues share a minute than an answer holds.
///
/// Within a second the order may be another one than that of time. And the last issue may show a later moment than that
/// by which it was found, where it changed since the index last looked (not confirmed): no place is derived from such a one
/// while the page has other new ones. Where all that is new on a page shows later moments, what was found behind it may come
/// with its next change only.
struct JiraWalk: Hashable {
    /// Where the next run begins; nil for a walk that is not continued.
    let until: Instant?
    /// The last second that was read; nil before the first issue.
    private(set) var from: Instant?
    /// Issues of that second or a later one that were read, with the moments that they showed.
    private(set) var seen: Set<JiraMark> = []

    init(from: Instant?, until: Instant?) {
        self.from = from?.wholeSecond
        self.until = until
    }

    /// Those of `rows` that were not read yet.
    func fresh(_ rows: [JiraRow]) -> [JiraRow] {
        guard let from else { return rows }
        return rows.filter { $0.second >= from && !seen.contains($0.mark) }
    }

    /// Moves on behind `rows`: to the last of them that does not show a later moment than `settled`, which the index must
    /// know; where all do, to the latest.
    mutating func pass(_ rows: [JiraRow], settled: Instant?) {
        let sure = rows.filter { settled == nil || $0.at <= settled ?? $0.at }
        guard let place = (sure.isEmpty ? rows : sure).map(\.second).max() else { return }
        let start = max(from ?? place, place)
        from = start
        seen = seen.union(rows.map(\.mark)).filter { $0.at >= start }
    }
}

extension JiraWalk {
    /// What a cursor says.
    enum State {
        case inside(JiraWalk)
        /// The last walk is over; the next one begins at that moment.
        case ended(Instant)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            let until = state["until"]?.string.flatMap { Instant(rfc3339: $0) }
            if let seen = state["seen"]?.array {
                var walk = JiraWalk(
                    from: state["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: until)
                walk.seen = Set(seen.compactMap { $0.string.flatMap(JiraMark.init(text:)) })
                self = .inside(walk)
            } else if let until {
                self = .ended(until)
            } else {
                throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
            }
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        let seen = seen.map(\.text).sorted().map(JSON.string)
        return Cursor(["from": .time(from), "until": .time(until), "seen": .array(seen)])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .time(until)]) }
}

/// An issue at a moment.
struct JiraMark: Hashable {
    let id: String
    let at: Instant

    init(id: String, at: Instant) { (self.id, self.at) = (id, at) }

    /// Nil for what cursors of before held, which is read once more.
    init?(text: String) {
        let parts = text.split(separator: " ").map(String.init)
        guard parts.count == 2, let at = Instant(rfc3339: parts[1]) else { return nil }
        self.init(id: parts[0], at: at)
    }

    var text: String { "\(id) \(at.rfc3339)" }
}

/// An issue as a search shows it.
struct JiraRow: Hashable {
    let id: String
    let at: Instant
    let json: JSON

    /// What tells it from its other states.
    var mark: JiraMark { JiraMark(id: id, at: at) }

    /// Its moment, as exact as any order of issues is known to be.
    var second: Instant { at.wholeSecond }

    /// The rows of an answer. One without a time takes that of the row before it: where the walk stands is known by that.
    ///
    /// - Throws: `ConnectorError.unexpected` for a row without an id, `.unavailable` for rows out of order, which changed
    ///   while they were listed. Rows that show a later moment than `settled` may stand anywhere.
    static func rows(
        _ items: [JSON], by field: String, after start: Instant?, settled: Instant?
    ) throws(ConnectorError) -> [JiraRow] {
        var rows: [JiraRow] = []
        for item in items {
            guard let id = item["id"]?.scalarText else {
                throw .unexpected(reason: "an issue that was found has no 'id'")
            }
            let before = rows.last { settled == nil || $0.at <= settled ?? $0.at }
            let least = before?.at ?? rows.last?.at ?? start ?? Instant(microseconds: 0)
            let at = item["fields"]?[field]?.string.flatMap(JiraTime.moment) ?? least
            if let before, at.wholeSecond < before.second {
                throw .unavailable(
                    reason: "issues changed while they were listed: \(id) is not in the order of '\(field)'",
                    retryAfter: nil)
            }
            rows.append(JiraRow(id: id, at: at, json: item))
        }
        return rows
    }
}

extension Instant {
    /// The beginning of its second.
    fileprivate var wholeSecond: Instant {
        Instant(microseconds: microseconds - ((microseconds % 1_000_000) + 1_000_000) % 1_000_000)
    }
}

/// The next issues of a walk.
struct JiraListing: Sendable {
    let client: JiraClient
    let identity: JiraIdentity
    let dates: JiraDates
    let scope: String
    /// `updated` or `created`.
    let field: String
    let fields: [String]
    let size: Int

    struct Step {
        let rows: [JiraRow]
        let hasMore: Bool
        /// Whether tokens were followed to get there.
        let isBehindToken: Bool
    }

    /// The issues that follow in the walk.
    ///
    /// What comes behind a token must come twice: where tokens count, an issue that moved away before it would hide
    /// another one.
    ///
    /// Answers may be late, because the transport waits where Jira limits us: then it is asked with more time to spare.
    func next(_ walk: JiraWalk, settled: Instant?) async throws(ConnectorError) -> Step {
        var last: Step?
        var spare = 60
        for _ in 0..<Self.patience {
            let start = try await identity.now()
            let step = try await first(of: walk, settled, within: spare, from: start)
            let passed = try await identity.now().microseconds - start.microseconds
            if dates.form == .relative, walk.from != nil, passed > Int64(spare) * 1_000_000 {
                spare = Int(passed / 500_000)
                continue
            }
            if !step.isBehindToken || step.rows.map(\.mark) == last?.rows.map(\.mark) { return step }
            last = step
        }
        throw .unavailable(reason: "issues change faster than they can be listed", retryAfter: nil)
    }

    private static let patience = 6

    /// Asks for what follows, part by part until something comes that was not read yet.
    private func first(
        of walk: JiraWalk, _ settled: Instant?, within seconds: Int, from now: Instant
    ) async throws(ConnectorError) -> Step {
        let since = walk.from.map {
            " AND " + dates.restriction(field, since: $0, now: now, readWithin: seconds)
        }
        let query = "\(scope)\(since ?? "") ORDER BY \(field) ASC, key ASC"
        var token: String?
        while true {
            let list = try await client.search(query, fields: fields, size: size, after: token)
            let fresh = walk.fresh(try JiraRow.rows(list.items, by: field, after: walk.from, settled: settled))
            if !fresh.isEmpty || list.next == nil {
                return Step(rows: fresh, hasMore: list.next != nil, isBehindToken: token != nil)
            }
            token = list.next
        }
    }
}
