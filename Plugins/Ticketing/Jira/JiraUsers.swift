import PlumblineKit

/// The stream `users`: who the accounts are, as far as they let themselves be seen.
struct JiraUsers {
    let client: JiraClient
    let types: Set<String>

    static let fields: [SourceField] = [
        SourceField(
            "id", "string", LocalizedText(zh: "accountId，工单中的账号", en: "The accountId, which is the account in tickets")),
        SourceField("name", "string?", LocalizedText(zh: "显示名", en: "Name as it is shown")),
        SourceField(
            "email", "string?",
            LocalizedText(zh: "邮箱；用户的隐私设置可能将其隐藏", en: "E-mail address; null where the user's privacy settings hide it")),
        SourceField("type", "string", LocalizedText(zh: "账号类型", en: "Type of the account")),
        SourceField("is_active", "bool?", LocalizedText(zh: "是否启用", en: "Whether it is active")),
    ]

    /// All users in one page. Who may not be seen is left out of a part after it was cut, so that one may hold fewer than
    /// were asked for although more follow, or none: two without anybody are the end.
    func page() async throws(ConnectorError) -> Page {
        var page = Page(cursor: nil, hasMore: false)
        var seen: Set<String> = []
        var (place, empty) = (0, 0)
        while empty < 2 {
            let part = try await client.plainList(
                ["users", "search"], [("startAt", String(place)), ("maxResults", String(Self.size))])
            empty = part.isEmpty ? empty + 1 : 0
            place += Self.size
            for user in part where user["accountId"]?.string.map({ seen.insert($0).inserted }) ?? true {
                if let record = page.value(of: user, record) ?? nil { page.records.append(record) }
            }
        }
        return page
    }

    private static let size = 50

    /// Nil for users of other types.
    private func record(_ user: JSON) throws(JSONShapeError) -> SourceRecord? {
        let id = try user.string(at: "accountId")
        let type = try user.string(at: "accountType")
        guard types.contains(type) else { return nil }
        return SourceRecord(
            id: id, version: nil,
            json: [
                "id": .string(id), "name": .filled(user["displayName"]), "email": .filled(user["emailAddress"]),
                "type": .string(type), "is_active": user["active"]?.bool.map(JSON.bool) ?? .null,
            ])
    }
}
