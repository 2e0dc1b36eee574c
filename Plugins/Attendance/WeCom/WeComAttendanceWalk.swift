import PlumblineKit

/// A run over days that are over, ascending; for each few days over all people, ascending by account.
struct WeComAttendanceWalk: Hashable {
    /// The first of the days that are read now.
    private(set) var day: LocalDay
    /// The last day to read.
    let through: LocalDay
    /// The last account that was read of these days.
    private(set) var account = ""

    /// The walk that goes on where a stored one stopped, or the one behind a stored end: the new days, and the last
    /// `recheck` days once more.
    init(after cursor: Cursor?, since: LocalDay, yesterday: LocalDay, recheck: Int) throws(ConnectorError) {
        guard let cursor else {
            (day, through) = (since, yesterday)
            return
        }
        let state = try cursor.state()
        guard let known = state["through"]?.int else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        if let place = state["day"]?.int, let account = state["account"]?.string {
            (day, through, self.account) = (LocalDay(number: place), LocalDay(number: known), account)
        } else {
            through = max(yesterday, LocalDay(number: known))
            day = max(min(LocalDay(number: known + 1), through.advanced(by: 1 - recheck)), since)
        }
    }

    /// At most so many days.
    func days(_ count: Int) -> [LocalDay] {
        (day.number...min(through.number, day.number + count - 1)).map { LocalDay(number: $0) }
    }

    /// Moves on behind somebody; nil ends these days.
    mutating func move(behind account: String?, _ days: [LocalDay]) {
        self.account = account ?? ""
        if account == nil { day = day.advanced(by: days.count) }
    }

    /// A place inside the walk.
    var cursor: Cursor {
        Cursor(["day": .int(day.number), "through": .int(through.number), "account": .string(account)])
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(["through": .int(through.number)]) }
}
