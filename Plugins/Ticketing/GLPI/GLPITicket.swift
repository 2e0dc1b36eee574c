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
        id = try json.glpiInt(at: "id")
        status = try json.glpiInt(at: "status")
        opened = try clock.moment(in: json, at: "date")
        changed = try clock.moment(in: json, at: "date_mod")
        self.json = json
        self.people = people
        self.followups = followups
        self.solutions = solutions
        self.clock = clock
    }

    /// The members that are read; the texts of people are none of them.
    static let asked = [
        "id", "name", "status", "entities_id", "priority", "type", "itilcategories_id", "date", "date_mod", "solvedate",
        "closedate", "time_to_resolve", "time_to_own", "waiting_duration", "takeintoaccount_delay_stat",
    ]

    /// 5 solved, 6 closed.
    var isSolved: Bool { status == 5 || status == 6 }
    var isClosed: Bool { status == 6 }

    /// Whom a kind of role belongs to: 1 asked, 2 is assigned. Somebody without an account is number 0.
    func users(ofType type: Int) -> [String] {
        people.filter { $0["type"]?.glpiInt == type }.compactMap { $0["users_id"]?.glpiInt }.filter { $0 > 0 }
            .map(String.init)
    }

    /// Nil where it is not set.
    func moment(_ name: String) -> Instant? { json[name]?.string.flatMap(clock.moment) }

    /// Public followups: when and by whom. One that came with a ticket which was merged into this one was no answer to it.
    func publicFollowups() throws(JSONShapeError) -> [AgentReplies.Reply] {
        var replies: [AgentReplies.Reply] = []
        for followup in followups {
            guard let isPrivate = followup["is_private"]?.glpiFlag else {
                throw JSONShapeError(reason: "a followup does not say by 'is_private' whether it is private")
            }
            if isPrivate || followup["sourceitems_id"]?.glpiInt ?? 0 > 0 { continue }
            let key = followup["date"]?.string == nil ? "date_creation" : "date"
            if let reply = try reply(followup, at: key) { replies.append(reply) }
        }
        return replies
    }

    /// Solutions, which who asked is shown: when and by whom.
    func replyingSolutions() throws(JSONShapeError) -> [AgentReplies.Reply] {
        var replies: [AgentReplies.Reply] = []
        for solution in solutions {
            if let reply = try reply(solution, at: "date_creation") { replies.append(reply) }
        }
        return replies
    }

    /// Nil where nobody gave it.
    private func reply(_ json: JSON, at key: String) throws(JSONShapeError) -> AgentReplies.Reply? {
        guard let user = json["users_id"]?.glpiInt, user > 0 else { return nil }
        return .init(at: try clock.moment(in: json, at: key), by: String(user))
    }

    /// When the first solution was given; nil where none is kept.
    func firstSolution() throws(JSONShapeError) -> Instant? {
        var moments: [Instant] = []
        for solution in solutions { moments.append(try clock.moment(in: solution, at: "date_creation")) }
        return moments.min()
    }

    /// Solutions that the requester refused.
    var refusals: Int { solutions.count { $0["status"]?.glpiInt == 4 } }
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
