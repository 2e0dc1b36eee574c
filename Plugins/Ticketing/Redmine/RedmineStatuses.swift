import PlumblineKit

/// The server's statuses, asked for once in a run.
actor RedmineStatuses {
    private let client: RedmineClient
    private var known: List?

    struct List {
        /// Names by number, as journals write it.
        let names: [String: String]
        /// The names of statuses that the server calls closed; empty where it does not tell.
        let closed: Set<String>

        /// What the statuses mean: as `named`, and closed besides where the server says so.
        func meanings(_ named: StatusMeanings) -> StatusMeanings {
            let further = closed.subtracting(named.resolved).subtracting(named.inactive)
            return StatusMeanings(
                resolved: named.resolved, closed: named.closed.union(further), inactive: named.inactive,
                paused: named.paused)
        }
    }

    init(client: RedmineClient) {
        self.client = client
    }

    func list() async throws(ConnectorError) -> List {
        if let known { return known }
        let list = try await fetch()
        known = list
        return list
    }

    private func fetch() async throws(ConnectorError) -> List {
        guard let statuses = try await client.json(["issue_statuses.json"])["issue_statuses"]?.array else {
            throw .unexpected(reason: "the answer to issue_statuses.json has no list 'issue_statuses'")
        }
        var names: [String: String] = [:]
        var closed: Set<String> = []
        for status in statuses {
            guard let id = status["id"]?.scalarText, let name = status["name"]?.string else {
                throw .unexpected(reason: "a status has no 'id' or no 'name'")
            }
            names[id] = name
            if status["is_closed"]?.bool == true { closed.insert(name) }
        }
        return List(names: names, closed: closed)
    }
}
