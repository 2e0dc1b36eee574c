import PlumblineKit

/// A run over the issues that changed, in the order of their change.
///
/// Pages by offset shift while issues change, so a page asks for what changed from the last second that was read on and
/// passes over what it has seen of that second. The server shows whole seconds and may sort more finely: within a second
/// no order is relied upon. Before the walk begins it notes when an issue last changed; the next run begins there, so
/// that it meets what changed behind this one's back.
struct RedmineWalk: Hashable {
    /// Where the next run begins.
    let until: Instant
    /// The last second that was read; nil before the first issue.
    private(set) var from: Instant?
    /// Issues of that second that were read.
    private(set) var seen: Set<Int> = []

    init(from: Instant?, until: Instant) {
        self.from = from.map { Instant(microseconds: $0.microseconds - $0.microseconds % 1_000_000) }
        self.until = until
    }

    /// The issues of the last second as they were read.
    var seenRows: Set<RedmineRow> {
        guard let from else { return [] }
        return Set(seen.map { RedmineRow(id: $0, updated: from) })
    }

    /// Those of `rows` that were not read yet.
    func fresh(_ rows: [RedmineRow]) -> [RedmineRow] {
        guard let from else { return rows }
        return rows.filter { $0.updated > from || ($0.updated == from && !seen.contains($0.id)) }
    }

    /// Moves on behind `rows`.
    mutating func pass(_ rows: [RedmineRow]) {
        for row in rows {
            if from.map({ row.updated > $0 }) ?? true { (from, seen) = (row.updated, []) }
            seen.insert(row.id)
        }
    }
}

extension RedmineWalk {
    /// What a cursor says.
    enum State {
        case inside(RedmineWalk)
        /// The last walk is over; the next one begins at that moment.
        case ended(Instant)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            guard let until = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
                throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
            }
            guard let seen = state["seen"]?.array else {
                self = .ended(until)
                return
            }
            var walk = RedmineWalk(from: state["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: until)
            walk.seen = Set(seen.compactMap(\.int))
            self = .inside(walk)
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor(["from": .time(from), "until": .time(until), "seen": .array(seen.sorted().map(JSON.int))])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .time(until)]) }
}

/// An issue as the list shows it: its number and the second of its last change.
struct RedmineRow: Hashable {
    let id: Int
    let updated: Instant

    /// The rows of a list. One without a time takes that of the row before it: where the list stands is known by that.
    ///
    /// - Throws: `ConnectorError.unexpected` for a row without a number, or a list that is not in order.
    static func rows(_ items: [JSON], after start: Instant?) throws(ConnectorError) -> [RedmineRow] {
        var rows: [RedmineRow] = []
        for item in items {
            guard let id = item["id"]?.int else { throw .unexpected(reason: "an issue of the list has no number 'id'") }
            let before = rows.last?.updated
            let updated = item["updated_on"]?.string.flatMap { Instant(rfc3339: $0) } ?? before ?? start
            let row = RedmineRow(id: id, updated: updated ?? Instant(microseconds: 0))
            if let before, row.updated < before {
                throw .unexpected(reason: "the list is not in the order of updated_on: issue \(id) comes too late")
            }
            rows.append(row)
        }
        return rows
    }
}
