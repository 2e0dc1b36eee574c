import PlumblineKit
import TrytonServer

/// Who is or was employed, read once in a run.
actor TrytonRoster {
    private let client: TrytonClient
    private var rows: [JSON]?

    init(client: TrytonClient) {
        self.client = client
    }

    /// A person by the code of the party; who left and came back has several employments.
    struct Person {
        let code: String
        var employments: [Employment]

        var numbers: [Int] { employments.map(\.number) }

        func isEmployed(on day: LocalDay) -> Bool { employments.contains { $0.holds(day) } }
    }

    struct Employment {
        let number: Int
        let start: LocalDay?
        let end: LocalDay?

        func holds(_ day: LocalDay) -> Bool {
            (start.map { $0 <= day } ?? true) && (end.map { day <= $0 } ?? true)
        }
    }

    /// All persons, ascending by code.
    func people() async throws(ConnectorError) -> [Person] {
        var people: [String: Person] = [:]
        for row in try await employees() {
            guard let code = row.linkedText("party.code"), let number = row["id"]?.int else { continue }
            let employment = Employment(
                number: number, start: row["start_date"]?.trytonDay.flatMap(LocalDay.init),
                end: row["end_date"]?.trytonDay.flatMap(LocalDay.init))
            people[code, default: Person(code: code, employments: [])].employments.append(employment)
        }
        return people.values.sorted { $0.code < $1.code }
    }

    /// Employees whose party has no code, so that nobody could say whose their days are.
    func rejected() async throws(ConnectorError) -> [RejectedRecord] {
        try await employees().filter { $0.linkedText("party.code") == nil }.map { row in
            RejectedRecord(
                id: "employee \(row["id"]?.scalarText ?? "?")", reason: "the party of the employee has no code",
                raw: row.bytes)
        }
    }

    /// The first day of employment of those who were entered since a moment; nil where nobody was.
    func firstDay(ofThoseMadeSince moment: Instant) async throws(ConnectorError) -> LocalDay? {
        try await employees().filter { row in row["create_date"]?.trytonTime.map { $0 >= moment } ?? false }
            .map { $0["start_date"]?.trytonDay.flatMap(LocalDay.init) ?? LocalDay(number: 0) }.min()
    }

    private func employees() async throws(ConnectorError) -> [JSON] {
        if let rows { return rows }
        let rows = try await client.allRows(
            of: "company.employee", fields: ["party.code", "start_date", "end_date", "create_date"])
        self.rows = rows
        return rows
    }
}
