internal import GRDB
internal import Indicators

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

    public func publish(_ publication: Publication) async throws(StoreError) -> PublicationOutcome {
        let publisher = ValuePublisher(
            cause: publication.cause, run: publication.run, actor: publication.actor, findingKind: .lockedPeriod,
            audit: auditWriter)
        return try await write { db in
            let vanished = try db.vanished(from: publication)
            let outcome = try publisher.publish(publication.values + vanished, db)
            try db.clearStale(publication.clearing)
            if case .indicators(let versions) = publication.scope { try db.noteDefinitions(versions) }
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
        return try currentValues(in: publication.scope)
            .filter { $0.content.status != .noData && !present.contains($0.key) }
            .map { $0.content.withoutData }
    }

    private func currentValues(in scope: Publication.Scope) throws -> [PublishedValue] {
        switch scope {
        case .keys(let keys):
            return try keys.compactMap { try currentValue($0) }
        case .indicators(let versions):
            let sql = "\(ValueColumns.select) WHERE indicator_id = ? AND is_current = 1"
            let statement = try PreparedStatement(sql, in: self)
            return try versions.keys.flatMap { indicator in
                try statement.bind([.text(indicator)])
                return try statement.values()
            }
        }
    }

    /// Notes what definitions values were computed with.
    func noteDefinitions(_ versions: [String: String]) throws {
        let statement = try cachedStatement(
            sql: "INSERT OR REPLACE INTO computed_definitions (indicator_id, version) VALUES (?, ?)")
        for (indicator, version) in versions { try statement.execute(arguments: [indicator, version]) }
    }
}

extension ComputedValue {
    /// The value once there is nothing to compute any more.
    var withoutData: ComputedValue {
        ComputedValue(
            key: key, status: .noData, exact: nil, decimal: nil, sampleSize: 0, definitionVersion: definitionVersion)
    }
}
