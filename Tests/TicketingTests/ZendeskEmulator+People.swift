import PlumblineKit

/// What people do there.
extension ZendeskEmulator {
    mutating func create(_ id: Int, at moment: Instant, _ change: (inout Ticket) -> Void = { _ in }) {
        var ticket = Ticket(id: id, created: moment, updated: moment, generated: moment)
        change(&ticket)
        tickets[id] = ticket
        write(id, by: ticket.requester, at: moment) { ticket in
            [
                ["type": "Create", "field_name": "status", "value": .string(ticket.status)],
                [
                    "type": "Create", "field_name": "assignee_id",
                    "value": .text(ticket.assignee.map(String.init)),
                ],
                ["type": "Comment", "author_id": .int(ticket.requester), "public": true, "body": "a question"],
            ]
        }
    }

    mutating func comment(on id: Int, by user: Int, at moment: Instant, isPublic: Bool = true) {
        write(id, by: user, at: moment) { _ in
            [["type": "Comment", "author_id": .int(user), "public": .bool(isPublic), "body": "an answer"]]
        }
    }

    mutating func move(_ id: Int, to status: String, by user: Int, at moment: Instant) {
        write(id, by: user, at: moment) { ticket in
            defer { ticket.status = status }
            return [Self.change("status", from: ticket.status, to: status)]
        }
    }

    mutating func assign(_ id: Int, to assignee: Int?, by user: Int, at moment: Instant) {
        write(id, by: user, at: moment) { ticket in
            defer { ticket.assignee = assignee }
            return [
                Self.change(
                    "assignee_id", from: ticket.assignee.map(String.init), to: assignee.map(String.init))
            ]
        }
    }

    mutating func delete(_ id: Int, at moment: Instant) {
        tickets[id]?.status = "deleted"
        tickets[id]?.generated = moment
    }

    private static func change(_ field: String, from old: String?, to new: String?) -> JSON {
        ["type": "Change", "field_name": .string(field), "previous_value": .text(old), "value": .text(new)]
    }

    private mutating func write(
        _ id: Int, by user: Int, at moment: Instant, _ change: (inout Ticket) -> [JSON]
    ) {
        guard var ticket = tickets[id], ticket.status != "deleted" else { return }
        lastAudit += 1
        ticket.audits.append(Audit(id: lastAudit, author: user, at: moment, events: change(&ticket)))
        ticket.updated = moment
        ticket.generated = max(moment, ticket.generated)
        tickets[id] = ticket
    }
}

extension ZendeskEmulator {
    func json(_ user: User) -> JSON {
        [
            "id": .int(user.id), "name": .string(user.name), "email": .string(user.email), "role": .string(user.role),
            "external_id": .text(user.externalID), "active": true, "suspended": false, "phone": .null,
            "organization_id": .null, "default_group_id": user.groups.first.map(JSON.int) ?? .null,
            "time_zone": "Beijing", "iana_time_zone": "Asia/Shanghai", "created_at": Self.time(user.updated),
            "updated_at": Self.time(user.updated),
        ]
    }
}
