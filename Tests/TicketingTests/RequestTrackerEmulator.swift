import PlumblineKit
import PlumblineTesting

/// A Request Tracker 5 in memory, written from the API notes (server code of 5.0.3, and a real server of that version as it
/// was seen). The sections of the notes, and the rules that stem from them:
///
/// - Base and auth: `Authorization: token`; without or with a wrong one 401 `{"message":"Unauthorized"}`. Times are UTC in
///   whole seconds, an unset one is 1970.
/// - Search and paging: TicketSQL and TransactionSQL as far as `column operator value`, AND, OR and brackets go; dates in
///   them are read in our user's zone (UNC); `per_page` 20, at most 100, cut silently; `total` and `next_page` for
///   superusers alone, and never for transactions. Rows that our user may not see are taken out of a page after it was cut.
/// - Ticket record: references name users by login, queues by number; deleted tickets are in no search, merged ones where the
///   query names `EffectiveId`.
/// - History: `Create`, `Correspond`, `Comment`, `Status`, `Set`, `SetWatcher`, `AddLink`; owners as numbers of users.
/// - Errors: `{"message"}`; 400 for a query that cannot be read. No limit of rate.
///
/// Not emulated, and a fault when asked: Basic authentication, single tickets, `fields[...]` other than that of queues, other
/// columns, attachments, everything that writes.
struct RequestTrackerEmulator: EmulatedSystem {
    struct Ticket {
        let id: Int
        var effectiveID: Int
        var subject = ""
        var status = "new"
        var queue = 3
        var requester = "a.silva"
        var owner = 6
        var created: Instant
        var updated: Instant
        /// Whether our user lacks the right to see it.
        var isHidden = false
        /// Leaves a member out, as a server that is broken would.
        var lacks: String?
    }

    struct Transaction {
        let id: Int
        let ticket: Int
        let type: String
        let at: Instant
        let by: String
        var field = ""
        var old = ""
        var new = ""
    }

    static let users = [6: "Nobody", 28: "zhang.wei", 32: "li.na", 40: "a.silva"]
    static let queues = [3: "IT", 4: "Facilities"]

    var tickets: [Int: Ticket] = [:]
    var transactions: [Transaction] = []
    var token = "hunter2"
    var isSuperuser = true
    /// The zone of our user, in seconds ahead of UTC.
    var secondsAhead = 8 * 3600
    /// What was asked that the notes do not know.
    var faults: [String] = []

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        guard request.headers["Authorization"] == "token \(token)" else { return Self.error(401, "Unauthorized") }
        if request.method != "GET" { faults.append("\(request): not a read") }
        let prefix = "/REST/2.0/"
        guard request.path.hasPrefix(prefix) else { return notKnown(request) }
        let parts = request.path.dropFirst(prefix.count).split(separator: "/").map(String.init)
        switch parts.first {
        case "tickets": return search(ticketRows, request, tellsTotal: isSuperuser)
        case "transactions": return search(transactionRows, request, tellsTotal: false)
        case "user" where parts.count == 2: return user(parts[1])
        case "groups": return .json(#"{"items":[{"type":"group","id":"27","Name":"Agents"}],"total":1,"page":1}"#)
        case "group" where parts.last == "27":
            return .json(#"{"id":27,"Members":[{"type":"user","id":"zhang.wei"},{"type":"user","id":"li.na"}]}"#)
        default: return notKnown(request)
        }
    }

    private mutating func notKnown(_ request: EmulatedRequest) -> CannedAnswer {
        faults.append("\(request): no such path")
        return Self.error(404, "Not Found")
    }

    static func error(_ status: Int, _ text: String) -> CannedAnswer {
        .json(JSON.object(["message": .string(text)]).text, status: status)
    }

    private func user(_ number: String) -> CannedAnswer {
        guard let login = Int(number).flatMap({ Self.users[$0] }) else { return Self.error(404, "Not Found") }
        return .json(JSON.object(["Name": .string(login)]).text)
    }
}

// MARK: - Searches

extension RequestTrackerEmulator {
    /// A row of a search: what queries compare, what sorts, and what is shown.
    struct Row {
        let id: Int
        let columns: [String: RequestTrackerQuery.Value]
        let json: JSONObject
        var updated = Instant(microseconds: 0)
        var isHidden = false
    }

    private mutating func search(
        _ rows: (_ query: String) -> [Row], _ request: EmulatedRequest, tellsTotal: Bool
    ) -> CannedAnswer {
        let names: Set = ["query", "orderby", "order", "fields", "fields[Queue]", "page", "per_page"]
        let unknown = request.query.map(\.name).filter { !names.contains($0) }
        if !unknown.isEmpty { faults.append("\(request): \(unknown.joined(separator: ", "))") }
        guard let text = request["query"] else { return page(of: [], request, tellsTotal: tellsTotal) }
        guard let query = RequestTrackerQuery(text, secondsAhead: secondsAhead) else {
            return Self.error(400, "Wrong query, expecting a OPERATOR in '\(text)'")
        }
        var found: [Row] = []
        for row in rows(text) {
            guard let fits = query.matches(row.columns) else {
                faults.append("\(request): a column or a value that is not emulated")
                return Self.error(400, "Wrong query")
            }
            if fits { found.append(row) }
        }
        sort(&found, request)
        return page(of: found, request, tellsTotal: tellsTotal)
    }

    private mutating func sort(_ rows: inout [Row], _ request: EmulatedRequest) {
        switch (request["orderby"], request["order"]) {
        case ("id", "ASC"), ("id", nil): rows.sort { $0.id < $1.id }
        case ("id", "DESC"): rows.sort { $0.id > $1.id }
        case ("LastUpdated", "DESC"): rows.sort { $0.updated > $1.updated }
        default: faults.append("\(request): a sorting that is not emulated")
        }
    }

    private func page(of rows: [Row], _ request: EmulatedRequest, tellsTotal: Bool) -> CannedAnswer {
        let asked = request["per_page"].flatMap { Int($0) } ?? 20
        let size = asked < 1 ? 20 : min(asked, 100)
        let number = max(1, request["page"].flatMap { Int($0) } ?? 1)
        let cut = rows.dropFirst((number - 1) * size).prefix(size)
        let wanted = Set((request["fields"] ?? "").split(separator: ",").map(String.init)).union(["id", "type"])
        let shown = cut.filter { !$0.isHidden }.map { row in
            JSON.object(JSONObject(wanted.sorted().compactMap { name in row.json[name].map { (name, $0) } }))
        }
        var object: JSONObject = [
            "page": .int(number), "per_page": .int(size), "count": .int(shown.count), "items": .array(shown),
            "total": tellsTotal ? .int(rows.count) : .null,
        ]
        if tellsTotal, number * size < rows.count {
            object["next_page"] = .string("https://rt.example/REST/2.0/tickets?page=\(number + 1)")
        }
        return .json(JSON.object(object).text)
    }

    private func ticketRows(_ query: String) -> [Row] {
        let showsMerged = query.contains("EffectiveId")
        return tickets.values.filter { ticket in
            ticket.status != "deleted" && (showsMerged || ticket.effectiveID == ticket.id)
        }.map { ticket in
            Row(
                id: ticket.id,
                columns: [
                    "id": .number(ticket.id), "EffectiveId": .number(ticket.effectiveID),
                    "LastUpdated": .moment(Instant(microseconds: ticket.updated.microseconds / 1_000_000 * 1_000_000)),
                    "Queue": .text(Self.queues[ticket.queue] ?? ""),
                ], json: json(ticket), updated: ticket.updated, isHidden: ticket.isHidden)
        }
    }

    private func transactionRows(_ query: String) -> [Row] {
        transactions.map { transaction in
            Row(
                id: transaction.id,
                columns: [
                    "id": .number(transaction.id), "ObjectId": .number(transaction.ticket),
                    "ObjectType": .text("RT::Ticket"), "Type": .text(transaction.type),
                ], json: json(transaction), isHidden: tickets[transaction.ticket]?.isHidden ?? true)
        }
    }
}

// MARK: - Shapes

extension RequestTrackerEmulator {
    private static func time(_ moment: Instant) -> JSON { .string(moment.rfc3339.prefix(19) + "Z") }

    private static func person(_ login: String) -> JSON { ["type": "user", "id": .string(login)] }

    private func json(_ ticket: Ticket) -> JSONObject {
        var object: JSONObject = [
            "id": .string(String(ticket.id)), "type": "ticket", "EffectiveId": .string(String(ticket.effectiveID)),
            "Subject": .string(ticket.subject), "Status": .string(ticket.status),
            "Queue": [
                "type": "queue", "id": .string(String(ticket.queue)), "Name": .text(Self.queues[ticket.queue]),
            ],
            "Priority": "50", "Created": Self.time(ticket.created), "LastUpdated": Self.time(ticket.updated),
            "Due": "1970-01-01T00:00:00Z", "Owner": Self.person(Self.users[ticket.owner] ?? ""),
            "Requestor": [Self.person(ticket.requester)], "Creator": Self.person(ticket.requester),
            "TimeWorked": "0", "CustomFields": [],
        ]
        if let name = ticket.lacks { object[name] = nil }
        return object
    }

    private func json(_ transaction: Transaction) -> JSONObject {
        [
            "id": .string(String(transaction.id)), "type": "transaction",
            "ObjectId": .string(String(transaction.ticket)), "Type": .string(transaction.type),
            "Created": Self.time(transaction.at), "Creator": Self.person(transaction.by),
            "Field": .string(transaction.field), "OldValue": .string(transaction.old),
            "NewValue": .string(transaction.new),
        ]
    }
}
