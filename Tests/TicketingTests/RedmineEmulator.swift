import PlumblineKit
import PlumblineTesting

/// A Redmine 5.0 in memory, written from the API notes on Redmine 5.0.4 (server code of the Debian package and the SDK
/// python-redmine 2.5.0). The sections of the notes, and the rules that stem from them:
///
/// - Base and auth: `.json` on every path; nothing answers while REST is off (401); the key comes in
///   `X-Redmine-API-Key` or the query item `key`.
/// - Calls: `/users.json` is an administrator's; the list of issues never holds journals, one issue does with
///   `include=journals`.
/// - Filters: without `status_id` only open issues; operators inside the values of dates; `project_id`, `tracker_id`.
/// - Paging: `offset` from 0, `limit` 25, at most 100, 25 again below 1; `total_count`, `offset` and `limit` in answers;
///   pages shift when issues change or go.
/// - Shapes: absent associations are missing keys; `details` hold texts of numbers; times are UTC in whole seconds,
///   although they are kept and sorted more finely; `closed_on` stays after reopening (UNC).
/// - Errors: 401 with an empty body, 403, 404, 422 `{"errors": [..]}`. No limit of rate.
///
/// Told by the project and not in the notes: where no login is required, a wrong key is nobody's, and who is nobody gets
/// 200 with the public issues, perhaps none (`requiresLogin`). Not confirmed (UNC): the shapes of users and statuses,
/// several numbers in `project_id` and `tracker_id`, the default order, what `/users.json` does without `status`,
/// `/users/current.json`, that nobody is refused a single issue with 401 (and not 403). Of the notes, these are not
/// emulated and are faults when asked: Basic authentication, acting as another user, other operators and filters,
/// `page`, time entries.
struct RedmineEmulator: EmulatedSystem {
    struct Issue {
        let id: Int
        var project = "1"
        var tracker = "3"
        var subject = ""
        var status = 1
        var priority = "Normal"
        var author = 3
        var assignee: Int?
        var created: Instant
        var updated: Instant
        var closed: Instant?
        var score: String?
        var spentHours = "0.0"
        var isPublic = false
        /// Leaves a member out of answers, as a server that is broken would.
        var lacks: String?
        var journals: [Journal] = []
    }

    struct Journal {
        let id: Int
        let user: Int
        let at: Instant
        var notes = ""
        var isPrivate = false
        var details: [JSON] = []
    }

    struct User {
        let id: Int
        let login: String
        let name: String
        var isAdministrator = false
        /// 1 active, 2 registered, 3 locked (UNC).
        var status = "1"
        var groups: Set<String> = []
        var staffNumber: String?
    }

    static let statuses = [1: "New", 2: "In Progress", 3: "Resolved", 4: "Feedback", 5: "Closed", 6: "Rejected"]
    static let closedStatuses: Set = [5, 6]
    static let scoreField = 12

    var issues: [Int: Issue] = [:]
    var users: [Int: User] = [:]
    /// Whose the keys are.
    var keys: [String: Int] = [:]
    var isRESTEnabled = true
    var requiresLogin = true
    /// `status.is_closed` came with 5.0 (UNC version).
    var tellsClosed = true
    /// A user may have journals shown in reverse.
    var showsNewestFirst = false
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []
    var lastJournal = 0

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if request.method != "GET" || request.url.contains(where: { "<>|".contains($0) }) {
            faults.append("\(request): not a read, or not encoded")
        }
        if request.headers["Authorization"] != nil || request.headers["X-Redmine-Switch-User"] != nil {
            faults.append("\(request): Basic authentication, or in the name of another user")
        }
        let user = (request.headers["X-Redmine-API-Key"] ?? request["key"]).flatMap { keys[$0] }.flatMap { users[$0] }
        guard isRESTEnabled, user != nil || !requiresLogin else { return Self.unauthorized }
        switch request.path {
        case "/issues.json": return list(request, for: user)
        case "/issue_statuses.json": return .json(JSON.object(["issue_statuses": .array(statusList)]).text)
        case "/users.json": return userList(request, for: user)
        case "/users/current.json":
            guard let user else { return Self.unauthorized }
            return .json(JSON.object(["user": json(user)]).text)
        default: return issue(request, for: user)
        }
    }

    private static let unauthorized = CannedAnswer.response(status: 401, headers: [:], body: [])
    private static let notFound = CannedAnswer.response(status: 404, headers: [:], body: [])

    private mutating func expect(_ names: Set<String>, of request: EmulatedRequest) {
        let unknown = request.query.map(\.name).filter { !names.union(["key"]).contains($0) }
        if !unknown.isEmpty { faults.append("\(request): \(unknown.joined(separator: ", "))") }
    }
}

// MARK: - Issues

extension RedmineEmulator {
    private mutating func list(_ request: EmulatedRequest, for user: User?) -> CannedAnswer {
        expect(["status_id", "updated_on", "project_id", "tracker_id", "sort", "offset", "limit"], of: request)
        var found = issues.values.filter { user != nil || $0.isPublic }
        switch request["status_id"] {
        case "*": break
        case nil, "open": found.removeAll { Self.closedStatuses.contains($0.status) }
        case "closed": found.removeAll { !Self.closedStatuses.contains($0.status) }
        case let id?: found.removeAll { String($0.status) != id }
        }
        for (name, value) in [("project_id", \Issue.project), ("tracker_id", \Issue.tracker)] {
            guard let wanted = request[name]?.split(whereSeparator: { ",|".contains($0) }).map(String.init) else {
                continue
            }
            found.removeAll { !wanted.contains($0[keyPath: value]) }
        }
        if let filter = request["updated_on"] {
            guard let fits = Self.dateFilter(filter) else {
                faults.append("updated_on=\(filter): an operator that is not emulated, or no moment")
                return .json(#"{"errors":["Updated is invalid"]}"#, status: 422)
            }
            found.removeAll { !fits($0.updated) }
        }
        sort(&found, by: request["sort"] ?? "id:desc")
        return page(of: found.map { json($0, withJournals: false) }, as: "issues", request)
    }

    /// `>=T`, `<=T` and `><T|T`, the ones of the notes' operators that take moments.
    private static func dateFilter(_ text: String) -> ((Instant) -> Bool)? {
        if text.hasPrefix("><") {
            let moments = text.dropFirst(2).split(separator: "|").compactMap { Instant(rfc3339: $0) }
            return moments.count == 2 ? { (moments[0]...moments[1]).contains($0) } : nil
        }
        guard let moment = Instant(rfc3339: text.dropFirst(2)) else { return nil }
        switch text.prefix(2) {
        case ">=": return { $0 >= moment }
        case "<=": return { $0 <= moment }
        default: return nil
        }
    }

    private mutating func sort(_ found: inout [Issue], by text: String) {
        for key in text.split(separator: ",").reversed() {
            let parts = key.split(separator: ":")
            let isDescending = parts.last == "desc"
            switch parts.first {
            case "updated_on": found.sort { isDescending ? $0.updated > $1.updated : $0.updated < $1.updated }
            case "id": found.sort { isDescending ? $0.id > $1.id : $0.id < $1.id }
            default: faults.append("sort=\(text)")
            }
        }
    }

    private mutating func issue(_ request: EmulatedRequest, for user: User?) -> CannedAnswer {
        expect(["include"], of: request)
        guard let match = request.path.wholeMatch(of: /\/issues\/(\d+)\.json/), let id = Int(match.1) else {
            faults.append("\(request): no such path")
            return Self.notFound
        }
        guard let issue = issues[id] else { return Self.notFound }
        guard user != nil || issue.isPublic else { return Self.unauthorized }
        return .json(JSON.object(["issue": json(issue, withJournals: request["include"] == "journals")]).text)
    }

    private func page(of items: [JSON], as name: String, _ request: EmulatedRequest) -> CannedAnswer {
        let asked = request["limit"].flatMap { Int($0) } ?? 25
        let limit = asked < 1 ? 25 : min(asked, 100)
        let offset = max(0, request["offset"].flatMap { Int($0) } ?? 0)
        let answer: JSON = [
            name: .array(Array(items.dropFirst(offset).prefix(limit))), "total_count": .int(items.count),
            "offset": .int(offset), "limit": .int(limit),
        ]
        return .json(answer.text)
    }
}

// MARK: - Shapes

extension RedmineEmulator {
    private static func time(_ moment: Instant) -> JSON {
        .string(moment.rfc3339.prefix(19) + "Z")
    }

    private func reference(_ user: Int) -> JSON {
        ["id": .int(user), "name": .string(users[user]?.name ?? "Anonymous")]
    }

    private func json(_ issue: Issue, withJournals: Bool) -> JSON {
        var status: JSONObject = [
            "id": .int(issue.status), "name": .text(Self.statuses[issue.status]),
        ]
        if tellsClosed { status["is_closed"] = .bool(Self.closedStatuses.contains(issue.status)) }
        var object: JSONObject = [
            "id": .int(issue.id),
            "project": ["id": .number(issue.project), "name": .string("Project \(issue.project)")],
            "tracker": ["id": .number(issue.tracker), "name": .string(issue.tracker == "3" ? "Support" : "Bug")],
            "status": .object(status), "priority": ["id": 2, "name": .string(issue.priority)],
            "author": reference(issue.author), "subject": .string(issue.subject), "description": "", "done_ratio": 0,
            "is_private": false, "spent_hours": .number(issue.spentHours),
            "total_spent_hours": .number(issue.spentHours),
            "custom_fields": [
                ["id": .int(Self.scoreField), "name": "Satisfaction", "value": .string(issue.score ?? "")],
                ["id": 13, "name": "Area", "multiple": true, "value": ["network", "vpn"]],
            ],
            "created_on": Self.time(issue.created), "updated_on": Self.time(issue.updated),
        ]
        object["assigned_to"] = issue.assignee.map(reference)
        object["closed_on"] = issue.closed.map(Self.time)
        if withJournals {
            let journals = issue.journals.map(json)
            object["journals"] = .array(showsNewestFirst ? journals.reversed() : journals)
        }
        if let name = issue.lacks { object[name] = nil }
        return .object(object)
    }

    private func json(_ journal: Journal) -> JSON {
        [
            "id": .int(journal.id), "user": reference(journal.user), "notes": .string(journal.notes),
            "created_on": Self.time(journal.at), "private_notes": .bool(journal.isPrivate),
            "details": .array(journal.details),
        ]
    }

    private var statusList: [JSON] {
        Self.statuses.keys.sorted().map { id in
            [
                "id": .int(id), "name": .text(Self.statuses[id]), "is_closed": .bool(Self.closedStatuses.contains(id)),
            ]
        }
    }

    private mutating func userList(_ request: EmulatedRequest, for user: User?) -> CannedAnswer {
        expect(["status", "group_id", "offset", "limit"], of: request)
        guard let user else { return Self.unauthorized }
        guard user.isAdministrator else { return .response(status: 403, headers: [:], body: []) }
        var found = users.values.filter { $0.status == request["status"] ?? "1" }
        if let group = request["group_id"] { found.removeAll { !$0.groups.contains(group) } }
        found.sort { $0.login < $1.login }
        return page(of: found.map(json), as: "users", request)
    }

    private func json(_ user: User) -> JSON {
        var object: JSONObject = [
            "id": .int(user.id), "login": .string(user.login), "admin": .bool(user.isAdministrator),
            "firstname": .string(String(user.name.prefix { $0 != " " })),
            "lastname": .string(String(user.name.drop { $0 != " " }.dropFirst())),
            "mail": .string("\(user.login)@plumbline.example"), "created_on": "2025-01-01T00:00:00Z",
            "status": .number(user.status),
        ]
        object["custom_fields"] = user.staffNumber.map {
            [["id": 20, "name": "Staff number", "value": .string($0)]]
        }
        return .object(object)
    }
}
