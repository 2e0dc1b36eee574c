import PlumblineKit

/// A ticket with the items that belong to it.
struct GLPITicket {
    let id: Int
    let status: Int
    let opened: Instant
    let changed: Instant
    let json: JSON
    let people: [JSON]
    let followups: [JSON]
    let solutions: [JSON]
    private let clock: GLPIClock

    init(
        _ json: JSON, people: [JSON], followups: [JSON], solutions: [JSON], clock: GLPIClock
    ) throws(JSONShapeError) {
        id = try json.int(at: "id")
        status = try json.int(at: "status")
        opened = try clock.moment(in: json, at: "date")
        changed = try clock.moment(in: json, at: "date_mod")
        self.json = json
        self.people = people
        self.followups = followups
        self.solutions = solutions
        self.clock = clock
    }

    /// 5 solved, 6 closed.
    var isSolved: Bool { status == 5 || status == 6 }
    var isClosed: Bool { status == 6 }

    /// Whom a kind of role belongs to: 1 asked, 2 is assigned. Somebody without an account is number 0.
    func users(ofType type: Int) -> [String] {
        people.filter { $0["type"]?.int == type }.compactMap { $0["users_id"]?.int }.filter { $0 > 0 }.map(String.init)
    }

    /// Nil where it is not set.
    func moment(_ name: String) -> Instant? { json[name]?.string.flatMap(clock.moment) }

    /// Public followups: when and by whom.
    func publicFollowups() throws(JSONShapeError) -> [AgentReplies.Reply] {
        var replies: [AgentReplies.Reply] = []
        for followup in followups where followup["is_private"]?.int != 1 && followup["is_private"]?.bool != true {
            guard let user = followup["users_id"]?.int, user > 0 else { continue }
            let key = followup["date"]?.string == nil ? "date_creation" : "date"
            replies.append(.init(at: try clock.moment(in: followup, at: key), by: String(user)))
        }
        return replies
    }

    /// When the first solution was given; nil where none is kept.
    func firstSolution() throws(JSONShapeError) -> Instant? {
        var moments: [Instant] = []
        for solution in solutions { moments.append(try clock.moment(in: solution, at: "date_creation")) }
        return moments.min()
    }

    /// Solutions that the requester refused.
    var refusals: Int { solutions.count { $0["status"]?.int == 4 } }
}

extension GLPIClock {
    /// The moment under `key`.
    func moment(in json: JSON, at key: String) throws(JSONShapeError) -> Instant {
        guard let moment = moment(try json.string(at: key)) else {
            throw JSONShapeError(reason: "'\(key)' is not a time such as 2026-01-05 08:10:00")
        }
        return moment
    }
}
