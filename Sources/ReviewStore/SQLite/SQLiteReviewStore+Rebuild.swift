public import Expressions
internal import GRDB
internal import Indicators

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func beginRebuild() async throws(StoreError) {
        try claims.claimRebuild()
        try await write { try $0.execute(sql: "DELETE FROM rebuilt_values") }
    }

    public func addToRebuild(_ values: [ComputedValue]) async throws(StoreError) {
        try claims.requireRebuild()
        try await write { db in
            let marks = ValueCodec.columns.map { _ in "?" }.joined(separator: ", ")
            let sql = "INSERT INTO rebuilt_values (\(ValueColumns.names)) VALUES (\(marks))"
            let statement = try PreparedStatement(sql, in: db)
            for value in values {
                try statement.bind(ValueCodec.encode(value))
                try statement.run()
            }
        }
    }

    public func finishRebuild(
        actor: String, versions: [String: String], moment: Timestamp?, clearing marks: [StaleMark]
    ) async throws(StoreError) -> PublicationOutcome {
        try claims.requireRebuild()
        let publisher = ValuePublisher(
            cause: "rebuild", run: nil, actor: actor, findingKind: .lockedRebuild, audit: auditWriter,
            outbox: outboxWriter)
        let outcome = try await write { db in
            let different = try db.contents(Rebuild.different)
            let vanished = try db.contents(Rebuild.vanished).map(\.withoutData)
            let total = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM rebuilt_values") ?? 0
            var outcome = try publisher.publish(different + vanished, db)
            outcome.unchanged = total - different.count
            try db.clearStale(marks)
            try db.execute(sql: "DELETE FROM computed_definitions")
            try db.noteDefinitions(versions, moment)
            try db.execute(sql: "DELETE FROM rebuilt_values")
            return outcome
        }
        claims.releaseRebuild()
        return outcome
    }
}

/// The comparison of a recomputation with the current values.
private enum Rebuild {
    private static let sameKey = ValueCodec.columns.prefix(ValueCodec.keyCount)
        .map { "fresh.\($0) = current.\($0)" }.joined(separator: " AND ")
    private static let isDifferent = ValueCodec.columns.dropFirst(ValueCodec.keyCount)
        .map { "fresh.\($0) IS NOT current.\($0)" }.joined(separator: " OR ")

    static let different = """
        SELECT \(ValueCodec.columns.map { "fresh.\($0)" }.joined(separator: ", ")) FROM rebuilt_values AS fresh
        LEFT JOIN indicator_values AS current ON \(sameKey) AND current.is_current = 1
        WHERE current.id IS NULL OR \(isDifferent)
        """

    static let vanished = """
        SELECT \(ValueColumns.names) FROM indicator_values AS current WHERE is_current = 1 AND status <> 'no_data'
        AND NOT EXISTS (SELECT 1 FROM rebuilt_values AS fresh WHERE \(sameKey))
        """
}

extension Database {
    /// The values that a statement over ``ValueColumns/names`` gives.
    fileprivate func contents(_ sql: String) throws -> [ComputedValue] {
        let statement = try PreparedStatement(sql, in: self)
        defer { statement.reset() }
        var values: [ComputedValue] = []
        while try statement.step() {
            try values.append(ValueCodec.decode(statement.fields(Int32(ValueCodec.columns.count))))
        }
        return values
    }
}
