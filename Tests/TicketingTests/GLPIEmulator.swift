import PlumblineKit
import PlumblineTesting

/// A GLPI 10 in memory, written from the API notes (glpi-api 0.7.0, apirest.md of glpi-project/glpi). The sections of the
/// notes, and the rules that stem from them:
///
/// - Base and auth: everything under `/apirest.php`; `initSession` with `App-Token` and `Authorization: user_token ..` or
///   Basic; later calls with `Session-Token` and `App-Token`; 401 `ERROR_SESSION_TOKEN_INVALID` once a session is dead;
///   `killSession`. Results are limited to the active entity until `changeActiveEntities`.
/// - Reading: `range`, 0-50 without one and 990 at most; 200 for all, 206 for a part, `Content-Range`, `Accept-Range`;
///   400 `ERROR_RANGE_EXCEED_TOTAL` past the end, which a place right behind the last item is not (UNC). `sort` and
///   `order` of lists. Sub-items of tickets (names UNC). `search/Ticket` with `criteria`, `forcedisplay`, `sort`, `order`;
///   its keys are numbers of search options, which `listSearchOptions` tells (UNC); `morethan` leaves out the value
///   itself. Nothing is said of the order of equal values: with `shufflesTies` it is another one for each range.
/// - Ticket fields: columns of the table (UNC); statuses 1 to 6; `Ticket_User` with types 1, 2, 3 (UNC); times without a
///   zone; `TicketSatisfaction` from 0 to 5 (UNC).
/// - Errors and limits: `["ERROR_CODE","text"]` with 400, 401, 403 (`forbidden`) and 404; no limit of rate. Text fields hold
///   HTML entities.
///
/// Not in the notes and not confirmed: columns of followups (`date`, `users_id`, `is_private`) and solutions
/// (`date_creation`, `status` 4 refused), of users and of `Group_User`; `sourceitems_id` of a followup that came with a
/// merged ticket; that `data` is missing where nothing is found; that tickets in the trash are not found, and shown when
/// asked for by number; that an answer to the survey does not mark its ticket as changed; whether numbers come as text
/// (`writesNumbersAsText`); with which code a lack of a session is refused. Of the notes,
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
        /// The ticket that it came from when that was merged.
        var source = 0
        /// Leaves a member out of answers.
        var lacks: String?
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
    var shufflesTies = false
    var writesNumbersAsText = false
    /// The kinds of items that our profile may not read.
    var forbidden: Set<String> = []
    /// Refuses to enter all entities.
    var staysInEntity = false
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
        guard let session = request.headers["Session-Token"] else {
            return Self.error("ERROR_SESSION_TOKEN_MISSING", status: 400)
        }
        guard let isEverywhere = sessions[session] else {
            return Self.error("ERROR_SESSION_TOKEN_INVALID", status: 401)
        }
        if path == "changeActiveEntities" { return enter(session, request) }
        if request.method != "GET" { return fault(request, "not a read") }
        if path == "killSession" {
            expect([], of: request)
            sessions[session] = nil
            return .json("true")
        }
        return read(path.split(separator: "/").map(String.init), request, isEverywhere: isEverywhere)
    }

    private mutating func enter(_ session: String, _ request: EmulatedRequest) -> CannedAnswer {
        expect([], of: request)
        let body = try? JSON.parse(request.body)
        guard request.method == "POST", body?["entities_id"] == "all", body?["is_recursive"] == true else {
            return fault(request, "not all entities and what is below them")
        }
        if staysInEntity { return .json("false") }
        sessions[session] = true
        return .json("true")
    }

    private mutating func begin(_ request: EmulatedRequest) -> CannedAnswer {
        expect([], of: request)
        guard request.method == "GET" else { return fault(request, "not a read") }
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
        if let kind = path.last(where: { Int($0) == nil }), forbidden.contains(kind) {
            return Self.error("ERROR_RIGHT_MISSING", status: 403)
        }
        switch (path.first, path.count) {
        case ("listSearchOptions", 2):
            expect(["expand_dropdowns", "get_hateoas"], of: request)
            return .json(optionList.text)
        case ("search", 2): return search(seen.values.filter { !$0.isDeleted }, request)
        case ("User", 1): return list(users.values.sorted { $0.id < $1.id }.map(json), request)
        case ("TicketSatisfaction", 1): return list(ratings.values.sorted { $0.id < $1.id }.map(json), request)
        case ("Group", 3):
            let members = users.values.filter { $0.groups.contains(Int(path[1]) ?? 0) }.sorted { $0.id < $1.id }
            guard knowsGroups, path[2] == "Group_User" else { return fault(request, "no such sub-item") }
            return list(members.map { ["id": .int($0.id * 10), "users_id": .int($0.id)] }, request)
        case ("Ticket", 2...3):
            guard let ticket = seen[Int(path[1]) ?? 0] else { return Self.error("ERROR_ITEM_NOT_FOUND", status: 404) }
            if path.count == 3 { return subItems(path[2], of: ticket, request) }
            expect(["expand_dropdowns", "get_hateoas"], of: request)
            return .json(written(json(ticket)).text)
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

    /// By number, which is what a list is sorted by where nothing is asked.
    private mutating func list(_ items: [JSON], _ request: EmulatedRequest) -> CannedAnswer {
        expect(["range", "sort", "order"], of: request)
        guard request["sort"] ?? "id" == "id", request["order"] ?? "ASC" == "ASC" else {
            return fault(request, "an order that is not emulated")
        }
        return part(of: items.sorted { $0["id"]?.int ?? 0 < $1["id"]?.int ?? 0 }, request) { .array($0) }
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
        let place = shufflesTies && !byID ? Self.hash(of: request["range"] ?? "") : nil
        found.sort { one, other in
            let (left, right) = (one.changed.microseconds / 1_000_000, other.changed.microseconds / 1_000_000)
            if !byID, left != right { return left < right }
            guard let place else { return one.id < other.id }
            return ((one.id * 7 + place) % 11, one.id) < ((other.id * 7 + place) % 11, other.id)
        }
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

    private static func hash(of range: String) -> Int { range.utf8.reduce(0) { ($0 * 31 + Int($1)) % 1009 } }

    /// 0-50 without a range, which is 51 items as it says.
    private mutating func part(
        of items: [JSON], _ request: EmulatedRequest, _ shape: ([JSON]) -> JSON
    ) -> CannedAnswer {
        let bounds = (request["range"] ?? "0-50").split(separator: "-").compactMap { Int($0) }
        guard bounds.count == 2, bounds[0] <= bounds[1], bounds[1] - bounds[0] < 990 else {
            return fault(request, "a range of more than 990, or none")
        }
        guard bounds[0] <= items.count else { return Self.error("ERROR_RANGE_EXCEED_TOTAL", status: 400) }
        if bounds[0] == items.count { return .json(written(shape([])).text) }
        let end = min(bounds[1], items.count - 1)
        return .response(
            status: bounds[0] == 0 && end == items.count - 1 ? 200 : 206,
            headers: [
                "Content-Type": "application/json", "Content-Range": "\(bounds[0])-\(end)/\(items.count)",
                "Accept-Range": "990",
            ], body: written(shape(Array(items[bounds[0]...end]))).bytes)
    }

    /// Numbers as text where this server writes them so.
    private func written(_ json: JSON) -> JSON {
        guard writesNumbersAsText else { return json }
        if case .number(let text) = json { return .string(text) }
        if let items = json.array { return .array(items.map(written)) }
        guard let members = json.object?.members else { return json }
        return .object(JSONObject(members.map { ($0.key, written($0.value)) }))
    }
}
