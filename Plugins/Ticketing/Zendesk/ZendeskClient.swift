import PlumblineKit

/// The calls of Zendesk's API that the connector needs, and its two ways of paging.
struct ZendeskClient: Sendable {
    let baseURL: String
    private let authorization: String
    let transport: any Transport
    let pageSize: Int

    init(settings: Settings, transport: any Transport) {
        baseURL = settings[ZendeskSettings.baseURL]
        let token = settings[ZendeskSettings.token].reveal()
        authorization =
            settings[ZendeskSettings.email].map { "Basic " + Base64.encode(Array("\($0)/token:\(token)".utf8)) }
            ?? "Bearer \(token)"
        self.transport = transport
        pageSize = settings[ZendeskSettings.pageSize]
    }

    /// Part of an incremental export. It may be empty although more follows.
    struct Export {
        let items: [JSON]
        /// Nil where the server gives none.
        let cursor: String?
        let isAtEnd: Bool
    }

    /// Part of any other list.
    struct List {
        let items: [JSON]
        /// Where the next part begins; nil behind the last.
        let next: String?
    }

    /// What follows `cursor` in the export of `name`; without one, what changed at `start` or later.
    func export(_ name: String, after cursor: String?, since start: Int64) async throws(ConnectorError) -> Export {
        let place = cursor.map { ("cursor", $0) } ?? ("start_time", String(start))
        let answer = try await json(["incremental", name, "cursor.json"], [place, ("per_page", String(pageSize))])
        guard let items = answer[name]?.array, let isAtEnd = answer["end_of_stream"]?.bool else {
            throw .unexpected(reason: "the export of \(name) has no list '\(name)' with an end_of_stream")
        }
        let next = answer["after_cursor"]?.string
        guard isAtEnd || (next != nil && next != cursor) else {
            throw .unexpected(reason: "the export of \(name) is not at its end and does not move on")
        }
        return Export(items: Self.distinct(items), cursor: next, isAtEnd: isAtEnd)
    }

    /// Part of the list `name` under `path`, behind `place`.
    func list(
        _ name: String, _ path: [String], _ query: [(String, String)] = [], after place: String?, size: Int = 100
    ) async throws(ConnectorError) -> List {
        let paging = [("page[size]", String(size))] + (place.map { [("page[after]", $0)] } ?? [])
        let answer = try await json(path, query + paging)
        guard let items = answer[name]?.array, let hasMore = answer["meta"]?["has_more"]?.bool else {
            throw .unexpected(reason: "the answer to \(path.joined(separator: "/")) has no list '\(name)' with a meta")
        }
        guard hasMore else { return List(items: Self.distinct(items), next: nil) }
        guard let next = answer["meta"]?["after_cursor"]?.string, next != place else {
            throw .unexpected(reason: "the list \(path.joined(separator: "/")) has more and does not move on")
        }
        return List(items: Self.distinct(items), next: next)
    }

    /// A list as a whole, each item once.
    func all(_ name: String, _ path: [String]) async throws(ConnectorError) -> [JSON] {
        var items: [JSON] = []
        var place: String?
        repeat {
            let list = try await list(name, path, after: place)
            items += list.items
            place = list.next
        } while place != nil
        return Self.distinct(items)
    }

    /// The audits of a ticket in the order of time; nil where the ticket has gone.
    func audits(of ticket: Int) async throws(ConnectorError) -> [JSON]? {
        do throws(ConnectorError) {
            return try await all("audits", ["tickets", String(ticket), "audits"])
        } catch {
            guard case .refused(status: 404, _) = error else { throw error }
            return nil
        }
    }

    private func json(_ path: [String], _ query: [(String, String)]) async throws(ConnectorError) -> JSON {
        let request = try HTTPRequest(
            .get, at: baseURL, path: ["api", "v2"] + path, query: query,
            headers: ["Authorization": authorization, "Accept": "application/json"])
        let response = try await transport.send(request)
        if response.status == 404 {
            throw .refused(
                status: 404,
                hint: "\(response.summary): the plan lacks the feature or our user the right: \(response.excerpt())")
        }
        guard response.isSuccess else {
            throw .unexpected(
                reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
        }
        return try response.json()
    }

    /// Of items with one id, the last: pages may overlap and an export may tell of an item twice.
    private static func distinct(_ items: [JSON]) -> [JSON] {
        var last: [String: Int] = [:]
        for (place, item) in items.enumerated() {
            if let id = item["id"]?.scalarText { last[id] = place }
        }
        return items.enumerated().filter { place, item in
            item["id"]?.scalarText.map { last[$0] == place } ?? true
        }.map(\.element)
    }
}
