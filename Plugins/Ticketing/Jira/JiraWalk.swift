import PlumblineKit

/// A run over issues in the order of a moment that they have: of their last change, or of their creation.
///
/// There is no total, an index that lags behind, and a token whose meaning is the server's. So a page does not go on at
/// a token: it asks anew for what has the moment of the last issue or a later one, and passes over what it has seen.
/// Queries know whole minutes; tokens are followed only where more issues share a minute than an answer holds.
struct JiraWalk: Hashable {
    /// Where the next run begins; nil for a walk that is not continued.
    let until: Instant?
    /// The last moment that was read; nil before the first issue.
    private(set) var from: Instant?
    /// Issues of that moment that were read.
    private(set) var seen: Set<String> = []

    init(from: Instant?, until: Instant?) {
        self.from = from
        self.until = until
    }

    /// Those of `rows` that were not read yet.
    func fresh(_ rows: [JiraRow]) -> [JiraRow] {
        guard let from else { return rows }
        return rows.filter { $0.at > from || ($0.at == from && !seen.contains($0.id)) }
    }

    /// Moves on behind `rows`.
    mutating func pass(_ rows: [JiraRow]) {
        for row in rows {
            if from.map({ row.at > $0 }) ?? true { (from, seen) = (row.at, []) }
            seen.insert(row.id)
        }
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
                walk.seen = Set(seen.compactMap(\.string))
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
        Cursor(["from": .time(from), "until": .time(until), "seen": .array(seen.sorted().map(JSON.string))])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .time(until)]) }
}

/// An issue as a search shows it.
struct JiraRow: Hashable {
    let id: String
    let at: Instant
    let json: JSON

    /// What tells it from its other states.
    var mark: [String] { [id, at.rfc3339] }

    /// The rows of an answer. One without a time takes that of the row before it: where the walk stands is known by that.
    ///
    /// - Throws: `ConnectorError.unexpected` for a row without an id, `.unavailable` for rows out of order, which changed
    ///   while they were listed.
    static func rows(_ items: [JSON], by field: String, after start: Instant?) throws(ConnectorError) -> [JiraRow] {
        var rows: [JiraRow] = []
        for item in items {
            guard let id = item["id"]?.scalarText else {
                throw .unexpected(reason: "an issue that was found has no 'id'")
            }
            let before = rows.last?.at ?? start ?? Instant(microseconds: 0)
            let at = item["fields"]?[field]?.string.flatMap(JiraTime.moment) ?? before
            if let last = rows.last, at < last.at {
                throw .unavailable(
                    reason: "issues changed while they were listed: \(id) is not in the order of '\(field)'",
                    retryAfter: nil)
            }
            rows.append(JiraRow(id: id, at: at, json: item))
        }
        return rows
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
    func next(_ walk: JiraWalk) async throws(ConnectorError) -> Step {
        var last: Step?
        var spare = 60
        for _ in 0..<Self.patience {
            let start = try await identity.now()
            let step = try await first(of: walk, within: spare, from: start)
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
        of walk: JiraWalk, within seconds: Int, from now: Instant
    ) async throws(ConnectorError) -> Step {
        let since = walk.from.map {
            " AND " + dates.restriction(field, since: $0, now: now, readWithin: seconds)
        }
        let query = "\(scope)\(since ?? "") ORDER BY \(field) ASC, key ASC"
        var token: String?
        while true {
            let list = try await client.search(query, fields: fields, size: size, after: token)
            let fresh = walk.fresh(try JiraRow.rows(list.items, by: field, after: walk.from))
            if !fresh.isEmpty || list.next == nil {
                return Step(rows: fresh, hasMore: list.next != nil, isBehindToken: token != nil)
            }
            token = list.next
        }
    }
}
