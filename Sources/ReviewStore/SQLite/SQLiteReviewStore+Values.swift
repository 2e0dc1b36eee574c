public import Expressions
internal import GRDB
public import Indicators

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func withPublicationClaim<Value>(_ body: () async -> Value) async throws(StoreError) -> Value {
        let lock = try await claims.claimPublication(patience: configuration.patience)
        defer { withExtendedLifetime(lock) {} }
        return await body()
    }

    public func definitionVersions() async throws(StoreError) -> [String: String] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT indicator_id, version FROM computed_definitions").reduce(into: [:]) {
                try $0[$1.decode(forColumn: "indicator_id")] = $1.decode(forColumn: "version")
            }
        }
    }

    public func wholeComputations() async throws(StoreError) -> [String: Timestamp] {
        try await read { db in
            let sql = "SELECT indicator_id, computed FROM computed_definitions WHERE computed IS NOT NULL"
            return try Row.fetchAll(db, sql: sql).reduce(into: [:]) {
                try $0[$1.decode(forColumn: "indicator_id")] = Timestamp(
                    microseconds: $1.decode(forColumn: "computed"))
            }
        }
    }

    public func publish(_ publication: Publication) async throws(StoreError) -> PublicationOutcome {
        let publisher = ValuePublisher(
            cause: publication.cause, run: publication.run, actor: publication.actor, findingKind: .lockedPeriod,
            audit: auditWriter, outbox: outboxWriter)
        return try await write { db in
            let vanished = try db.vanished(from: publication)
            let outcome = try publisher.publish(publication.values + vanished, db)
            try db.clearStale(publication.clearing)
            try db.noteDefinitions(publication.scope.indicators, publication.moment)
            try db.forgetDefinitions(of: publication.scope.withdrawn)
            return outcome
        }
    }

    public func values(_ filter: ValueFilter) async throws(StoreError) -> [PublishedValue] {
        let conditions: [(column: String, text: String)] = [
            ("indicator_id", filter.indicator), ("subject_kind", filter.subjectKind?.rawValue),
            ("subject_id", filter.subject), ("period_id", filter.period), ("status", filter.status?.rawValue),
        ].compactMap { column, text in text.map { (column, $0) } }
        let sql = ValueColumns.select + " WHERE is_current = 1" + conditions.map { " AND \($0.column) = ?" }.joined()
        return try await read { db in
            let statement = try PreparedStatement("\(sql) ORDER BY \(ValueColumns.key)", in: db)
            try statement.bind(conditions.map { .text($0.text) })
            return try statement.values()
        }
    }

    public func publishedSubjects(
        of indicator: String, in isWanted: @escaping @Sendable (Period) -> Bool
    ) async throws(StoreError) -> Set<Subject> {
        try await read { db in
            let periods = try String.fetchAll(
                db, sql: "SELECT DISTINCT period_id FROM indicator_values WHERE indicator_id = ? AND is_current = 1",
                arguments: [indicator])
            let wanted = try Set(periods.filter { Period(id: $0).map(isWanted) ?? true }).subtracting(
                db.lockedPeriods())
            let sql = """
                SELECT DISTINCT subject_kind, subject_id FROM indicator_values
                WHERE indicator_id = ? AND is_current = 1 AND status <> 'no_data'
                    AND period_id IN (SELECT value FROM json_each(?))
                """
            let arguments: StatementArguments = [indicator, StoredJSON.strings(wanted.sorted()).text]
            return try Row.fetchSet(db, sql: sql, arguments: arguments).reduce(into: []) { subjects, row in
                let kind: String = try row.decode(forColumn: "subject_kind")
                guard let kind = SubjectKind(rawValue: kind) else {
                    throw StoreError.damaged(reason: "a value is about a \(kind), which nobody knows")
                }
                try subjects.insert(Subject(kind: kind, id: row.decode(forColumn: "subject_id")))
            }
        }
    }

    public func unripeValues() async throws(StoreError) -> Set<UnripeValues> {
        try await read { db in
            let sql = """
                SELECT DISTINCT indicator_id, period_id, status FROM indicator_values
                WHERE is_current = 1 AND status IN ('partial', 'provisional')
                    AND period_id NOT IN (SELECT period_id FROM periods WHERE state = 'locked')
                """
            return try Row.fetchAll(db, sql: sql).reduce(into: []) { values, row in
                let status: String = try row.decode(forColumn: "status")
                try values.insert(
                    UnripeValues(
                        indicator: row.decode(forColumn: "indicator_id"), period: row.decode(forColumn: "period_id"),
                        status: status == ValueStatus.partial.rawValue ? .partial : .provisional))
            }
        }
    }

    public func value(_ key: ValueKey) async throws(StoreError) -> PublishedValue? {
        try await read { try $0.currentValue(key) }
    }

    public func history(of key: ValueKey) async throws(StoreError) -> [PublishedValue] {
        try await read { db in
            let sql = "\(ValueColumns.select) WHERE \(ValueColumns.keyMatches) ORDER BY revision"
            let statement = try PreparedStatement(sql, in: db)
            try statement.bind(ValueCodec.encode(key))
            return try statement.values()
        }
    }
}

extension Database {
    /// The current revision of a value.
    func currentValue(_ key: ValueKey) throws -> PublishedValue? {
        let sql = "\(ValueColumns.select) WHERE \(ValueColumns.keyMatches) AND is_current = 1"
        let statement = try PreparedStatement(sql, in: self)
        try statement.bind(ValueCodec.encode(key))
        return try statement.values().first
    }

    /// What a publication recomputed and no longer has, as values without data.
    fileprivate func vanished(from publication: Publication) throws -> [ComputedValue] {
        let present = Set(publication.values.map(\.key))
        var vanished: [ValueKey: ComputedValue] = [:]
        for value in try currentValues(in: publication.scope)
        where value.content.status != .noData && !present.contains(value.key) {
            vanished[value.key] = value.content.withoutData
        }
        return Array(vanished.values)
    }

    private func currentValues(in scope: Publication.Scope) throws -> [PublishedValue] {
        let all = try scope.withdrawn.union(scope.indicators.keys).flatMap { try currentValues(of: $0) }
        let inPeriods = try scope.periods.flatMap { try currentValues(of: $0, in: $1) }
        return try all + inPeriods + scope.keys.compactMap { try currentValue($0) }
    }

    private func currentValues(of indicator: String) throws -> [PublishedValue] {
        let statement = try PreparedStatement(Self.currentValuesOfIndicator, in: self)
        try statement.bind([.text(indicator)])
        return try statement.values()
    }

    /// Those of some periods, in one pass over the indicator's values.
    private func currentValues(of indicator: String, in periods: Set<String>) throws -> [PublishedValue] {
        let sql = "\(Self.currentValuesOfIndicator) AND period_id IN (SELECT value FROM json_each(?2))"
        let statement = try PreparedStatement(sql, in: self)
        try statement.bind([.text(indicator), .text(StoredJSON.strings(periods.sorted()).text)])
        return try statement.values()
    }

    private static let currentValuesOfIndicator = "\(ValueColumns.select) WHERE indicator_id = ?1 AND is_current = 1"

    /// Notes what definitions values were computed with, and for which moment.
    func noteDefinitions(_ versions: [String: String], _ moment: Timestamp?) throws {
        let statement = try cachedStatement(
            sql: "INSERT OR REPLACE INTO computed_definitions (indicator_id, version, computed) VALUES (?, ?, ?)")
        for (indicator, version) in versions {
            try statement.execute(arguments: [indicator, version, moment?.microseconds])
        }
    }

    /// Forgets what definitions values were computed with that there are no more.
    fileprivate func forgetDefinitions(of indicators: Set<String>) throws {
        let statement = try cachedStatement(sql: "DELETE FROM computed_definitions WHERE indicator_id = ?")
        for indicator in indicators { try statement.execute(arguments: [indicator]) }
    }
}

extension ComputedValue {
    /// The value once there is nothing to compute any more.
    var withoutData: ComputedValue {
        ComputedValue(
            key: key, status: .noData, exact: nil, decimal: nil, sampleSize: 0, definitionVersion: definitionVersion)
    }
}
