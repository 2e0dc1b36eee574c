import PlumblineKit

/// How far a walk over changed tickets has come: the update time and number of the last ticket that was read.
///
/// Tickets are read in ascending order of these two, so a ticket that changes during the walk moves ahead of it and is
/// met again; none is skipped, whatever changes meanwhile.
struct ChangeMark: Hashable, Comparable {
    var updated: Instant
    var id: Int
    /// Whether the walk had reached the end: the next page then begins a new run.
    var isEnd = false

    static func < (one: ChangeMark, other: ChangeMark) -> Bool {
        (one.updated, one.id) < (other.updated, other.id)
    }

    /// Where a new run begins: a little earlier than the last one ended.
    func steppedBack(by overlap: Duration) -> ChangeMark {
        guard isEnd else { return self }
        return ChangeMark(updated: updated.advanced(bySeconds: -Int(overlap.components.seconds)), id: 0)
    }
}

extension ChangeMark {
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

extension ChangeMark {
    /// The same place, as the end of a run.
    var atEnd: ChangeMark { ChangeMark(updated: updated, id: id, isEnd: true) }
}
