import PlumblineKit
import PlumblineTesting

/// What people do there.
extension GLPIEmulator {
    mutating func create(_ id: Int, at moment: Instant, _ change: (inout Ticket) -> Void = { _ in }) {
        var ticket = Ticket(id: id, opened: moment, changed: moment)
        change(&ticket)
        tickets[id] = ticket
    }

    mutating func follow(_ id: Int, by user: Int, at moment: Instant, isPrivate: Bool = false) {
        lastNumber += 1
        let followup = Followup(id: lastNumber, user: user, at: moment, isPrivate: isPrivate)
        write(id, at: moment) { $0.followups.append(followup) }
    }

    mutating func solve(_ id: Int, by user: Int, at moment: Instant) {
        lastNumber += 1
        let solution = Solution(id: lastNumber, user: user, at: moment)
        write(id, at: moment) { ticket in
            ticket.solutions.append(solution)
            (ticket.status, ticket.solved) = (5, moment)
        }
    }

    /// The requester refuses the last solution.
    mutating func refuse(_ id: Int, at moment: Instant) {
        write(id, at: moment) { ticket in
            if let last = ticket.solutions.indices.last { ticket.solutions[last].status = 4 }
            (ticket.status, ticket.solved) = (2, nil)
        }
    }

    mutating func close(_ id: Int, at moment: Instant) {
        write(id, at: moment) { ($0.status, $0.closed) = (6, moment) }
    }

    mutating func assign(_ id: Int, to user: Int, at moment: Instant) {
        write(id, at: moment) { ticket in
            ticket.people.removeAll { $0.type == 2 }
            ticket.people.append((2, user))
            ticket.status = max(2, ticket.status)
        }
    }

    mutating func purge(_ id: Int) { tickets[id] = nil }

    mutating func write(_ id: Int, at moment: Instant, _ change: (inout Ticket) -> Void) {
        guard var ticket = tickets[id] else { return }
        change(&ticket)
        ticket.changed = moment
        tickets[id] = ticket
    }
}

// MARK: - Shapes

extension GLPIEmulator {
    /// `2026-01-05 08:10:00`, in the zone of the server.
    func text(_ moment: Instant) -> String {
        let local = moment.advanced(bySeconds: JiraEmulator.offset(of: zone, at: moment)).rfc3339
        return "\(local.prefix(10)) \(local.dropFirst(11).prefix(8))"
    }

    private func time(_ moment: Instant?) -> JSON { .text(moment.map(text)) }

    var optionList: JSON {
        var object: JSONObject = ["common": "Characteristics"]
        for (uid, number) in options {
            object[String(number)] = [
                "name": .string(uid), "table": "glpi_tickets", "field": "x", "datatype": "text", "uid": .string(uid),
            ]
        }
        return .object(object)
    }

    func json(_ ticket: Ticket) -> JSON {
        var object: JSONObject = [
            "id": .int(ticket.id), "entities_id": .int(ticket.entity), "name": .string(ticket.name),
            "date": time(ticket.opened), "date_creation": time(ticket.opened), "date_mod": time(ticket.changed),
            "solvedate": time(ticket.solved), "closedate": time(ticket.closed), "status": .int(ticket.status),
            "users_id_recipient": 80, "urgency": 3, "impact": 3, "priority": .int(ticket.priority), "type": 1,
            "itilcategories_id": 4, "content": "&lt;p&gt;text&lt;/p&gt;", "time_to_resolve": time(ticket.due),
            "time_to_own": .null, "waiting_duration": 0, "sla_waiting_duration": 0, "close_delay_stat": 0,
            "solve_delay_stat": 0, "takeintoaccount_delay_stat": 0, "is_deleted": .int(ticket.isDeleted ? 1 : 0),
        ]
        if let name = ticket.lacks { object[name] = nil }
        return .object(object)
    }

    func json(_ followup: Followup) -> JSON {
        var object: JSONObject = [
            "id": .int(followup.id), "itemtype": "Ticket", "date": time(followup.at), "users_id": .int(followup.user),
            "content": "text", "is_private": .int(followup.isPrivate ? 1 : 0),
            "sourceitems_id": .int(followup.source), "sourceof_items_id": 0,
        ]
        if let name = followup.lacks { object[name] = nil }
        return .object(object)
    }

    func json(_ solution: Solution) -> JSON {
        [
            "id": .int(solution.id), "itemtype": "Ticket", "date_creation": time(solution.at),
            "users_id": .int(solution.user), "status": .int(solution.status),
        ]
    }

    func json(_ rating: Rating) -> JSON {
        [
            "id": .int(rating.id), "tickets_id": .int(rating.ticket), "type": 1, "date_begin": time(rating.asked),
            "date_answered": time(rating.answered), "satisfaction": rating.score.map(JSON.int) ?? .null,
            "comment": "Ma Chao was helped at once",
        ]
    }

    func json(_ user: User) -> JSON {
        [
            "id": .int(user.id), "name": .string(user.login), "realname": .string(user.names.0),
            "firstname": .string(user.names.1), "phone": "", "registration_number": .text(user.number),
            "is_active": .int(user.isActive ? 1 : 0),
        ]
    }
}
