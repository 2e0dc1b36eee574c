package import PlumblineKit

/// The stream `employees`: who the party codes are, for matching accounts with employees.
package struct TrytonEmployees: Sendable {
    private let client: TrytonClient
    private let stream: TrytonStream

    package init(client: TrytonClient, settings: Settings) {
        self.client = client
        stream = TrytonStream(
            "company.employee", fields: Self.columns, client: client, pageSize: settings[TrytonSettings.pageSize])
    }

    package static let description = StreamDescription(
        name: "employees", help: LocalizedText(zh: "员工，用于匹配账号", en: "Employees, for matching accounts"),
        deletions: [.fullList, .neverKnown], isIncremental: false, fields: fields)

    private static let columns = [
        "party.code", "party.name", "party.email", "party.phone", "party.categories", "start_date", "end_date",
        "supervisor.party.code",
    ]

    private static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "员工记录编号", en: "Number of the employee")),
        SourceField("code", "string", LocalizedText(zh: "往来方编码，作为账号", en: "Code of the party, which is the account")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
        SourceField("phone", "string?", LocalizedText(zh: "电话", en: "Phone")),
        SourceField("categories", "list<string>", LocalizedText(zh: "往来方分类名称", en: "Names of the party's categories")),
        SourceField("start_date", "date?", LocalizedText(zh: "入职日期", en: "First day of employment")),
        SourceField("end_date", "date?", LocalizedText(zh: "最后工作日", en: "Last day of employment")),
        SourceField("supervisor", "string?", LocalizedText(zh: "上级的往来方编码", en: "Code of the supervisor's party")),
    ]

    /// The next employees, those who left included.
    package func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let rows = try await stream.all(after: cursor)
        let categories = try await categoryNames(of: rows.rows)
        return rows.page { (row, id) throws(JSONShapeError) in
            try Self.record(row, id: id, categories: categories)
        }
    }

    /// The numbers of all employees.
    package func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await stream.all(after: cursor, fields: ["id"]).identifiers
    }

    /// How many employees there are.
    package func count() async throws(ConnectorError) -> Int? { try await stream.count() }

    private static func record(_ row: JSON, id: String, categories: [Int: JSON]) throws(JSONShapeError) -> JSON {
        [
            "id": .string(id),
            "code": .string(try row.requiredText("party.code")),
            "name": .text(row.linkedText("party.name")),
            "email": .text(row.linkedText("party.email")),
            "phone": .text(row.linkedText("party.phone")),
            "categories": .array(categoryNumbers(of: row).compactMap { categories[$0]?["name"] }),
            "start_date": .text(row["start_date"]?.trytonDay),
            "end_date": .text(row["end_date"]?.trytonDay),
            "supervisor": .text(row.linkedText("supervisor.party.code")),
        ]
    }

    private static func categoryNumbers(of row: JSON) -> [Int] {
        (row.linked("party.categories")?.array ?? []).compactMap(\.int)
    }

    private func categoryNames(of rows: [JSON]) async throws(ConnectorError) -> [Int: JSON] {
        try await client.rows(of: "party.category", numbered: rows.flatMap(Self.categoryNumbers), fields: ["name"])
    }
}
