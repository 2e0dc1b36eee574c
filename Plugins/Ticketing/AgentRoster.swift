import PlumblineKit

/// Who is an agent: logins from the settings, and those that the source names, asked for once in a run.
actor AgentRoster {
    private let listed: Set<String>
    private let fetch: @Sendable () async throws(ConnectorError) -> Set<String>
    private var fetched: Set<String>?

    init(listed: Set<String>, fetch: @escaping @Sendable () async throws(ConnectorError) -> Set<String>) {
        self.listed = listed
        self.fetch = fetch
    }

    func agents() async throws(ConnectorError) -> Set<String> {
        if let fetched { return listed.union(fetched) }
        let found = try await fetch()
        fetched = found
        return listed.union(found)
    }
}
