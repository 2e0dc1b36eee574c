import PlumblineKit

/// The stream `users`: who the logins are, for matching accounts with employees.
struct RequestTrackerUserList {
    let client: RequestTrackerClient
    let staffNumberField: String?

    static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "账号", en: "Login")),
        SourceField("login", "string", LocalizedText(zh: "账号", en: "Login")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
        SourceField("phone", "string?", LocalizedText(zh: "手机", en: "Mobile phone")),
        SourceField("staff_number", "string?", LocalizedText(zh: "工号", en: "Staff number")),
    ]

    init(client: RequestTrackerClient, settings: Settings) {
        self.client = client
        staffNumberField = settings[RequestTrackerSettings.staffNumberField]
    }

    /// Users in the order of their numbers, which never change, so page numbers hold still.
    ///
    /// The end is where the server's total says, else an empty page. Since 5.0.6 a page beyond the last is the last one
    /// again for users who are told the total.
    func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let state = try cursor?.state()
        let number = state?["page"]?.int ?? 1
        let staffNumber = staffNumberField.map { [$0] } ?? []
        let columns = ["Name", "RealName", "EmailAddress", "MobilePhone", "CustomFields"] + staffNumber
        let answer = try await client.items(
            ["users"],
            [
                ("query", #"[{"field":"id","operator":">","value":0}]"#), ("orderby", "id"), ("order", "ASC"),
                ("fields", columns.joined(separator: ",")),
            ], page: number)
        let logins = answer.items.compactMap { $0["Name"]?.string }
        if let first = logins.first, first == state?["first"]?.string {
            throw .unexpected(reason: "page \(number) of users repeats the page before")
        }
        let isLast = answer.total.map { answer.page * client.pageSize >= $0 } ?? false
        let hasMore = !answer.items.isEmpty && !isLast
        let next: JSON = hasMore ? ["page": .int(answer.page + 1), "first": .text(logins.first)] : ["page": 1]
        return Page(
            records: answer.items.compactMap(record), rejected: answer.items.compactMap(reject), cursor: Cursor(next),
            hasMore: hasMore)
    }

    private func record(_ user: JSON) -> SourceRecord? {
        guard let login = user["Name"]?.string else { return nil }
        return SourceRecord(
            id: login, version: nil,
            json: [
                "id": .string(login),
                "login": .string(login),
                "name": filled(user["RealName"]),
                "email": filled(user["EmailAddress"]),
                "phone": filled(user["MobilePhone"]),
                "staff_number": staffNumber(of: user),
            ])
    }

    private func reject(_ user: JSON) -> RejectedRecord? {
        guard user["Name"]?.string == nil else { return nil }
        return RejectedRecord(id: user["id"]?.scalarText ?? "without id", reason: "has no 'Name'", raw: user.bytes)
    }

    private func staffNumber(of user: JSON) -> JSON {
        guard let name = staffNumberField else { return .null }
        let custom = user["CustomFields"]?.array?.first { $0["name"]?.string == name }
        return filled(custom?["values"]?.array?.first ?? user[name])
    }

    /// The text, or null where the server writes an empty one.
    private func filled(_ json: JSON?) -> JSON {
        guard let text = json?.scalarText, !text.isEmpty else { return .null }
        return .string(text)
    }
}
