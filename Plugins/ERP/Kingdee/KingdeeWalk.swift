import PlumblineKit

/// A run over bills, by number. Times are the server's local ones.
///
/// Before the walk begins it notes when a bill last changed; a bill that changes during the walk has no earlier time than
/// that, and the next run, which begins there, meets it.
struct KingdeeWalk: Hashable {
    /// Bills that changed earlier are left out; nil reads all.
    let from: Instant?
    /// Where the next run begins; nil for a form that is read whole each time.
    let until: Instant?
    /// The last bill that was read.
    var place = 0

    /// What a stored cursor says.
    enum State {
        case inside(KingdeeWalk)
        case ended(until: Instant?)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            let until = state["until"]?.string.flatMap { Instant(kingdee: $0) }
            guard let place = state["place"]?.int else {
                guard let kept = state["until"], kept.isNull || until != nil else {
                    throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
                }
                self = .ended(until: until)
                return
            }
            self = .inside(
                KingdeeWalk(from: state["from"]?.string.flatMap { Instant(kingdee: $0) }, until: until, place: place))
        }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor(["from": .text(from?.kingdeeText), "until": .text(until?.kingdeeText), "place": .int(place)])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .text(until?.kingdeeText)]) }
}
