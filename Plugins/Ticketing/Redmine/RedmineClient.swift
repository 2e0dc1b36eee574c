import PlumblineKit

/// The calls of Redmine's REST API that the connector needs.
struct RedmineClient: Sendable {
    let baseURL: String
    let key: Secret
    let transport: any Transport
    let pageSize: Int
    let filters: [(String, String)]

    init(settings: Settings, transport: any Transport) {
        baseURL = settings[RedmineSettings.baseURL]
        key = settings[RedmineSettings.key]
        self.transport = transport
        pageSize = settings[RedmineSettings.pageSize]
        filters = RedmineSettings.filters(settings)
    }

    /// A part of some list, beginning at `offset` of `total`.
    struct List {
        let items: [JSON]
        let offset: Int
        let total: Int

        var reachesEnd: Bool { offset + items.count >= total }
    }

    func get(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> HTTPResponse {
        let request = try HTTPRequest(
            .get, at: baseURL, path: path, query: query,
            headers: ["X-Redmine-API-Key": key.reveal(), "Accept": "application/json"])
        return try await transport.send(request)
    }

    /// The JSON of an answer that must succeed.
    func json(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> JSON {
        let response = try await get(path, query)
        guard response.isSuccess else { throw Self.failure(response) }
        return try response.json()
    }

    /// The part of the list `name` that begins at `offset`.
    ///
    /// - Throws: `ConnectorError.unexpected` where the server begins elsewhere, or counts items and does not show them.
    func list(
        _ name: String, _ query: [(String, String)], offset: Int = 0, limit: Int? = nil
    ) async throws(ConnectorError) -> List {
        let paging = [("offset", String(offset)), ("limit", String(limit ?? pageSize))]
        let answer = try await json(["\(name).json"], query + paging)
        guard let items = answer[name]?.array, let total = answer["total_count"]?.int else {
            throw .unexpected(reason: "the answer to \(name).json has no list '\(name)' with a total_count")
        }
        if let place = answer["offset"]?.int, place != offset {
            throw .unexpected(
                reason: "\(name).json was asked for what follows \(offset) and gave what follows \(place)")
        }
        // Two at least, because lists overlap in one.
        if items.count < min(limit ?? pageSize, 2), offset + items.count < total {
            throw .unexpected(
                reason: "the server counts \(total) in \(name).json and shows \(items.count) from \(offset) on")
        }
        return List(items: items, offset: offset, total: total)
    }

    /// Issues in the order of their last change, from those of the second `moment` on.
    func changedIssues(since moment: Instant?, offset: Int) async throws(ConnectorError) -> List {
        let from = moment.map { [("updated_on", ">=\($0.rfc3339)")] } ?? []
        return try await list("issues", filters + from + [("sort", "updated_on:asc,id:asc")], offset: offset)
    }

    /// When an issue last changed; nil where there is none.
    func lastChange() async throws(ConnectorError) -> Instant? {
        let newest = try await list("issues", filters + [("sort", "updated_on:desc,id:desc")], limit: 1)
        guard let issue = newest.items.first else { return nil }
        guard let updated = issue["updated_on"]?.string.flatMap({ Instant(rfc3339: $0) }) else {
            throw .unexpected(reason: "the issue that changed last has no time 'updated_on'")
        }
        return updated
    }

    /// An issue with its journals; nil where it has gone.
    func issue(_ number: Int) async throws(ConnectorError) -> JSON? {
        let response = try await get(["issues", "\(number).json"], [("include", "journals")])
        if response.status == 404 { return nil }
        guard response.isSuccess else { throw Self.failure(response) }
        guard let issue = try response.json()["issue"], issue.object != nil else {
            throw .unexpected(reason: "the answer to \(response.summary) has no object 'issue'")
        }
        return issue
    }

    private static func failure(_ response: HTTPResponse) -> ConnectorError {
        .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
    }
}
