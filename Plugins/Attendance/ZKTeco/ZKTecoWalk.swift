import PlumblineKit

/// How far a log of terminals has been told.
///
/// A run first tells of the days that have ended since the run before, as far as their entries were there, then of all days
/// that new entries touch. Both go by the entries' numbers, so that a run that dies goes on where it stood.
struct ZKTecoWalk: Hashable {
    /// The last entry that was there when the run before began; 0 before the first.
    let from: Int64
    /// The last entry that counts in this run.
    let until: Int64
    /// The last day that was told before; nil tells of all.
    let told: LocalDay?
    /// The last day to tell of.
    let through: LocalDay
    /// The last entry that was looked at; those before `from` are looked at only where they stand in ``endedDays``.
    var place: Int64
    /// What is known of lines before the first day.
    var past = ZKTecoPast()

    /// The first run.
    init(until: Int64, through: LocalDay) {
        (from, self.until, told, self.through, place) = (0, until, nil, through, 0)
    }

    /// The run that follows one that has ended; nil where it would find nothing.
    init?(after old: ZKTecoWalk, until: Int64, through: LocalDay) {
        let (until, through) = (max(until, old.until), max(through, old.through))
        guard until > old.until || through > old.through else { return nil }
        (from, self.until, told, self.through) = (old.until, until, old.through, through)
        place = through > old.through ? 0 : old.until
        past = old.past
    }

    var isEnd: Bool { place >= until }

    /// Whether days are looked at that have ended since the run before.
    var isInEndedDays: Bool { place < from }

    /// The numbers of the entries that are still to be looked at in this part of the run.
    var numbers: Range<Int64> { place + 1..<(isInEndedDays ? from : until) + 1 }

    /// The span, by clocks, of entries that can belong to days that have ended since; nil where all entries are looked at.
    var endedDays: Range<Instant>? {
        guard isInEndedDays, let told else { return nil }
        return ZKTecoWalk.span(of: told.advanced(by: 1), through: through)
    }

    /// The readings of clocks in any zone that can belong to days, or decide about what does.
    static func span(of first: LocalDay, through last: LocalDay) -> Range<Instant> {
        first.advanced(by: -3).midnight..<last.advanced(by: 4).midnight
    }
}

extension ZKTecoWalk {
    init(_ cursor: Cursor) throws(ConnectorError) {
        let state = try cursor.state()
        guard let from = state["from"]?.int, let until = state["until"]?.int, let through = state["through"]?.int,
            let place = state["place"]?.int
        else { throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew") }
        (self.from, self.until, self.place) = (Int64(from), Int64(until), Int64(place))
        self.through = LocalDay(number: through)
        told = state["told"]?.int.map { LocalDay(number: $0) }
        past = ZKTecoPast(state["past"])
    }

    var cursor: Cursor {
        Cursor([
            "from": .int(Int(from)), "until": .int(Int(until)), "place": .int(Int(place)),
            "told": told.map { .int($0.number) } ?? .null, "through": .int(through.number),
            "past": past.json,
        ])
    }
}
