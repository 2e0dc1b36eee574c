import PlumblineKit

/// How far a walk over changed issues has come: time of change and number of the last issue that was read.
///
/// Issues are read in ascending order of these two, as they were listed. An issue that changes during the walk has the time
/// of the newest change in the first listing or a later one, and the next run, which begins there, meets it. A walk that
/// dies and is taken up hours later keeps that beginning, however far its own issues have moved on.
struct RoundupMark: Hashable, Comparable {
    var updated: Instant
    var id: Int
    /// The newest change that the walk's first listing showed; nil in marks of versions that did not keep it.
    var until: Instant?
    /// Whether the walk had reached the end: the next page then begins a new run.
    var isEnd = false

    static func < (one: RoundupMark, other: RoundupMark) -> Bool {
        (one.updated, one.id) < (other.updated, other.id)
    }

    /// Where a new run begins: a little earlier than what was the newest change when the last one began.
    func steppedBack(by overlap: Duration) -> RoundupMark {
        guard isEnd else { return self }
        let start = until.map { min($0, updated) } ?? updated
        return RoundupMark(updated: start.advanced(bySeconds: -Int(overlap.components.seconds)), id: 0)
    }
}

extension RoundupMark {
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let updated = state["updated"]?.string.flatMap({ Instant(rfc3339: $0) }), let id = state["id"]?.int,
            let isEnd = state["end"]?.bool
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(
            updated: updated, id: id, until: state["until"]?.string.flatMap { Instant(rfc3339: $0) }, isEnd: isEnd)
    }

    var cursor: Cursor {
        Cursor(["updated": .time(updated), "id": .int(id), "until": .time(until), "end": .bool(isEnd)])
    }
}

extension RoundupMark {
    /// The same place, as the end of a run.
    var atEnd: RoundupMark { RoundupMark(updated: updated, id: id, until: until, isEnd: true) }
}
