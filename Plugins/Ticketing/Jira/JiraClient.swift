import PlumblineKit

/// The calls of Jira's platform and service desk that the connector needs.
struct JiraClient: Sendable {
    private let baseURL: String
    private let authorization: String
    private let transport: any Transport

    init(settings: Settings, transport: any Transport) {
        baseURL = settings[JiraSettings.baseURL]
        let token = settings[JiraSettings.token].reveal()
        authorization =
            settings[JiraSettings.email].map { "Basic " + Base64.encode(Array("\($0):\(token)".utf8)) }
            ?? "Bearer \(token)"
        self.transport = transport
    }

    /// Part of what a query finds.
    struct List {
        let items: [JSON]
        /// Where the next part begins; nil behind the last.
        let next: String?
    }

    /// What `query` finds, behind `token`. There is no total.
    func search(
        _ query: String, fields: [String], size: Int, after token: String?
    ) async throws(ConnectorError) -> List {
        let answer = try await json(
            Self.platform + ["search", "jql"],
            [("jql", query), ("fields", fields.joined(separator: ",")), ("maxResults", String(size))]
                + (token.map { [("nextPageToken", $0)] } ?? []))
        guard let items = answer["issues"]?.array else {
            throw .unexpected(reason: "the answer to search/jql has no list 'issues'")
        }
        let next = answer["nextPageToken"]?.string
        guard next == nil || next != token else {
            throw .unexpected(reason: "search/jql has more and does not move on")
        }
        return List(items: items, next: next)
    }

    /// The history of an issue; nil where it has gone.
    func changelog(of issue: String) async throws(ConnectorError) -> [JSON]? {
        try await ifThere(Self.platform + ["issue", issue, "changelog"], "values")
    }

    /// The comments of an issue; nil where it has gone.
    func comments(of issue: String) async throws(ConnectorError) -> [JSON]? {
        try await ifThere(Self.platform + ["issue", issue, "comment"], "comments", [("orderBy", "created")])
    }

    /// Who is in a group, people who have left included; nil where there is no such group.
    func members(ofGroup group: String) async throws(ConnectorError) -> [JSON]? {
        try await ifThere(
            Self.platform + ["group", "member"], "values", [("groupId", group), ("includeInactiveUsers", "true")],
            id: "accountId", size: 50)
    }

    /// Who we are, and the headers of the answer. Nobody is refused.
    func myself() async throws(ConnectorError) -> (user: JSON, headers: HTTPHeaders) {
        let response = try await get(Self.platform + ["myself"])
        guard response.isSuccess else { throw Self.failure(response) }
        return (try response.json(), response.headers)
    }

    /// A list that is an answer by itself.
    func plainList(_ name: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> [JSON] {
        guard let items = try await json(Self.platform + name, query).array else {
            throw .unexpected(reason: "the answer to \(name.joined(separator: "/")) is no list")
        }
        return items
    }

    private static let platform = ["rest", "api", "3"]
}

// MARK: - Service desk

extension JiraClient {
    /// The SLAs of a request; nil where the issue is none.
    func agreements(of issue: String) async throws(ConnectorError) -> [JSON]? {
        var found: [JSON] = []
        while true {
            let path = ["rest", "servicedeskapi", "request", issue, "sla"]
            let response = try await get(path, [("start", String(found.count)), ("limit", "50")])
            if response.status == 404 { return nil }
            guard response.isSuccess else { throw Self.failure(response) }
            let answer = try response.json()
            guard let values = answer["values"]?.array, let isLast = answer["isLastPage"]?.bool else {
                throw .unexpected(reason: "the answer to \(response.summary) has no list 'values' with an isLastPage")
            }
            found += values
            if isLast || values.isEmpty { return found }
        }
    }

    /// What the customer thought of the handling; nil where nobody was asked or answered.
    func feedback(on issue: String) async throws(ConnectorError) -> JSON? {
        let path = ["rest", "servicedeskapi", "request", issue, "feedback"]
        let response = try await get(path, headers: [("X-ExperimentalApi", "opt-in")])
        if response.status == 404 { return nil }
        guard response.isSuccess else { throw Self.failure(response) }
        let answer = try response.json()
        return answer["rating"].flatMap { $0.isNull ? nil : answer }
    }
}

// MARK: - Lists by offset

extension JiraClient {
    private func ifThere(
        _ path: [String], _ name: String, _ query: [(String, String)] = [], id: String = "id", size: Int = 100
    ) async throws(ConnectorError) -> [JSON]? {
        for _ in 0..<Self.patience {
            guard let list = try await whole(path, name, query, id: id, size: size) else { return nil }
            if list.isSteady { return list.items }
        }
        throw .unavailable(
            reason: "\(path.joined(separator: "/")) changes faster than it can be read", retryAfter: nil)
    }

    private static let patience = 3

    /// The list as a whole, each item once; not steady where its length changed while it was read.
    private func whole(
        _ path: [String], _ name: String, _ query: [(String, String)], id: String, size: Int
    ) async throws(ConnectorError) -> (items: [JSON], isSteady: Bool)? {
        var (items, read): ([JSON], Int) = ([], 0)
        var seen: Set<String> = []
        var total: Int?
        var isSteady = true
        while true {
            let place = [("startAt", String(read)), ("maxResults", String(size))]
            let response = try await get(path, query + place)
            if response.status == 404 { return nil }
            guard response.isSuccess else { throw Self.failure(response) }
            let answer = try response.json()
            guard let part = answer[name]?.array, answer["startAt"]?.int ?? read == read else {
                throw .unexpected(reason: "the answer to \(response.summary) has no list '\(name)' from \(read) on")
            }
            isSteady = isSteady && (total == nil || total == answer["total"]?.int)
            total = answer["total"]?.int
            items += part.filter { $0[id]?.scalarText.map { seen.insert($0).inserted } ?? true }
            read += part.count
            if part.isEmpty || answer["isLast"]?.bool ?? (read >= total ?? .max) { return (items, isSteady) }
        }
    }

    private func json(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> JSON {
        let response = try await get(path, query)
        guard response.isSuccess else { throw Self.failure(response) }
        return try response.json()
    }

    private func get(
        _ path: [String], _ query: [(String, String)] = [], headers: [(String, String)] = []
    ) async throws(ConnectorError) -> HTTPResponse {
        let always = [("Authorization", authorization), ("Accept", "application/json")]
        return try await transport.send(
            try HTTPRequest(.get, at: baseURL, path: path, query: query, headers: HTTPHeaders(always + headers)))
    }

    private static func failure(_ response: HTTPResponse) -> ConnectorError {
        .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
    }
}
