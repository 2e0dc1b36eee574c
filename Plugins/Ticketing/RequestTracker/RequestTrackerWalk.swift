import PlumblineKit

/// A run over the tickets that changed, by number.
///
/// Numbers never change, so no page is skipped or doubled whatever happens meanwhile. Before the walk begins it notes
/// when a ticket last changed; a ticket that changes during the walk has a later time than that, and the next run,
/// which begins there, meets it.
struct RequestTrackerWalk: Hashable {
    /// Tickets that changed earlier are left out; nil reads all.
    let from: Instant?
    /// Where the next run begins.
    let until: Instant
    /// The number of the last ticket that our user could see when the walk began; nil where the server tells totals.
    let last: Int?
    /// The number of the last ticket that was read.
    private(set) var id = 0

    init(from: Instant?, until: Instant, last: Int?) {
        (self.from, self.until, self.last) = (from, until, last)
    }

    /// Moves on behind the tickets of a page.
    mutating func pass(_ tickets: [JSON]) throws(ConnectorError) {
        for ticket in tickets {
            guard let next = ticket["id"]?.scalarText.flatMap({ Int($0) }) else {
                throw .unexpected(reason: "a ticket of the page has no number 'id'")
            }
            guard next > id else {
                throw .unexpected(reason: "the page repeats or is not in order: ticket \(next) comes after \(id)")
            }
            id = next
        }
    }
}

extension RequestTrackerWalk {
    /// What a cursor says.
    enum State {
        case inside(RequestTrackerWalk)
        /// The last walk is over; the next one begins at that moment.
        case ended(Instant)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            guard let until = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
                throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
            }
            guard let id = state["id"]?.int else {
                self = .ended(until)
                return
            }
            var walk = RequestTrackerWalk(
                from: state["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: until, last: state["last"]?.int)
            walk.id = id
            self = .inside(walk)
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor(["from": .time(from), "until": .time(until), "last": last.map(JSON.int) ?? .null, "id": .int(id)])
    }

    /// The end of the walk.
    var endCursor: Cursor {
        Cursor(["until": .time(until)])
    }
}
