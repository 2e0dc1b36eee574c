import PlumblineKit

/// A run over tickets in the order of their last change.
///
/// Lists by offset shift while tickets change, so a page asks for what changed from the last second that was read on and
/// passes over what it has seen. Times are texts without a zone: where clocks are set back an hour is written twice, and
/// later texts follow earlier ones again. There the walk asks from three hours before on, and passes over more.
struct GLPIWalk: Hashable {
    /// Where the next run begins.
    let until: Instant
    /// The text from which lists are asked; nil before the first ticket.
    private(set) var from: String?
    /// Tickets of that text or a later one that were read, and what they showed.
    private(set) var seen: Set<GLPIRow> = []

    init(from: String?, until: Instant) {
        self.from = from
        self.until = until
    }

    /// Moves on behind `rows`.
    mutating func pass(_ rows: [GLPIRow], _ clock: GLPIClock) {
        guard let last = rows.last else { return }
        seen.formUnion(rows)
        let next = clock.moment(last.changed).map(clock.text(notAfter:)) ?? last.changed
        if next > from ?? "" { from = next }
        seen = seen.filter { $0.changed >= from ?? "" }
    }
}

extension GLPIWalk {
    /// What a cursor says.
    enum State {
        case inside(GLPIWalk)
        /// The last walk is over; the next one begins at that moment.
        case ended(Instant)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            guard let until = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
                throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
            }
            guard let seen = state["seen"]?.object else {
                self = .ended(until)
                return
            }
            var walk = GLPIWalk(from: state["from"]?.string, until: until)
            for member in seen.members {
                guard let id = Int(member.key), let changed = member.value.string else { continue }
                walk.seen.insert(GLPIRow(id: id, changed: changed))
            }
            self = .inside(walk)
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        let seen = seen.sorted { $0.id < $1.id }.map { (String($0.id), JSON.string($0.changed)) }
        return Cursor(["from": .text(from), "until": .time(until), "seen": .object(JSONObject(seen))])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .time(until)]) }
}

/// A ticket as the search shows it: its number and when it last changed.
struct GLPIRow: Hashable {
    let id: Int
    let changed: String

    static func rows(_ items: [JSON]) throws(ConnectorError) -> [GLPIRow] {
        var rows: [GLPIRow] = []
        for item in items {
            guard let id = item["id"]?.glpiInt, let changed = item["changed"]?.string else {
                throw .unexpected(reason: "a ticket that was found has no number or no time of its last change")
            }
            rows.append(GLPIRow(id: id, changed: changed))
        }
        return rows
    }
}
