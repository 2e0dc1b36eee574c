import PlumblineKit
import PlumblineTesting

/// A Jira Cloud with a service project in memory, written from the API notes (jira 3.10.5, the jira.js reference, the
/// pages on rate limiting of developer.atlassian.com). The sections of the notes, and the rules that stem from them:
///
/// - Base and auth: `/rest/api/3/` and `/rest/servicedeskapi/`; Basic with address and token, or Bearer (UNC).
/// - Search: `search/jql` with `jql`, `fields`, `maxResults`, `nextPageToken`; no total; the token is absent behind the
///   last part. Without `fields` only the id comes. Parts of 100, of 5000 where few fields are asked (UNC). The query must
///   be bounded; ORDER BY names at most 7 fields. Dates have minute precision and are read in the zone of the user, or as
///   minutes ago (UNC). Search finds and orders by what the index knew `lag` seconds ago, and shows that too or, with
///   `showsPresentFields`, what is there now (UNC). It orders by milliseconds or, with `sortsBySeconds`, by seconds (UNC).
/// - Changelog: `startAt`, `maxResults` up to 100, `total`, `isLast` (UNC shapes).
/// - Issue shape: times with milliseconds and an offset without colon, in the user's zone; `emailAddress` may be hidden;
///   `statusCategory` (UNC). Statuses that are in no workflow any more are `unlisted`.
/// - SLA: pages with `start` and `limit`, `isLastPage`; needs an agent's rights. CSAT with the header `X-ExperimentalApi`
///   (UNC). Service desk errors as `errorMessage` (UNC).
/// - Errors and limits: `errorMessages`; 401, or where `answersNobody` an anonymous empty result (UNC); 429 with
///   `Retry-After`, `RateLimit-Reason` and `X-RateLimit-` headers, a burst limit for each call; or 503 (`limitStatus`).
///
/// Not in the notes, from the jira.js reference: `issue/{id}/comment` (`PageOfComments`, `jsdPublic` true unless internal),
/// `group/member` (50 in a part, `includeInactiveUsers`), that nobody is refused by `myself`. An issue that our user may
/// not see is neither found nor there. Not confirmed besides: which moment satisfaction fields and
/// `statuscategorychangedate` tell, 403 for who may not browse users and groups,
/// `users/search` (parts may hold fewer than asked), `status`, what a token means (`countsTokens`), 404 for what is no
/// request or has no rating (`tellsNoRating`), how a local time that clocks show twice is read (`readsRepeatedHourLate`),
/// with which status a token for another query is refused. Of the notes, these are not emulated and are faults when asked:
/// `expand`, `reconcileIssues`, POST, bulk changelogs, other clauses of JQL.
struct JiraEmulator: EmulatedSystem {
    struct Issue {
        let id: Int
        var project = "SUP"
        var type = "Service Request"
        var summary = ""
        var status = "1"
        var priority = "Medium"
        var reporter = "customer"
        var assignee: String?
        var created: Instant
        var updated: Instant
        var resolved: Instant?
        /// Leaves a member out of answers, as a server that is broken would.
        var lacks: String?
        var changes: [Change] = []
        var comments: [Comment] = []
        var isRequest = true
        /// By its security level.
        var isHidden = false
        /// When the category of its status changed, and when it was rated.
        var categoryChanged: Instant?
        var rated: Instant?
        var agreements: [JSON] = []
        var rating: JSON?
    }

    struct Change {
        let id: Int
        let author: String
        let at: Instant
        /// Field, old id and name, new id and name.
        let items: [JSON]
    }

    struct Comment {
        let id: Int
        let author: String
        let at: Instant
        var isInternal = false
        var role: String?
    }

    struct User {
        let id: String
        let name: String
        var email: String?
        var type = "atlassian"
        var isActive = true
        var groups: Set<String> = []
        /// Whether our user may not see it.
        var isHidden = false
    }

    /// Names and categories by id.
    static let statuses: [String: (name: String, category: String)] = [
        "1": ("Open", "new"), "3": ("In Progress", "indeterminate"), "4": ("Waiting for customer", "indeterminate"),
        "5": ("Resolved", "done"), "6": ("Closed", "done"), "7": ("Canceled", "done"), "8": ("Done", "done"),
        "9": ("Done", "indeterminate"),
    ]

    /// What is there now.
    private(set) var issues: [Int: Issue] = [:]
    /// What the index learns of, and when; nil for an issue that went.
    private var index: [Int: [(at: Instant, issue: Issue?)]] = [:]
    var users: [String: User] = [:]
    var projects: Set<String> = ["SUP", "HELP"]
    /// The values of `Authorization` that are valid.
    var credentials: Set<String> = []
    /// The account that we are.
    var account = "gateway"
    var zone = "Asia/Shanghai"
    var lag = 0
    var answersNobody = false
    /// Statuses that the list leaves out.
    var unlisted: Set<String> = []
    /// Whether a move into a done status sets a resolution.
    var setsResolution = true
    var showsPresentFields = false
    var sortsBySeconds = false
    var mayBrowseUsers = true
    /// The projects in which we are an agent.
    var agentIn: Set<String> = ["SUP", "HELP"]
    var tellsNoRating = true
    var countsTokens = false
    var readsRepeatedHourLate = false
    var showsDate = true
    /// Requests in so many seconds, for each call.
    var burst = (limit: 1000, seconds: 1)
    var limitStatus = 429
    private var windows: [String: RequestWindow] = [:]
    var faults: [String] = []
    var lastNumber = 0

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if request.method != "GET" || request.headers["Accept"] != "application/json" {
            faults.append("\(request): not a read of JSON")
        }
        let answer = limit(request, at: now) ?? answerUnlimited(request, at: now)
        guard case .response(let status, var headers, let body) = answer else { return answer }
        headers["X-RateLimit-Limit"] = String(burst.limit)
        headers["Date"] = showsDate ? Self.httpDate(now) : nil
        return .response(status: status, headers: headers, body: body)
    }

    private mutating func answerUnlimited(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let isSomebody = credentials.contains(request.headers["Authorization"] ?? "")
        guard isSomebody || answersNobody else { return Self.error("Client must be authenticated", status: 401) }
        switch request.path {
        case "/rest/api/3/myself":
            guard isSomebody else { return Self.error("Client must be authenticated", status: 401) }
            return .json(JSON.object(["accountId": .string(account), "timeZone": .string(zone)]).text)
        case "/rest/api/3/search/jql": return search(request, at: now, isSomebody: isSomebody)
        default: return isSomebody ? further(request) : Self.notFound
        }
    }

    private mutating func further(_ request: EmulatedRequest) -> CannedAnswer {
        switch request.path {
        case "/rest/api/3/status": return .json(JSON.array(statusList).text)
        case "/rest/api/3/group/member": return members(request)
        case "/rest/api/3/users/search": return userList(request)
        default: return part(request)
        }
    }

    private mutating func limit(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer? {
        let call = request.path.split(separator: "/").filter { Int($0) == nil }.joined(separator: "/")
        var window = windows[call] ?? RequestWindow(limit: burst.limit, seconds: burst.seconds)
        let rest = window.refuse(at: now)
        windows[call] = window
        guard let rest else { return nil }
        return .response(
            status: limitStatus,
            headers: [
                "Retry-After": String(rest), "RateLimit-Reason": "jira-burst-based",
                "X-RateLimit-Limit": String(burst.limit), "X-RateLimit-Remaining": "0",
                "X-RateLimit-NearLimit": "true",
                "X-RateLimit-Reset": now.advanced(bySeconds: rest).rfc3339.prefix(16) + "Z",
            ], body: [])
    }

    mutating func expect(_ names: Set<String>, of request: EmulatedRequest) {
        let unknown = request.query.map(\.name).filter { !names.contains($0) }
        if !unknown.isEmpty { faults.append("\(request): \(unknown.joined(separator: ", "))") }
    }

    static func error(_ text: String, status: Int) -> CannedAnswer {
        .json(JSON.object(["errorMessages": [.string(text)], "errors": [:]]).text, status: status)
    }

    static let notFound = error("Issue does not exist or you do not have permission to see it.", status: 404)
}

// MARK: - What changes

extension JiraEmulator {
    /// Changes an issue; the index learns of it at `moment`.
    mutating func write(_ id: Int, at moment: Instant, _ change: (inout Issue) -> Void) {
        guard var issue = issues[id] else { return }
        change(&issue)
        put(issue, at: moment)
    }

    mutating func put(_ issue: Issue, at moment: Instant) {
        issues[issue.id] = issue
        index[issue.id, default: []].append((moment, issue))
    }

    mutating func delete(_ id: Int, at moment: Instant) {
        issues[id] = nil
        index[id, default: []].append((moment, nil))
    }

    /// What the index knows at `now`.
    func indexed(at now: Instant) -> [Issue] {
        let horizon = now.advanced(bySeconds: -lag)
        return index.values.compactMap { states in states.last { $0.at <= horizon }?.issue }
    }
}
