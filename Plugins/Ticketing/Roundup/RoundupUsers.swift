import PlumblineKit

/// The class `user`: accounts, and who is an agent.
struct RoundupUsers {
    let client: RoundupClient

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "编号", en: "Number")),
        SourceField("login", "string", LocalizedText(zh: "账号", en: "Login")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField(
            "email", "string?",
            LocalizedText(zh: "邮箱；无权查看时为空", en: "E-mail address; null where our user may not see it")),
        SourceField("phone", "string?", LocalizedText(zh: "电话", en: "Phone")),
        SourceField("organisation", "string?", LocalizedText(zh: "单位", en: "Organisation")),
    ]

    /// The logins of users whose organisation is exactly `organisation`.
    func members(of organisation: String) async throws(ConnectorError) -> Set<String> {
        let users = try await list([("organisation", organisation)])
        let logins = users.filter { $0["organisation"]?.string == organisation }.compactMap { $0["username"]?.string }
        guard !logins.isEmpty else {
            throw .settings(
                field: RoundupSettings.agentsOrganisation.field.key,
                reason: "no user visible to ours has the organisation '\(organisation)'")
        }
        return Set(logins)
    }

    /// All users in one page. A field that our user may not see is absent from the answer, and null here.
    func page() async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        for user in try await list([("@sort", "id")]) {
            guard let id = user["id"]?.scalarText, let login = user["username"]?.string else {
                let id = user["id"]?.scalarText ?? "without id"
                page.rejected.append(RejectedRecord(id: id, reason: "has no 'username'", raw: user.bytes))
                continue
            }
            let json: JSON = [
                "id": .string(id),
                "login": .string(login),
                "name": filled(user["realname"]),
                "email": filled(user["address"]),
                "phone": filled(user["phone"]),
                "organisation": filled(user["organisation"]),
            ]
            page.records.append(SourceRecord(id: id, version: nil, json: json))
        }
        return page
    }

    private func list(_ query: [(String, String)]) async throws(ConnectorError) -> [JSON] {
        let fields = ("@fields", "username,realname,organisation,address,phone")
        return try await client.collection("user", query + [fields, ("@verbose", "1")]).items
    }

    private func filled(_ json: JSON?) -> JSON {
        guard let text = json?.string, !text.isEmpty else { return .null }
        return .string(text)
    }
}
