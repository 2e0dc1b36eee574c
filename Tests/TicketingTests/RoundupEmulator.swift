import PlumblineKit
import PlumblineTesting

/// A Roundup 2.6 in memory, written from the API notes (its `doc/rest.txt`, and a real tracker of that version as it was
/// seen). The sections of the notes, and the rules that stem from them:
///
/// - Base and auth: HTTP Basic; a wrong password is 401 in plain text, none at all 403 in JSON.
/// - Reading: `@fields`, `@verbose` 0 to 2, `@sort`, `@page_size` from 1; without a size all come in one answer without
///   `@links`. An unknown property is 400. What our user may not see is left out of an item. Filters: text by part, links
///   and numbers exactly, each further value of one name beside the others; `activity=FROM;` reads its date in our user's
///   zone (UNC). Above the administrator's limit the list is cut and `@total_size` is -1.
/// - Issue fields: dates as `2026-01-05.00:10:00`, UTC, whole seconds although they are kept and sorted more finely; an
///   empty property is null. Retired issues are in no list.
/// - Errors and limits: `{"error": {"status", "msg"}}`; over the rate 429 with `Retry-After` and `X-RateLimit-*`.
///
/// Not emulated, and a fault when asked: single items, `next` links and later pages, JWT, ETags, transitive names,
/// everything that writes.
struct RoundupEmulator: EmulatedSystem {
    struct Issue {
        let id: Int
        var title = ""
        var status = "unread"
        var creator = 12
        var owner: Int?
        var created: Instant
        var activity: Instant
        var resolved: Instant?
        var reopenings: Int?
        var messages: [Int] = []
        var isRetired = false
        /// Leaves a property out, as for a user who may not see it.
        var lacks: String?
    }

    struct Message {
        let id: Int
        let author: Int
        let at: Instant
    }

    static let users = [1: "admin", 3: "li.na", 4: "zhang.wei", 12: "guo.tao", 13: "ma.chao"]
    static let agents: Set = [3, 4]
    static let statuses = ["unread", "chatting", "in-progress", "deferred", "resolved", "rejected"]

    var issues: [Int: Issue] = [:]
    var messages: [Int: Message] = [:]
    /// The present password.
    var password = "hunter2"
    /// The zone of our user, in seconds ahead of UTC.
    var secondsAhead = 8 * 3600
    /// The administrator's limit of items in an answer.
    var mostItems = 10_000
    var window = RequestWindow(limit: 10_000, seconds: 60)
    /// What was asked that the notes do not know.
    private(set) var faults: [String] = []

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        guard let given = request.headers["Authorization"] else { return Self.error(403, "Forbidden.") }
        guard given == "Basic \(Base64.encode(Array("gateway:\(password)".utf8)))" else {
            return .text("Invalid Login - Invalid login", status: 401)
        }
        if let seconds = window.refuse(at: now) { return limited(seconds) }
        if request.method != "GET" || request.headers["Accept"] != "application/json" {
            faults.append("\(request): not a read of JSON")
        }
        switch request.path {
        case "/support/rest/data/issue": return list(issueItems(request), request)
        case "/support/rest/data/msg": return list(messageItems(request), request)
        case "/support/rest/data/user": return list(userItems(request), request)
        default:
            faults.append("\(request): no such path")
            return Self.error(404, "Not found")
        }
    }

    private static func error(_ status: Int, _ text: String) -> CannedAnswer {
        let body: JSON = ["error": ["status": .int(status), "msg": .string(text)]]
        return .response(status: status, headers: ["Content-Type": "application/json"], body: body.bytes)
    }

    private func limited(_ seconds: Int) -> CannedAnswer {
        let headers: HTTPHeaders = [
            "Retry-After": "\(seconds)", "X-RateLimit-Limit": "\(window.limit)", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": "\(seconds)", "X-RateLimit-Limit-Period": "60",
        ]
        return .response(status: 429, headers: headers, body: [])
    }
}

// MARK: - Lists

extension RoundupEmulator {
    /// An item with all that it has, and how it is sorted.
    private struct Item {
        let id: Int
        let properties: JSONObject
        var activity = Instant(microseconds: 0)
    }

    private mutating func list(_ found: [Item]?, _ request: EmulatedRequest) -> CannedAnswer {
        guard var items = found else { return Self.error(400, "Unknown property") }
        let known: Set = ["@fields", "@verbose", "@sort", "@page_size", "id", "activity", "organisation"]
        let unknown = request.query.map(\.name).filter { !known.contains($0) }
        if !unknown.isEmpty { faults.append("\(request): \(unknown.joined(separator: ", "))") }
        switch request["@sort"] {
        case "activity,id": items.sort { ($0.activity, $0.id) < ($1.activity, $1.id) }
        case "id", nil: items.sort { $0.id < $1.id }
        default: faults.append("\(request): a sorting that is not emulated")
        }
        let limit = min(request["@page_size"].flatMap { Int($0) } ?? .max, mostItems)
        let names = request["@fields"]?.split(separator: ",").map(String.init) ?? []
        guard names.allSatisfy({ name in items.isEmpty || Self.properties.contains(name) }) else {
            return Self.error(400, "Unknown property")
        }
        let collection = items.prefix(limit).map { shown($0, names, request) }
        let total = items.count > mostItems ? -1 : items.count
        return .json(JSON.object(["data": ["collection": .array(collection), "@total_size": .int(total)]]).text)
    }

    private static let properties: Set = [
        "title", "status", "priority", "assignedto", "creator", "creation", "activity", "messages", "superseder",
        "resolved_at", "reopen_count", "author", "date", "username", "realname", "organisation", "address", "phone",
    ]

    private func shown(_ item: Item, _ names: [String], _ request: EmulatedRequest) -> JSON {
        var object: JSONObject = ["id": .string(String(item.id)), "link": .string("\(request.url)/\(item.id)")]
        for name in names { object[name] = item.properties[name] }
        return .object(object)
    }

    private mutating func issueItems(_ request: EmulatedRequest) -> [Item]? {
        var found = issues.values.filter { !$0.isRetired }
        let numbers = request.query.filter { $0.name == "id" }.compactMap { Int($0.value) }
        if !numbers.isEmpty { found.removeAll { !numbers.contains($0.id) } }
        if let filter = request["activity"] {
            guard let from = moment(filter) else {
                faults.append("\(request): a filter of dates that is not emulated")
                return nil
            }
            found.removeAll { $0.activity < from }
        }
        return found.map { Item(id: $0.id, properties: properties(of: $0), activity: $0.activity) }
    }

    /// `2026-07-01.00:00:00;`, from then on, in our user's zone.
    private func moment(_ filter: String) -> Instant? {
        guard filter.hasSuffix(";") else { return nil }
        return Instant(rfc3339: filter.dropLast().replacing(".", with: "T") + "Z")?.advanced(bySeconds: -secondsAhead)
    }

    private func messageItems(_ request: EmulatedRequest) -> [Item]? {
        let numbers = request.query.filter { $0.name == "id" }.compactMap { Int($0.value) }
        return numbers.compactMap { messages[$0] }.map { message in
            Item(
                id: message.id,
                properties: ["author": user(message.author), "date": Self.date(message.at)])
        }
    }

    private func userItems(_ request: EmulatedRequest) -> [Item]? {
        Self.users.compactMap { id, login in
            let organisation = Self.agents.contains(id) ? "support" : "customers"
            if let wanted = request["organisation"], !organisation.contains(wanted) { return nil }
            return Item(id: id, properties: ["username": .string(login), "organisation": .string(organisation)])
        }
    }
}

// MARK: - Shapes

extension RoundupEmulator {
    private static func date(_ moment: Instant?) -> JSON {
        moment.map { .string(String($0.rfc3339.prefix(19)).replacing("T", with: ".")) } ?? .null
    }

    private func user(_ id: Int?) -> JSON {
        id.map { ["id": .string(String($0)), "username": .text(Self.users[$0])] } ?? .null
    }

    private func properties(of issue: Issue) -> JSONObject {
        let status = Self.statuses.firstIndex(of: issue.status).map { $0 + 1 } ?? 0
        var object: JSONObject = [
            "title": .string(issue.title), "status": ["id": .string(String(status)), "name": .string(issue.status)],
            "priority": .null, "creator": user(issue.creator), "assignedto": user(issue.owner),
            "creation": Self.date(issue.created), "activity": Self.date(issue.activity),
            "resolved_at": Self.date(issue.resolved), "reopen_count": issue.reopenings.map(JSON.int) ?? .null,
            "messages": .array(issue.messages.map { ["id": .string(String($0))] }), "superseder": [],
        ]
        if let name = issue.lacks { object[name] = nil }
        return object
    }
}

// MARK: - What happens in it

extension RoundupEmulator {
    /// A new issue with its description as first message.
    mutating func create(_ id: Int, at moment: Instant, _ change: (inout Issue) -> Void = { _ in }) {
        var issue = Issue(id: id, title: "Issue \(id)", created: moment, activity: moment)
        change(&issue)
        issues[id] = issue
        write(on: id, by: issue.creator, at: moment)
    }

    /// A message on an issue.
    mutating func write(on id: Int, by author: Int, at moment: Instant) {
        guard issues[id] != nil else { return }
        let number = messages.count + 1
        messages[number] = Message(id: number, author: author, at: moment)
        edit(id, at: moment) { $0.messages.append(number) }
    }

    mutating func edit(_ id: Int, at moment: Instant, _ change: (inout Issue) -> Void) {
        guard var issue = issues[id], !issue.isRetired else { return }
        change(&issue)
        issue.activity = moment
        issues[id] = issue
    }

    /// Another status. The tracker's detector keeps when it was solved, and how often it was opened again.
    mutating func move(_ id: Int, to status: String, at moment: Instant) {
        edit(id, at: moment) { issue in
            if issue.status == "resolved", status != "resolved" {
                (issue.resolved, issue.reopenings) = (nil, (issue.reopenings ?? 0) + 1)
            }
            if status == "resolved" { issue.resolved = moment }
            issue.status = status
        }
    }
}
