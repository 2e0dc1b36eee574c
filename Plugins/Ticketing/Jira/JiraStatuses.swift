import PlumblineKit

/// The site's statuses, asked for once in a run.
///
/// Names are free and differ between projects; categories do not. A status that means done by its category is taken as
/// solved unless the settings name it closed or inactive.
actor JiraStatuses {
    private let client: JiraClient
    private var known: List?

    /// Statuses under the marks that `mark` gives them.
    struct List {
        /// Name and category by id.
        fileprivate let statuses: [String: JiraStatus]
        let names: Set<String>

        func holds(id: String?) -> Bool { id.map { statuses[$0] != nil } ?? false }

        /// The id where the site knows it, so that statuses of one name stay apart; else the name.
        func mark(id: String?, name: String?) -> String {
            if let id, statuses[id] != nil { return id }
            return name ?? id.map { "#\($0)" } ?? ""
        }

        /// What the marks mean.
        func meanings(resolved: [String], closed: [String], inactive: [String], paused: [String]) -> StatusMeanings {
            let named = Set(closed + inactive + paused)
            let done = statuses.filter { $0.value.category == "done" && !named.contains($0.value.name) }
            return StatusMeanings(
                resolved: marks(resolved).union(done.keys), closed: marks(closed), inactive: marks(inactive),
                paused: marks(paused))
        }

        private func marks(_ names: [String]) -> Set<String> {
            Set(names).union(statuses.filter { names.contains($0.value.name) }.keys)
        }
    }

    init(client: JiraClient) {
        self.client = client
    }

    func list() async throws(ConnectorError) -> List {
        if let known { return known }
        let list = try await fetch()
        known = list
        return list
    }

    private func fetch() async throws(ConnectorError) -> List {
        var statuses: [String: JiraStatus] = [:]
        for item in try await client.plainList(["status"]) {
            guard let status = try? JiraStatus(item), let id = status.id else {
                throw .unexpected(reason: "a status has no 'id' or no 'name'")
            }
            statuses[id] = status
        }
        return List(statuses: statuses, names: Set(statuses.values.map(\.name)))
    }
}
