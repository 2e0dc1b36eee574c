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
        var members: Set<String> = []
        for number in try await memberNumbers(of: group) {
            if let login = try await login(number) { members.insert(login) }
        }
        guard !members.isEmpty else { throw .settings(field: key, reason: "the group '\(name)' shows no members") }
        return members
    }

    private func memberNumbers(of group: String) async throws(ConnectorError) -> [Int] {
        var numbers: [Int] = []
        var page = 1
        while true {
            let answer = try await client.items(
                ["group", group, "members"],
                [("users", "1"), ("groups", "0"), ("recursively", "1"), ("page", String(page))], perPage: 100)
            if answer.items.isEmpty { return numbers }
            let users = answer.items.filter { $0["type"]?.string == "user" }
            let found = users.compactMap { $0["id"]?.scalarText.flatMap { Int($0) } }
            guard Set(found).isDisjoint(with: numbers) else {
                throw .unexpected(reason: "page \(page) of the members of group \(group) repeats")
            }
            numbers += found
            page += 1
        }
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
