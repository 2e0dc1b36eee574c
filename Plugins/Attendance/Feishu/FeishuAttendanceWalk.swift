import FeishuServer
import PlumblineKit

/// Somebody whose days are read.
struct FeishuEmployee: Hashable {
    let account: String
    /// What the attendance calls name the person by.
    let number: String
    var joined: LocalDay?
    /// Whether the directory knows the person no longer.
    var isGone = false
}

/// A run over people, fifty at once, and their days.
///
/// Who is new in the directory is read from the day of joining on, who has gone from it up to the end of the run that
/// misses the person: so the walk carries whom it knows. People keep their order, and a group of fifty stays as it was when it began.
struct FeishuAttendanceWalk: Hashable {
    /// The last day that the run before has read; nil in the first.
    let known: LocalDay?
    /// The last day to read.
    let through: LocalDay
    /// Those whom this run or the one before has read, by account.
    private(set) var people: [String: FeishuEmployee]
    /// The last one of the group before this.
    private(set) var after = ""
    /// The group that is being read; empty before it is chosen.
    private(set) var group: [String] = []
    /// Members of the group whom nothing can be read of.
    private(set) var hidden: Set<String> = []
    /// The next day of the group.
    var day: LocalDay?

    /// The walk that goes on where a stored one stopped, or the one behind a stored end.
    static func resumed(after cursor: Cursor?, yesterday: LocalDay) throws(ConnectorError) -> FeishuAttendanceWalk {
        guard let cursor else { return FeishuAttendanceWalk(known: nil, through: yesterday, people: [:]) }
        let state = try cursor.state()
        guard let through = state["through"]?.int else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        let stored = (state["people"]?.array ?? []).compactMap(FeishuEmployee.init)
        let people = Dictionary(stored.map { ($0.account, $0) }) { $1 }
        guard let after = state["after"]?.string else {
            let last = LocalDay(number: through)
            return FeishuAttendanceWalk(known: last, through: max(yesterday, last), people: people)
        }
        var walk = FeishuAttendanceWalk(
            known: state["known"]?.int.map { LocalDay(number: $0) }, through: LocalDay(number: through), people: people)
        walk.after = after
        walk.group = (state["group"]?.array ?? []).compactMap(\.string)
        walk.hidden = Set((state["hidden"]?.array ?? []).compactMap(\.string))
        walk.day = state["day"]?.int.map { LocalDay(number: $0) }
        return walk
    }

    private init(known: LocalDay?, through: LocalDay, people: [String: FeishuEmployee]) {
        (self.known, self.through, self.people) = (known, through, people)
    }

    /// Whether a group has to be chosen.
    var needsGroup: Bool { group.isEmpty }

    /// The next fifty of `accounts` and of those who have gone; false where nobody is left.
    mutating func chooseGroup(from accounts: some Collection<String>) -> Bool {
        group = Array(Set(accounts).union(people.keys).filter { $0 > after }.sorted().prefix(50))
        day = nil
        return !group.isEmpty
    }

    /// Notes that nothing can be read of a member: the person is asked for no more in this run, and from the first day on
    /// in the next.
    mutating func hide(_ account: String) { hidden.insert(account) }

    /// Ends the group: its members are known from here on, but for those who have gone and those who were hidden.
    mutating func endGroup(_ members: [FeishuEmployee]) {
        for member in members {
            people[member.account] = member.isGone || hidden.contains(member.account) ? nil : member
        }
        after = group.last ?? after
        (group, hidden, day) = ([], [], nil)
    }

    /// A place inside the walk.
    var cursor: Cursor {
        var state = endState
        state["known"] = known.map { .int($0.number) } ?? .null
        state["after"] = .string(after)
        state["group"] = .array(group.map(JSON.string))
        state["hidden"] = .array(hidden.sorted().map(JSON.string))
        state["day"] = day.map { .int($0.number) } ?? .null
        return Cursor(.object(state))
    }

    /// The end of the walk.
    var endCursor: Cursor { Cursor(.object(endState)) }

    private var endState: JSONObject {
        [
            "through": .int(through.number),
            "people": .array(people.values.sorted { $0.account < $1.account }.map(\.json)),
        ]
    }
}

extension FeishuEmployee {
    /// `"account"` where the number is the same, else `[account, number]`.
    fileprivate var json: JSON { number == account ? .string(account) : [.string(account), .string(number)] }

    fileprivate init?(_ json: JSON) {
        if let account = json.string {
            self.init(account: account, number: account)
        } else if let parts = json.array, parts.count == 2, let account = parts[0].string,
            let number = parts[1].string
        {
            self.init(account: account, number: number)
        } else {
            return nil
        }
    }
}
