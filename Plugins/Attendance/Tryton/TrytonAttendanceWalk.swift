import PlumblineKit
import TrytonServer

/// A run over days, ascending.
///
/// Before it begins it notes when something last changed; what changes during the run has a later time than that, and
/// the next run, which begins there, reads the day again.
struct TrytonAttendanceWalk: Hashable {
    /// Days without changes since then are left out; nil reads all.
    let from: Instant?
    /// Where the next run begins.
    let until: Instant
    /// The last day that a run before has read; nil before the first run's end.
    let known: LocalDay?
    /// The last day to read.
    let through: LocalDay
    /// The number of the last day that was read.
    var place = Int.min

    /// Whether no day was read yet.
    var isAtStart: Bool { place == Int.min }

    /// The first day that no run has read; nil where that is the very first.
    var firstNewDay: LocalDay? { known?.advanced(by: 1) }

    /// The walk that goes on where a stored one stopped, or the one behind a stored end; nil where there is nothing.
    static func resumed(
        after cursor: Cursor?, overlap: Duration, yesterday: LocalDay,
        newest: () async throws(ConnectorError) -> Instant?
    ) async throws(ConnectorError) -> TrytonAttendanceWalk? {
        guard let cursor else {
            guard let until = try await newest() else { return nil }
            return TrytonAttendanceWalk(from: nil, until: until, known: nil, through: yesterday)
        }
        let state = try cursor.state()
        guard let stored = state["until"]?.string.flatMap({ Instant(rfc3339: $0) }), let through = state["through"]?.int
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        if let place = state["place"]?.int {
            return TrytonAttendanceWalk(
                from: state["from"]?.string.flatMap { Instant(rfc3339: $0) }, until: stored,
                known: state["known"]?.int.map { LocalDay(number: $0) }, through: LocalDay(number: through),
                place: place)
        }
        let until = try await newest() ?? stored
        return TrytonAttendanceWalk(
            from: stored.advanced(bySeconds: -Int(overlap.components.seconds)), until: max(until, stored),
            known: LocalDay(number: through), through: max(yesterday, LocalDay(number: through)))
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor([
            "from": .time(from), "until": .time(until), "known": known.map { .int($0.number) } ?? .null,
            "through": .int(through.number), "place": .int(place),
        ])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["until": .time(until), "through": .int(through.number)]) }
}
