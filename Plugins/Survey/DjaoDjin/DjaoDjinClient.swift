import PlumblineKit

/// The calls of djaodjin-survey's REST API that the connector needs.
struct DjaoDjinClient: Sendable {
    private let baseURL: String
    private let token: Secret
    let owner: String
    private let transport: any Transport

    init(settings: Settings, transport: any Transport) {
        baseURL = settings[DjaoDjinSettings.baseURL]
        token = settings[DjaoDjinSettings.token]
        owner = settings[DjaoDjinSettings.owner]
        self.transport = transport
    }

    /// What the server shows under a path; nil where there is nothing (404).
    func json(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> JSON? {
        let request = try HTTPRequest(
            .get, at: baseURL, path: path, query: query,
            headers: ["Authorization": "Token \(token.reveal())", "Accept": "application/json"])
        let response = try await transport.send(request)
        if response.status == 404 { return nil }
        guard response.isSuccess else {
            throw .unexpected(reason: "\(response.summary) answered \(response.status): \(response.excerpt(200))")
        }
        return try response.json()
    }

    /// The items of all pages of a list.
    struct List {
        var items: [JSON] = []
        /// Whether the server counted as many on every page as there came: what vanishes between two pages moves the
        /// others up, past us.
        var isWhole = true
    }

    /// All items of a list; nil where there is no such list.
    func list(_ path: [String], _ query: [(String, String)] = []) async throws(ConnectorError) -> List? {
        var list = List()
        var counts: Set<Int> = []
        var page = 1
        while true {
            let paging = page == 1 ? [] : [("page", String(page))]
            guard let answer = try await json(path, query + paging) else {
                // The list grew shorter than this page while it was read.
                list.isWhole = false
                return page == 1 ? nil : list
            }
            guard let results = answer["results"]?.array else {
                throw .unexpected(reason: "the answer to \(path.joined(separator: "/")) has no list 'results'")
            }
            list.items += results
            counts.insert(answer["count"]?.int ?? -1)
            if results.isEmpty || answer["next"]?.string == nil {
                list.isWhole = counts == [list.items.count]
                return list
            }
            page += 1
        }
    }
}
