import PlumblineKit

/// Logins by user number, each asked for once in a run.
actor RequestTrackerUsers {
    private let client: RequestTrackerClient
    private var logins: [Int: String] = [:]

    init(client: RequestTrackerClient) {
        self.client = client
    }

    /// The login of user `number`; nil for the server's own account `Nobody`.
    ///
    /// A user whom the server does not show any more appears as `#28`.
    func login(_ number: Int) async throws(ConnectorError) -> String? {
        let login = try await known(number)
        return login == Self.nobody ? nil : login
    }

    /// The logins in the group called `name`, those of groups inside it included.
    func members(of name: String) async throws(ConnectorError) -> Set<String> {
        let key = RequestTrackerConnector.agentsGroupKey
        let search: JSON = [["field": "Name", "value": .string(name)], ["field": "Domain", "value": "UserDefined"]]
        let found = try await client.items(["groups"], [("query", search.text), ("fields", "Name")])
        guard let group = found.items.first(where: { $0["Name"]?.string == name })?["id"]?.scalarText else {
            throw .settings(
                field: key, reason: "there is no group '\(name)', or our user lacks the right SeeGroup to see it")
        }
        let members = try await members(ofGroups: [group])
        guard !members.isEmpty else { throw .settings(field: key, reason: "the group '\(name)' shows no members") }
        return members
    }

    /// The users in these groups and in the groups inside them. The server's own listing of members, which would walk
    /// nested groups for us, wants a right to change groups.
    private func members(ofGroups groups: [String]) async throws(ConnectorError) -> Set<String> {
        var logins: Set<String> = []
        var seen: Set<String> = []
        var waiting = groups
        while let group = waiting.popLast() {
            guard seen.insert(group).inserted else { continue }
            let answer = try await client.json(["group", group])
            guard let members = answer["Members"]?.array else {
                throw .unexpected(reason: "group \(group) has no list 'Members'")
            }
            for member in members {
                guard let id = member["id"]?.scalarText else { continue }
                if member["type"]?.string == "group" { waiting.append(id) } else { logins.insert(id) }
            }
        }
        return logins
    }

    private func known(_ number: Int) async throws(ConnectorError) -> String {
        if let login = logins[number] { return login }
        let login = try await fetch(number)
        logins[number] = login
        return login
    }

    private func fetch(_ number: Int) async throws(ConnectorError) -> String {
        let response = try await client.get(["user", String(number)])
        if response.status == 404 { return "#\(number)" }
        guard response.isSuccess, let name = try response.json()["Name"]?.string else {
            throw RequestTrackerClient.failure(response)
        }
        return name
    }

    /// The name that the server gives its own account for "no owner".
    static let nobody = "Nobody"
}
