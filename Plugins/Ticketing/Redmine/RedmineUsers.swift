import PlumblineKit

/// The stream `users`, which only an administrator's key may read: who the numbers are.
struct RedmineUsers {
    let client: RedmineClient
    let statuses: [String]
    let staffNumberField: String?

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "编号，工单中的账号", en: "Number, which is the account in tickets")),
        SourceField("login", "string", LocalizedText(zh: "登录名", en: "Login")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
        SourceField("staff_number", "string?", LocalizedText(zh: "工号", en: "Staff number")),
    ]

    init(client: RedmineClient, settings: Settings) {
        self.client = client
        statuses = settings[RedmineSettings.userStatuses]
        staffNumberField = settings[RedmineSettings.staffNumberField]
    }

    /// All users in one page.
    func page() async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        page.records = try await all().compactMap { page.value(of: $0, record) }
        return page
    }

    /// The numbers of users in the group of this number.
    func members(ofGroup group: String) async throws(ConnectorError) -> Set<String> {
        var numbers: Set<String> = []
        for status in statuses {
            let users = try await list([("status", status), ("group_id", group)])
            numbers.formUnion(users.compactMap { $0["id"]?.scalarText })
        }
        guard !numbers.isEmpty else {
            throw .settings(
                field: RedmineSettings.agentsGroup.field.key, reason: "the group '\(group)' shows no members")
        }
        return numbers
    }

    /// The numbers of users with these logins.
    func numbers(ofLogins logins: Set<String>) async throws(ConnectorError) -> Set<String> {
        if logins.isEmpty { return [] }
        var numbers: [String: String] = [:]
        for user in try await all() { numbers[user["login"]?.string ?? ""] = user["id"]?.scalarText }
        if let unknown = logins.sorted().first(where: { numbers[$0] == nil }) {
            throw .settings(field: TicketingSettings.agents.field.key, reason: "there is no user '\(unknown)'")
        }
        return Set(logins.compactMap { numbers[$0] })
    }

    private func all() async throws(ConnectorError) -> [JSON] {
        var users: [JSON] = []
        for status in statuses { users += try await list([("status", status)]) }
        return users
    }

    /// Each once. Users come or go while the list is read: one that has not the announced length is read again.
    private func list(_ query: [(String, String)]) async throws(ConnectorError) -> [JSON] {
        for _ in 0..<Self.patience {
            var seen: Set<String> = []
            var users: [JSON] = []
            var isAtEnd = false
            var read = 0
            var total = 0
            while !isAtEnd {
                let list = try await client.list("users", query, offset: read)
                users += list.items.filter { seen.insert($0["id"]?.scalarText ?? "without id").inserted }
                read += list.items.count
                (isAtEnd, total) = (list.reachesEnd, list.total)
            }
            if users.count == total { return users }
        }
        throw .unavailable(reason: "users change faster than they can be listed", retryAfter: nil)
    }

    private static let patience = 3

    private func record(_ user: JSON) throws(JSONShapeError) -> SourceRecord {
        let id = try user.text(at: "id")
        let names = [user["lastname"], user["firstname"]].compactMap { $0?.string }.filter { !$0.isEmpty }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id),
                "login": .string(try user.string(at: "login")),
                "name": names.isEmpty ? .null : .string(PersonName.joined(names)),
                "email": .filled(user["mail"]),
                "staff_number": staffNumber(of: user),
            ])
    }

    private func staffNumber(of user: JSON) -> JSON {
        guard let name = staffNumberField else { return .null }
        return .filled(user["custom_fields"]?.array?.first { $0["name"]?.string == name }?["value"])
    }
}
