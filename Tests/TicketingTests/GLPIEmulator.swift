import PlumblineKit
import PlumblineTesting

/// A GLPI 10 in memory, written from the API notes (glpi-api 0.7.0, apirest.md of glpi-project/glpi). The sections of the
/// notes, and the rules that stem from them:
///
/// - Base and auth: everything under `/apirest.php`; `initSession` with `App-Token` and `Authorization: user_token ..` or
///   Basic; later calls with `Session-Token` and `App-Token`; 401 `ERROR_SESSION_TOKEN_INVALID` once a session is dead;
///   `killSession`. Results are limited to the active entity until `changeActiveEntities`.
/// - Reading: `range`, 0-50 without one and 990 at most; 200 for all, 206 for a part, `Content-Range`, `Accept-Range`;
///   400 `ERROR_RANGE_EXCEED_TOTAL` past the end (UNC). Sub-items of tickets (names UNC). `search/Ticket` with
///   `criteria`, `forcedisplay`, `sort`, `order`; its keys are numbers of search options, which `listSearchOptions` tells
///   (UNC); `morethan` leaves out the value itself.
/// - Ticket fields: columns of the table (UNC); statuses 1 to 6; `Ticket_User` with types 1, 2, 3 (UNC); times without a
///   zone; `TicketSatisfaction` from 0 to 5 (UNC).
/// - Errors and limits: `["ERROR_CODE","text"]`; no limit of rate.
///
/// Not in the notes and not confirmed: columns of followups (`date`, `users_id`, `is_private`) and solutions
/// (`date_creation`, `status` 4 refused), of users and of `Group_User`; that `data` is missing where nothing is found; that
/// tickets in the trash are not found; that an answer to the survey does not mark its ticket as changed. Of the notes,
/// these are not emulated and are faults when asked: `searchText`, `with_logs`, other search types, `Log`, the second API.
struct GLPIEmulator: EmulatedSystem {
    struct Ticket {
        let id: Int
        var name = ""
        var status = 1
        var priority = 3
        var entity = 0
        var opened: Instant
        var changed: Instant
        var solved: Instant?
        var closed: Instant?
        var due: Instant?
        /// Leaves a member out of answers, as a server that is broken would.
        var lacks: String?
        var isDeleted = false
        /// Type and user.
        var people: [(type: Int, user: Int)] = [(1, 80)]
        var followups: [Followup] = []
        var solutions: [Solution] = []
    }

    struct Followup {
        let id: Int
        let user: Int
        let at: Instant
        var isPrivate = false
    }

    struct Solution {
        let id: Int
        let user: Int
        let at: Instant
        var status = 2
    }

    struct Rating {
        let id: Int
        let ticket: Int
        let asked: Instant
        var answered: Instant?
        var score: Int?
    }

    struct User {
        let id: Int
        let login: String
        var names = ("", "")
        var number: String?
        var isActive = true
        var groups: Set<Int> = []
    }

    var tickets: [Int: Ticket] = [:]
    var ratings: [Int: Rating] = [:]
    var users: [Int: User] = [:]
    var appToken: String? = "fedcba9876543210"
    /// The values of `Authorization` that begin a session.
    var credentials: Set<String> = []
    /// Sessions by token: whether all entities are active.
    private(set) var sessions: [String: Bool] = [:]
    /// Numbers of the search options, by uid.
    var options = ["Ticket.id": 2, "Ticket.date_mod": 19, "Ticket.status": 12]
    var zone = "Asia/Shanghai"
    var knowsGroups = true
    private(set) var faults: [String] = []
    var lastNumber = 0

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        var answer = route(request)
        if case .response(let status, var headers, let body) = answer {
            headers["Date"] = JiraEmulator.httpDate(now)
            answer = .response(status: status, headers: headers, body: body)
        }
        return answer
    }

    /// Ends every session, as a restart of PHP does.
    mutating func forgetSessions() { sessions = [:] }

    private mutating func route(_ request: EmulatedRequest) -> CannedAnswer {
        guard let path = request.path.wholeMatch(of: #/\/apirest\.php\/(.+)/#)?.1 else {
            return fault(request, "no such path")
        }
        guard request.headers["App-Token"] == appToken else {
            return Self.error("ERROR_WRONG_APP_TOKEN_PARAMETER", status: 400)
        }
        if path == "initSession" { return begin(request) }
        guard let session = request.headers["Session-Token"], let isEverywhere = sessions[session] else {
            return Self.error("ERROR_SESSION_TOKEN_INVALID", status: 401)
        }
        switch path {
        case "killSession":
            sessions[session] = nil
            return .json("true")
        case "changeActiveEntities":
            guard request.method == "POST", (try? JSON.parse(request.body))?["entities_id"] == "all" else {
                return fault(request, "not all entities")
            }
            sessions[session] = true
            return .json("true")
        default:
            if request.method != "GET" { return fault(request, "not a read") }
            return read(path.split(separator: "/").map(String.init), request, isEverywhere: isEverywhere)
        }
    }

    private mutating func begin(_ request: EmulatedRequest) -> CannedAnswer {
        guard credentials.contains(request.headers["Authorization"] ?? "") else {
            return Self.error("ERROR_GLPI_LOGIN_USER_TOKEN", status: 401)
        }
        lastNumber += 1
        sessions["s\(lastNumber)"] = false
        return .json(#"{"session_token":"s\#(lastNumber)"}"#)
    }

    mutating func fault(_ request: EmulatedRequest, _ reason: String) -> CannedAnswer {
        faults.append("\(request): \(reason)")
        return Self.error("ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM", status: 400)
    }

    mutating func expect(_ names: Set<String>, of request: EmulatedRequest) {
        let unknown = request.query.map(\.name).filter { !names.contains($0) }
        if !unknown.isEmpty { faults.append("\(request): \(unknown.joined(separator: ", "))") }
    }

    static func error(_ code: String, status: Int) -> CannedAnswer {
        .json(JSON.array([.string(code), "a text; view documentation in your browser"]).text, status: status)
    }
}

// MARK: - Reading

extension GLPIEmulator {
    private mutating func read(_ path: [String], _ request: EmulatedRequest, isEverywhere: Bool) -> CannedAnswer {
        let seen = tickets.filter { isEverywhere || $0.value.entity == 0 }
        switch (path.first, path.count) {
        case ("listSearchOptions", 2): return .json(optionList.text)
        case ("search", 2): return search(seen.values.filter { !$0.isDeleted }, request)
        case ("User", 1): return list(users.values.sorted { $0.id < $1.id }.map(json), request)
        case ("TicketSatisfaction", 1): return list(ratings.values.sorted { $0.id < $1.id }.map(json), request)
        case ("Group", 3):
            let members = users.values.filter { $0.groups.contains(Int(path[1]) ?? 0) }.sorted { $0.id < $1.id }
            guard knowsGroups, path[2] == "Group_User" else { return fault(request, "no such sub-item") }
            return list(members.map { ["id": .int($0.id * 10), "users_id": .int($0.id)] }, request)
        case ("Ticket", 2...3):
            guard let ticket = seen[Int(path[1]) ?? 0] else { return Self.error("ERROR_ITEM_NOT_FOUND", status: 404) }
            return path.count == 2 ? .json(json(ticket).text) : subItems(path[2], of: ticket, request)
        default: return fault(request, "no such path")
        }
    }

    private mutating func subItems(_ name: String, of ticket: Ticket, _ request: EmulatedRequest) -> CannedAnswer {
        switch name {
        case "Ticket_User":
            return list(
                ticket.people.enumerated().map { place, person in
                    [
                        "id": .int(ticket.id * 100 + place), "tickets_id": .int(ticket.id), "type": .int(person.type),
                        "users_id": .int(person.user),
                    ]
                }, request)
        case "ITILFollowup": return list(ticket.followups.map(json), request)
        case "ITILSolution": return list(ticket.solutions.map(json), request)
        default: return fault(request, "no such sub-item")
        }
    }

    private mutating func list(_ items: [JSON], _ request: EmulatedRequest) -> CannedAnswer {
        expect(["range"], of: request)
        return part(of: items, request) { .array($0) }
    }

    private mutating func search(_ found: [Ticket], _ request: EmulatedRequest) -> CannedAnswer {
        expect(
            [
                "criteria[0][field]", "criteria[0][searchtype]", "criteria[0][value]", "forcedisplay[0]",
                "forcedisplay[1]", "sort", "order", "range",
            ], of: request)
        var found = found
        if let field = request["criteria[0][field]"] {
            guard field == options["Ticket.date_mod"].map(String.init),
                request["criteria[0][searchtype]"] == "morethan", let value = request["criteria[0][value]"]
            else { return fault(request, "a criterion that is not emulated") }
            found.removeAll { text($0.changed) <= value }
        }
        guard request["order"] == "ASC", let sort = request["sort"].flatMap({ Int($0) }) else {
            return fault(request, "an order that is not emulated")
        }
        let byID = sort == options["Ticket.id"]
        found.sort { byID || $0.changed == $1.changed ? $0.id < $1.id : $0.changed < $1.changed }
        let rows = found.map { ticket in
            JSON.object([
                String(options["Ticket.id"] ?? 0): .int(ticket.id),
                String(options["Ticket.date_mod"] ?? 0): .string(text(ticket.changed)),
            ])
        }
        return part(of: rows, request) { shown in
            var answer: JSONObject = ["totalcount": .int(rows.count), "count": .int(shown.count), "order": "ASC"]
            if !shown.isEmpty { answer["data"] = .array(shown) }
            return .object(answer)
        }
    }

    /// 0-50 without a range, which is 51 items as it says.
    private mutating func part(
        of items: [JSON], _ request: EmulatedRequest, _ shape: ([JSON]) -> JSON
    ) -> CannedAnswer {
        let bounds = (request["range"] ?? "0-50").split(separator: "-").compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] - bounds[0] < 990 else {
            return fault(request, "a range of more than 990, or none")
        }
        if items.isEmpty { return .json(shape([]).text) }
        guard bounds[0] < items.count else { return Self.error("ERROR_RANGE_EXCEED_TOTAL", status: 400) }
        let end = min(bounds[1], items.count - 1)
        return .response(
            status: bounds[0] == 0 && end == items.count - 1 ? 200 : 206,
            headers: [
                "Content-Type": "application/json", "Content-Range": "\(bounds[0])-\(end)/\(items.count)",
                "Accept-Range": "990",
            ], body: shape(Array(items[bounds[0]...end])).bytes)
    }
}
