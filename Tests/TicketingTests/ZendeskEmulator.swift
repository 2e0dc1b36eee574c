import PlumblineKit
import PlumblineTesting

/// A Zendesk Support in memory, written from the API notes (zenpy 2.0.57, airbyte-source-zendesk-support 4.9.1, the pages
/// of developer.zendesk.com). The sections of the notes, and the rules that stem from them:
///
/// - Base and auth: everything under `/api/v2/`; Basic with `email/token` and the token, or Bearer; times in UTC.
/// - Calls, Cursor export: `incremental/{tickets,users}/cursor.json` with `start_time` in seconds, at least one minute old
///   (UNC wording), or `cursor`; `per_page` at most 1000; in the order of `generated_timestamp`, which may be later than
///   `updated_at`; what changed in the minute before the request is held back; a page may be empty before
///   `end_of_stream`; deleted tickets come with status `deleted` (UNC).
/// - Cursor export, other lists: `page[size]` at most 100, `page[after]`, `meta`, `links`.
/// - Shapes: tickets, ratings, users; unset members are null.
/// - Limits and errors: 10 requests a minute for exports, so many for the account; 429 with `Retry-After` in seconds and
///   a `text/plain` body, `X-Rate-Limit` headers; errors as `{"error": ..}` (UNC shapes); 403 where the plan lacks a
///   feature.
///
/// Not in the notes, from pages of developer.zendesk.com: `tickets/{id}/audits` with `Create`, `Change` and `Comment`
/// events (Ticket Audits, Ticket Audit events reference), `help_center/articles` with `vote_sum` and `vote_count`
/// (Articles). Not confirmed (UNC): whether `start_time` of ratings looks at their creation or at their change
/// (`ratesByCreation`), that audits of a deleted ticket are gone (404).
struct ZendeskEmulator: EmulatedSystem {
    struct Ticket {
        let id: Int
        var status = "new"
        var subject = ""
        var priority: String?
        var requester = 880
        var assignee: Int?
        var group: Int? = 7
        var tags: [String] = []
        var created: Instant
        var updated: Instant
        /// When the system last counted a change; not earlier than `updated`.
        var generated: Instant
        /// Leaves a member out of answers, as a server that is broken would.
        var lacks: String?
        var audits: [Audit] = []
    }

    struct Audit {
        let id: Int
        let author: Int
        let at: Instant
        let events: [JSON]
    }

    struct Rating {
        let id: Int
        var ticket: Int
        var score: String
        var created: Instant
        var updated: Instant
    }

    struct Article {
        let id: Int
        var author = 900
        var isDraft = false
        var created: Instant
        var edited: Instant
        var updated: Instant
        var votesFor = 0
        var votesAgainst = 0
    }

    struct User {
        let id: Int
        let name: String
        let email: String
        var role = "agent"
        var externalID: String?
        var groups: [Int] = [7]
        var updated: Instant
    }

    var tickets: [Int: Ticket] = [:]
    var ratings: [Int: Rating] = [:]
    var articles: [Int: Article] = [:]
    var users: [Int: User] = [:]
    /// The values of `Authorization` that are valid.
    var credentials: Set<String> = []
    var exports = RequestWindow(limit: 10, seconds: 60)
    var account = RequestWindow(limit: 400, seconds: 60)
    var hasHelpCenter = true
    var hasRatings = true
    var ratesByCreation = false
    /// Puts an empty page before every page of an export.
    var showsEmptyPages = false
    /// Begins each further page of a list with the last item of the one before.
    var repeatsItems = false
    private(set) var faults: [String] = []
    var lastAudit = 0

    private struct Place {
        let at: Int64
        let id: Int
        var wasEmpty = false
    }

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if request.method != "GET" { faults.append("\(request): not a read") }
        guard credentials.contains(request.headers["Authorization"] ?? "") else {
            return .json(#"{"error":"Couldn't authenticate you"}"#, status: 401)
        }
        if let limited = limit(request, at: now) { return limited }
        switch request.path {
        case "/api/v2/incremental/tickets/cursor.json":
            return export(tickets.values.map { ($0.generated, $0.id, json($0)) }, as: "tickets", request, at: now)
        case "/api/v2/incremental/users/cursor.json":
            return export(users.values.map { ($0.updated, $0.id, json($0)) }, as: "users", request, at: now)
        case "/api/v2/satisfaction_ratings": return ratingList(request)
        case "/api/v2/group_memberships": return membershipList(request)
        case "/api/v2/help_center/articles": return articleList(request)
        default: return audits(request)
        }
    }

    private mutating func limit(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer? {
        var rest = account.refuse(at: now)
        if rest == nil, request.path.hasPrefix("/api/v2/incremental/") { rest = exports.refuse(at: now) }
        guard let rest else { return nil }
        return .response(
            status: 429,
            headers: [
                "Content-Type": "text/plain", "Retry-After": String(rest), "X-Rate-Limit": String(account.limit),
                "X-Rate-Limit-Remaining": "0",
            ], body: Array("Number of allowed API requests per minute exceeded".utf8))
    }

    private mutating func expect(_ names: Set<String>, of request: EmulatedRequest) {
        let unknown = request.query.map(\.name).filter { !names.contains($0) }
        if !unknown.isEmpty { faults.append("\(request): \(unknown.joined(separator: ", "))") }
    }

    private static let notFound = CannedAnswer.json(
        #"{"error":"RecordNotFound","description":"Not found"}"#, status: 404)
    private static let forbidden = CannedAnswer.json(
        #"{"error":{"title":"Forbidden","message":"You do not have access to this page."}}"#, status: 403)
}

// MARK: - Exports

extension ZendeskEmulator {
    private mutating func export(
        _ items: [(at: Instant, id: Int, json: JSON)], as name: String, _ request: EmulatedRequest, at now: Instant
    ) -> CannedAnswer {
        expect(["start_time", "cursor", "per_page"], of: request)
        guard let start = place(request, at: now) else {
            return .json(#"{"error":"InvalidValue","description":"start_time or cursor is not valid"}"#, status: 400)
        }
        let horizon = now.advanced(bySeconds: -60)
        let waiting = items.filter { item in
            let at = Self.seconds(item.at)
            return item.at <= horizon && (at > start.at || (at == start.at && item.id > start.id))
        }.sorted { (Self.seconds($0.at), $0.id) < (Self.seconds($1.at), $1.id) }
        let size = min(request["per_page"].flatMap { Int($0) } ?? 1000, 1000)
        let isEmpty = showsEmptyPages && !start.wasEmpty && !waiting.isEmpty
        let shown = isEmpty ? [] : Array(waiting.prefix(size))
        var end = shown.last.map { Place(at: Self.seconds($0.at), id: $0.id) } ?? start
        end.wasEmpty = isEmpty
        let cursor = self.cursor(of: end)
        let address = "https://acme.zendesk.example\(request.path)?cursor=\(PercentEncoding.encode(cursor))"
        let answer: JSON = [
            name: .array(shown.map(\.json)), "after_cursor": .string(cursor), "after_url": .string(address),
            "before_cursor": .null, "before_url": .null, "end_of_stream": .bool(shown.count == waiting.count),
        ]
        return .json(answer.text)
    }

    private func place(_ request: EmulatedRequest, at now: Instant) -> Place? {
        if let cursor = request["cursor"] { return request["start_time"] == nil ? Self.place(of: cursor) : nil }
        guard let start = request["start_time"].flatMap({ Int64($0) }), start <= Self.seconds(now) - 60 else {
            return nil
        }
        return Place(at: start, id: 0)
    }

    /// Base64 of `1767578400.0||35|`, to which an emptied page adds a mark.
    private func cursor(of place: Place) -> String {
        Base64.encode(Array("\(place.at).0||\(place.id)|\(place.wasEmpty ? "e" : "")".utf8))
    }

    private static func place(of cursor: String) -> Place? {
        let text = Base64.decode(cursor).map { String(decoding: $0, as: UTF8.self) } ?? ""
        guard let match = text.wholeMatch(of: /(\d+)\.0\|\|(\d+)\|(e?)/), let at = Int64(match.1),
            let id = Int(match.2)
        else { return nil }
        return Place(at: at, id: id, wasEmpty: !match.3.isEmpty)
    }

    private static func seconds(_ moment: Instant) -> Int64 { moment.microseconds / 1_000_000 }
}

// MARK: - Lists

extension ZendeskEmulator {
    private mutating func page(
        of items: [(id: Int, json: JSON)], as name: String, _ request: EmulatedRequest, also names: Set<String> = []
    ) -> CannedAnswer {
        expect(names.union(["page[size]", "page[after]"]), of: request)
        let size = min(request["page[size]"].flatMap { Int($0) } ?? 100, 100)
        let last = request["page[after]"].flatMap { Int($0.dropFirst(1)) } ?? 0
        let rest = items.sorted { $0.id < $1.id }.filter { $0.id > last }
        let shown = rest.prefix(size)
        let repeated = repeatsItems ? items.filter { $0.id == last } : []
        let after = "c\(shown.last?.id ?? last)"
        let answer: JSON = [
            name: .array((repeated + shown).map(\.json)),
            "meta": ["has_more": .bool(rest.count > size), "after_cursor": .string(after), "before_cursor": .null],
            "links": ["next": .string("https://acme.zendesk.example\(request.path)?page[after]=\(after)")],
        ]
        return .json(answer.text)
    }

    private mutating func audits(_ request: EmulatedRequest) -> CannedAnswer {
        guard let match = request.path.wholeMatch(of: /\/api\/v2\/tickets\/(\d+)\/audits/), let id = Int(match.1)
        else {
            faults.append("\(request): no such path")
            return Self.notFound
        }
        guard let ticket = tickets[id], ticket.status != "deleted" else { return Self.notFound }
        return page(of: ticket.audits.map { ($0.id, json($0, of: id)) }, as: "audits", request)
    }

    private mutating func ratingList(_ request: EmulatedRequest) -> CannedAnswer {
        guard hasRatings else { return Self.forbidden }
        let start = request["start_time"].flatMap { Int64($0) } ?? 0
        let found = ratings.values.filter { Self.seconds(ratesByCreation ? $0.created : $0.updated) >= start }
        return page(
            of: found.map { ($0.id, json($0)) }, as: "satisfaction_ratings", request, also: ["start_time"])
    }

    private mutating func membershipList(_ request: EmulatedRequest) -> CannedAnswer {
        let all = users.values.flatMap { user in user.groups.map { (user.id * 100 + $0, user.id, $0) } }
        return page(
            of: all.map { ($0.0, ["id": .int($0.0), "user_id": .int($0.1), "group_id": .int($0.2)]) },
            as: "group_memberships", request)
    }

    private mutating func articleList(_ request: EmulatedRequest) -> CannedAnswer {
        guard hasHelpCenter else { return Self.notFound }
        return page(of: articles.values.map { ($0.id, json($0)) }, as: "articles", request)
    }
}

// MARK: - Shapes

extension ZendeskEmulator {
    private func json(_ ticket: Ticket) -> JSON {
        var object: JSONObject = [
            "id": .int(ticket.id), "external_id": .null, "subject": .string(ticket.subject), "type": "incident",
            "priority": .text(ticket.priority), "status": .string(ticket.status),
            "requester_id": .int(ticket.requester), "submitter_id": .int(ticket.requester),
            "assignee_id": ticket.assignee.map(JSON.int) ?? .null, "group_id": ticket.group.map(JSON.int) ?? .null,
            "created_at": Self.time(ticket.created), "updated_at": Self.time(ticket.updated),
            "generated_timestamp": .number(String(Self.seconds(ticket.generated))), "due_at": .null,
            "tags": .array(ticket.tags.map(JSON.string)), "custom_fields": [["id": 360_011, "value": 900]],
            "organization_id": .null, "brand_id": 1, "custom_status_id": .null, "allow_channelback": false,
            "satisfaction_rating": ["score": "unoffered"], "via": ["channel": "email"], "is_public": true,
        ]
        if let name = ticket.lacks { object[name] = nil }
        return .object(object)
    }

    private func json(_ audit: Audit, of ticket: Int) -> JSON {
        [
            "id": .int(audit.id), "ticket_id": .int(ticket), "author_id": .int(audit.author),
            "created_at": Self.time(audit.at), "events": .array(audit.events),
        ]
    }

    private func json(_ rating: Rating) -> JSON {
        [
            "id": .int(rating.id), "ticket_id": .int(rating.ticket), "requester_id": 880, "assignee_id": 900,
            "group_id": 7, "score": .string(rating.score), "comment": .null, "reason": .null, "reason_id": .null,
            "created_at": Self.time(rating.created), "updated_at": Self.time(rating.updated),
        ]
    }

    private func json(_ article: Article) -> JSON {
        [
            "id": .int(article.id), "title": .string("Article \(article.id)"), "author_id": .int(article.author),
            "draft": .bool(article.isDraft), "promoted": false, "locale": "zh-cn", "label_names": ["vpn"],
            "vote_sum": .int(article.votesFor - article.votesAgainst),
            "vote_count": .int(article.votesFor + article.votesAgainst), "created_at": Self.time(article.created),
            "updated_at": Self.time(article.updated), "edited_at": Self.time(article.edited),
        ]
    }

    static func time(_ moment: Instant) -> JSON { .string(moment.rfc3339.prefix(19) + "Z") }
}
