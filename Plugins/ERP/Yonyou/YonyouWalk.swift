import PlumblineKit

/// A run over what changed, by windows of time from the oldest to the newest.
struct YonyouWalk: Hashable {
    /// Where the first window begins.
    let from: Instant
    /// When the run began.
    let started: Instant
    /// Where the next window begins.
    var place: Instant
    /// The newest change that was met, as far as it counts for the next run.
    var mark: Instant?
    /// What was read of the second at which the next window begins.
    var edge: Set<String> = []

    /// No service is older, and none tells of a change behind the other.
    static let (beginning, end) = (Instant(microseconds: 0), Instant(microseconds: 4_102_444_799_000_000))

    /// A run over everything from a moment on.
    init(from: Instant, started: Instant, mark: Instant?) {
        (self.from, self.started, self.mark) = (from, started, mark)
        place = from
    }

    /// Whether a window that begins at `place` may move the mark.
    ///
    /// Windows that lie in the past hold all their changes. In the first one that reaches the present, changes may follow
    /// behind its reading, which are newer than all that was met in it; a later window may meet newer ones still, and a run
    /// that began there would pass the former by. Clocks may differ by an hour.
    private var movesMark: Bool { place <= max(from, recent) }

    /// From here on changes may still be made.
    private var recent: Instant { started.advanced(bySeconds: -3600) }

    /// Goes on behind a window.
    mutating func pass(_ step: YonyouWindows.Step) {
        if movesMark {
            let met = step.rows.compactMap(\.changed).filter { $0 <= started }.max()
            mark = [mark, met].compactMap(\.self).max()
        }
        // What changed in the second of the window's end may be counted to either side of it, and is asked for twice.
        let atEnd = step.rows.filter { $0.changed.map { $0 >= step.end } ?? false }
        edge = step.end < recent ? Set(atEnd.compactMap(\.id)) : []
        place = step.end
    }

    /// Whether a row was read at the end of the window before.
    func isKnown(_ row: YonyouRow) -> Bool {
        guard let id = row.id, let changed = row.changed, changed < place.advanced(bySeconds: 1) else { return false }
        return edge.contains(id)
    }
}

extension YonyouWalk {
    /// What a stored cursor says.
    enum State {
        case inside(YonyouWalk)
        /// Everything up to the mark was read; all is read again where there is none.
        case ended(mark: Instant?)

        init(_ cursor: Cursor) throws(ConnectorError) {
            let state = try cursor.state()
            let mark = state["mark"]?.string.flatMap { Instant(rfc3339: $0) }
            guard let kept = state["mark"], kept.isNull || mark != nil else { throw YonyouWalk.foreign }
            self = state["place"] == nil ? .ended(mark: mark) : .inside(try YonyouWalk(state, mark: mark))
        }
    }

    private init(_ state: JSON, mark: Instant?) throws(ConnectorError) {
        let times = ["from", "started", "place"].compactMap { state[$0]?.string.flatMap { Instant(rfc3339: $0) } }
        guard times.count == 3, let edge = state["edge"]?.array else { throw Self.foreign }
        (from, started, place, self.mark) = (times[0], times[1], times[2], mark)
        self.edge = Set(edge.compactMap(\.string))
    }

    /// Why a cursor cannot be read.
    static let foreign = ConnectorError.unexpected(
        reason: "the stored cursor is not one of this stream; reset it to read anew")

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor([
            "from": .time(from), "started": .time(started), "place": .time(place), "mark": .time(mark),
            "edge": .array(edge.sorted().map(JSON.string)),
        ])
    }

    /// The end of the walk.
    static func endCursor(mark: Instant?) -> Cursor { Cursor(["mark": .time(mark)]) }
}
