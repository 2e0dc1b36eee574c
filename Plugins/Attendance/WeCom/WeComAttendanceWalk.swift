import PlumblineKit

/// A run over days that are over, ascending; for each few days over all people, ascending by account.
///
/// It carries whom the run before has read: who has left the directory since then is asked for once more.
struct WeComAttendanceWalk: Hashable {
    /// The first of the days that are read now.
    private(set) var day: LocalDay
    /// The last day to read.
    let through: LocalDay
    /// The last account that was read of these days.
    private(set) var account = ""
    /// The last day that the run before has read; nil in the first.
    private var known: LocalDay?
    /// The accounts that the run before has read.
    private(set) var people: Set<String> = []

    /// The walk that goes on where a stored one stopped, or the one behind a stored end: the new days, and the last
    /// `recheck` days once more.
    init(after cursor: Cursor?, since: LocalDay, yesterday: LocalDay, recheck: Int) throws(ConnectorError) {
        guard let cursor else {
            (day, through) = (since, yesterday)
            return
        }
        let state = try cursor.state()
        guard let last = state["through"]?.int else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        people = Set((state["people"]?.array ?? []).compactMap(\.string))
        if let place = state["day"]?.int, let account = state["account"]?.string {
            (day, through, self.account) = (LocalDay(number: place), LocalDay(number: last), account)
            known = state["known"]?.int.map { LocalDay(number: $0) }
        } else {
            known = LocalDay(number: last)
            through = max(yesterday, LocalDay(number: last))
            day = max(min(LocalDay(number: last + 1), through.advanced(by: 1 - recheck)), since)
        }
    }

    /// At most so many days.
    func days(_ count: Int) -> [LocalDay] {
        (day.number...min(through.number, day.number + count - 1)).map { LocalDay(number: $0) }
    }

    /// Of some days those that the run before has not read; none in the first run.
    func new(_ days: [LocalDay]) -> [LocalDay] { days.filter { day in known.map { $0 < day } ?? false } }

    /// Moves on behind somebody; nil ends these days.
    mutating func move(behind account: String?, _ days: [LocalDay]) {
        self.account = account ?? ""
        if account == nil { day = day.advanced(by: days.count) }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor([
            "day": .int(day.number), "through": .int(through.number), "account": .string(account),
            "known": known.map { .int($0.number) } ?? .null, "people": Self.list(people),
        ])
    }

    /// The end of the walk, which has read these people.
    func endCursor(having people: Set<String>) -> Cursor {
        Cursor(["through": .int(through.number), "people": Self.list(people)])
    }

    private static func list(_ people: Set<String>) -> JSON { .array(people.sorted().map(JSON.string)) }
}
