import PlumblineKit

/// A run over days and people: some days of some people in a page, ascending by both.
struct DingTalkAttendanceWalk: Hashable {
    /// The last day to read.
    let through: LocalDay
    /// The first day of the page.
    var day: LocalDay
    /// The last person of these days that was read.
    var place = ""
    /// Who was in the directory at the run before, or when this one began.
    var people: Set<String>
    /// Who is not any more, with the last day on which they may have worked.
    var leavers: [String: LocalDay]

    /// Days in a page: with one before and one behind, as many as a call for punches may span.
    static let daysInPage = 5

    var lastDay: LocalDay { min(day.advanced(by: Self.daysInPage - 1), through) }

    var days: [LocalDay] { day <= lastDay ? (day.number...lastDay.number).map { LocalDay(number: $0) } : [] }

    /// Moves those who are no longer there to the leavers; they may have worked up to the day behind `through`.
    mutating func note(present: Set<String>) {
        for id in people.subtracting(present) { leavers[id] = leavers[id] ?? through.advanced(by: 1) }
        for id in present { leavers[id] = nil }
        people.formUnion(present)
    }

    /// Goes on behind a person; to the next days where that was the last.
    mutating func move(behind person: String?) {
        if let person {
            place = person
        } else {
            (day, place) = (lastDay.advanced(by: 1), "")
        }
    }

    var isAtEnd: Bool { day > through }
}

extension DingTalkAttendanceWalk {
    /// The walk that goes on where a stored one stopped, or the one behind a stored end.
    static func resumed(
        after cursor: Cursor?, since: LocalDay, recheck: Int, yesterday: LocalDay
    ) throws(ConnectorError) -> Self {
        guard let cursor else { return Self(through: yesterday, day: since, people: [], leavers: [:]) }
        let state = try cursor.state()
        guard let through = state["through"]?.int.map({ LocalDay(number: $0) }), let people = state["people"]?.array
        else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        var leavers: [String: LocalDay] = [:]
        for member in state["leavers"]?.object?.members ?? [] {
            leavers[member.key] = member.value.int.map { LocalDay(number: $0) }
        }
        var walk = Self(through: through, day: since, people: Set(people.compactMap(\.string)), leavers: leavers)
        if let day = state["day"]?.int, let place = state["place"]?.string {
            (walk.day, walk.place) = (LocalDay(number: day), place)
            return walk
        }
        let last = max(yesterday, through)
        let first = min(through.advanced(by: 1), last.advanced(by: 1 - recheck))
        walk = Self(through: last, day: max(first, since), people: walk.people, leavers: walk.leavers)
        walk.leavers = walk.leavers.filter { $0.value >= walk.day }
        return walk
    }

    /// A place inside the run.
    var cursor: Cursor {
        Cursor([
            "through": .int(through.number), "day": .int(day.number), "place": .string(place), "people": list,
            "leavers": leaverList,
        ])
    }

    /// The end of the run; who left is remembered as leaver, not among the people.
    var endCursor: Cursor {
        Cursor(["through": .int(through.number), "people": list, "leavers": leaverList])
    }

    private var list: JSON { .array(people.subtracting(leavers.keys).sorted().map(JSON.string)) }

    private var leaverList: JSON {
        .object(JSONObject(leavers.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value.number)) }))
    }
}
