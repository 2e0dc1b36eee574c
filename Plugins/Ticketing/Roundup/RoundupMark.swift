import PlumblineKit

/// How far a walk over changed issues has come: time of change and number of the last issue that was read.
///
/// Issues are read in ascending order of these two, as they were listed. An issue that changes during the walk has a
/// later time then, and the next run meets it.
struct RoundupMark: Hashable, Comparable {
    var updated: Instant
    var id: Int
    /// Whether the walk had reached the end: the next page then begins a new run.
    var isEnd = false

    static func < (one: RoundupMark, other: RoundupMark) -> Bool {
        (one.updated, one.id) < (other.updated, other.id)
    }

    /// Where a new run begins: a little earlier than the last one ended.
    func steppedBack(by overlap: Duration) -> RoundupMark {
        guard isEnd else { return self }
        return RoundupMark(updated: updated.advanced(bySeconds: -Int(overlap.components.seconds)), id: 0)
    }
}

extension RoundupMark {
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let updated = state["updated"]?.string.flatMap({ Instant(rfc3339: $0) }), let id = state["id"]?.int,
            let isEnd = state["end"]?.bool
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        self.init(updated: updated, id: id, isEnd: isEnd)
    }

    var cursor: Cursor {
        Cursor(["updated": .time(updated), "id": .int(id), "end": .bool(isEnd)])
    }
}

extension RoundupMark {
    /// The same place, as the end of a run.
    var atEnd: RoundupMark { RoundupMark(updated: updated, id: id, isEnd: true) }
}
