import PlumblineKit
import PlumblineTesting

/// What is asked issue by issue, lists of people, and shapes.
extension JiraEmulator {
    mutating func part(_ request: EmulatedRequest) -> CannedAnswer {
        if let match = request.path.wholeMatch(of: /\/rest\/api\/3\/issue\/(\d+)\/(changelog|comment)/) {
            guard let issue = issues[Int(match.1) ?? 0], !issue.isHidden else { return Self.notFound }
            if match.2 == "changelog" { return page(issue.changes.map(json), as: "values", request) }
            return comments(of: issue, request)
        }
        guard let match = request.path.wholeMatch(of: /\/rest\/servicedeskapi\/request\/(\d+)\/(sla|feedback)/) else {
            faults.append("\(request): no such path")
            return Self.notFound
        }
        guard let issue = issues[Int(match.1) ?? 0], issue.isRequest, !issue.isHidden else {
            return .json(#"{"errorMessage":"The request does not exist","i18nErrorMessage":{}}"#, status: 404)
        }
        guard agentIn.contains(issue.project) else {
            return .json(#"{"errorMessage":"You are not an agent"}"#, status: 403)
        }
        return match.2 == "sla" ? agreements(of: issue, request) : rating(of: issue, request)
    }

    /// In the order in which they were written, unless another one is asked for.
    private mutating func comments(of issue: Issue, _ request: EmulatedRequest) -> CannedAnswer {
        guard let order = request["orderBy"] else {
            return page(issue.comments.map(json), as: "comments", request, also: ["orderBy"])
        }
        if order != "created" { faults.append("\(request): orderBy \(order)") }
        let sorted = issue.comments.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
        return page(sorted.map(json), as: "comments", request, also: ["orderBy"])
    }

    private mutating func agreements(of issue: Issue, _ request: EmulatedRequest) -> CannedAnswer {
        expect(["start", "limit"], of: request)
        let start = request["start"].flatMap { Int($0) } ?? 0
        let limit = min(request["limit"].flatMap { Int($0) } ?? 50, 50)
        let shown = issue.agreements.dropFirst(start).prefix(limit)
        let next = start + limit
        let isLast = next >= issue.agreements.count
        let link = "https://acme.atlassian.example\(request.path)?start=\(next)&limit=\(limit)"
        let answer: JSON = [
            "size": .int(shown.count), "start": .int(start), "limit": .int(limit), "isLastPage": .bool(isLast),
            "values": .array(Array(shown)), "_links": isLast ? [:] : ["next": .string(link)],
        ]
        return .json(answer.text)
    }

    private mutating func rating(of issue: Issue, _ request: EmulatedRequest) -> CannedAnswer {
        guard request.headers["X-ExperimentalApi"] == "opt-in" else {
            faults.append("\(request): without X-ExperimentalApi")
            return .json(#"{"errorMessage":"This is an experimental API"}"#, status: 412)
        }
        if issue.rating == nil, tellsNoRating { return .json(#"{"errorMessage":"No feedback"}"#, status: 404) }
        let answer: JSON = ["type": "csat", "rating": issue.rating ?? .null, "comment": ["body": "thanks"]]
        return .json(answer.text)
    }

    private mutating func page(
        _ items: [JSON], as name: String, _ request: EmulatedRequest, also names: Set<String> = [], cap: Int = 100
    ) -> CannedAnswer {
        expect(names.union(["startAt", "maxResults"]), of: request)
        let start = request["startAt"].flatMap { Int($0) } ?? 0
        let size = min(request["maxResults"].flatMap { Int($0) } ?? 50, cap)
        var answer: JSONObject = [
            name: .array(Array(items.dropFirst(start).prefix(size))), "startAt": .int(start), "maxResults": .int(size),
            "total": .int(items.count),
        ]
        if name == "values" { answer["isLast"] = .bool(start + size >= items.count) }
        return .json(JSON.object(answer).text)
    }

    mutating func members(_ request: EmulatedRequest) -> CannedAnswer {
        guard mayBrowseUsers else { return Self.error("You may not browse users and groups.", status: 403) }
        let group = request["groupId"] ?? ""
        let members = users.values.filter { user in
            user.groups.contains(group) && (user.isActive || request["includeInactiveUsers"] == "true")
        }.sorted { $0.id < $1.id }
        guard users.values.contains(where: { $0.groups.contains(group) }) else {
            return Self.error("The group '\(group)' does not exist.", status: 404)
        }
        return page(
            members.map(json), as: "values", request, also: ["groupId", "includeInactiveUsers"], cap: 50)
    }

    /// Parts are cut before whom we may not see is left out, so one may hold fewer than were asked for, or none.
    mutating func userList(_ request: EmulatedRequest) -> CannedAnswer {
        expect(["startAt", "maxResults"], of: request)
        guard mayBrowseUsers else { return Self.error("You may not browse users and groups.", status: 403) }
        let start = request["startAt"].flatMap { Int($0) } ?? 0
        let size = min(request["maxResults"].flatMap { Int($0) } ?? 50, 1000)
        let shown = users.values.sorted { $0.id < $1.id }.dropFirst(start).prefix(size).filter { !$0.isHidden }
        return .json(JSON.array(shown.map(json)).text)
    }
}

// MARK: - Shapes

extension JiraEmulator {
    /// `2026-01-05T08:10:00.000+0800`.
    private func time(_ moment: Instant) -> JSON {
        let offset = Self.offset(of: zone, at: moment)
        let local = moment.advanced(bySeconds: offset).rfc3339
        let fraction = local.count > 20 ? local.dropFirst(20).dropLast() + "000" : "000"
        let minutes = abs(offset) / 60
        let sign = offset < 0 ? "-" : "+"
        return .string(
            "\(local.prefix(19)).\(fraction.prefix(3))\(sign)\(Self.two(minutes / 60))\(Self.two(minutes % 60))")
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private func person(_ id: String?) -> JSON {
        guard let id else { return .null }
        let type = users[id]?.type ?? "customer"
        return ["accountId": .string(id), "displayName": .string(users[id]?.name ?? id), "accountType": .string(type)]
    }

    static func status(_ id: String) -> JSON {
        let status = statuses[id]
        return [
            "id": .string(id), "name": .text(status?.name), "statusCategory": ["key": .text(status?.category)],
        ]
    }

    var statusList: [JSON] { Self.statuses.keys.sorted().filter { !unlisted.contains($0) }.map(Self.status) }

    func json(_ issue: Issue, fields: [String]) -> JSON {
        if fields == ["id"] { return ["id": .string(String(issue.id))] }
        let all: JSONObject = [
            "summary": .string(issue.summary), "status": Self.status(issue.status), "assignee": person(issue.assignee),
            "reporter": person(issue.reporter), "created": time(issue.created), "updated": time(issue.updated),
            "resolutiondate": issue.resolved.map(time) ?? .null,
            "resolution": issue.resolved == nil ? .null : ["name": "Done"],
            "priority": ["name": .string(issue.priority)],
            "issuetype": ["name": .string(issue.type)], "project": ["key": .string(issue.project)], "labels": ["vpn"],
            "duedate": .null, "customfield_10040": ["value": "network"],
            "customfield_10055": issue.rated.map(time) ?? .null,
            "statuscategorychangedate": issue.categoryChanged.map(time) ?? .null,
        ]
        let shown = JSONObject(
            fields.filter { $0 != issue.lacks }.compactMap { name in all[name].map { (name, $0) } })
        return [
            "id": .string(String(issue.id)), "key": .string("\(issue.project)-\(issue.id)"), "fields": .object(shown),
        ]
    }

    private func json(_ change: Change) -> JSON {
        [
            "id": .string(String(change.id)), "author": person(change.author), "created": time(change.at),
            "items": .array(change.items),
        ]
    }

    private func json(_ comment: Comment) -> JSON {
        var object: JSONObject = [
            "id": .string(String(comment.id)), "author": person(comment.author), "created": time(comment.at),
            "updated": time(comment.at), "jsdPublic": .bool(!comment.isInternal),
        ]
        object["visibility"] = comment.role.map { ["type": "role", "value": .string($0)] }
        return .object(object)
    }

    private func json(_ user: User) -> JSON {
        var object: JSONObject = [
            "accountId": .string(user.id), "accountType": .string(user.type), "displayName": .string(user.name),
            "active": .bool(user.isActive),
        ]
        object["emailAddress"] = user.email.map(JSON.string)
        return .object(object)
    }

    /// `Thu, 15 Oct 2026 00:00:00 GMT`.
    static func httpDate(_ moment: Instant) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = moment.rfc3339
        let day = days[Int(moment.microseconds / 86_400_000_000 % 7)]
        let month = months[(Int(text.dropFirst(5).prefix(2)) ?? 1) - 1]
        return "\(day), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) \(text.dropFirst(11).prefix(8)) GMT"
    }
}
