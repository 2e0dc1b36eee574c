internal import GRDB
internal import Indicators

/// Compares the published values with the hashes that their audit entries keep.
struct ValueChecker {
    private let db: Database
    private var problems: [AuditReport.Problem] = []
    private var publications: Set<Int64> = []

    init(_ db: Database) { self.db = db }

    /// Checks the values of an entry that published some.
    mutating func check(_ row: StoredAuditRow) throws {
        guard row.action.elementsEqual(ValuePublisher.auditAction.utf8) else { return }
        publications.insert(row.sequence)
        let expected = StoredJSON(String(decoding: row.detail, as: UTF8.self))?["hashes"].strings ?? []
        if try hashes(row.sequence) != expected { problems.append(.valuesChanged(sequence: row.sequence)) }
    }

    /// What is wrong with the values, those without an entry included.
    func finish() throws -> [AuditReport.Problem] {
        let known = try Int64.fetchAll(
            db, sql: "SELECT DISTINCT audit_sequence FROM indicator_values ORDER BY audit_sequence")
        let strays = known.filter { !publications.contains($0) }
        return try problems + strays.map { .valuesChanged(sequence: $0) } + wrongCurrentRevisions()
    }

    private func hashes(_ sequence: Int64) throws -> [String] {
        let sql = "\(ValueColumns.select) WHERE audit_sequence = ? ORDER BY \(ValueColumns.key), revision"
        let statement = try PreparedStatement(sql, in: db)
        defer { statement.reset() }
        try statement.bind(sequence, 1)
        var hashes: [String] = []
        while try statement.step() { hashes.append(ValueCodec.hash(statement.fields(ValueColumns.hashedCount))) }
        return hashes
    }

    private func wrongCurrentRevisions() throws -> [AuditReport.Problem] {
        let statement = try PreparedStatement(
            """
            SELECT \(ValueColumns.key) FROM indicator_values GROUP BY \(ValueColumns.key)
            HAVING SUM(is_current) <> 1 OR MAX(revision) IS NOT MAX(CASE WHEN is_current = 1 THEN revision END)
            """, in: db)
        defer { statement.reset() }
        var problems: [AuditReport.Problem] = []
        while try statement.step() {
            let subject = Subject(kind: SubjectKind(rawValue: statement.text(1)) ?? .employee, id: statement.text(2))
            problems.append(
                .wrongCurrentRevision(
                    ValueKey(indicator: statement.text(0), subject: subject, period: statement.text(3))))
        }
        return problems
    }
}
