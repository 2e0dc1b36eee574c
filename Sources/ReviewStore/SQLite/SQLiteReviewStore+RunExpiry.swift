internal import Expressions
internal import GRDB

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func expiredRuns(among runs: Set<RunID>) async throws(StoreError) -> Set<RunID> {
        try await read { db in
            let find = try db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM runs WHERE id = ?)")
            return try runs.filter { try Bool.fetchOne(find, arguments: [$0]) == false }
        }
    }

    public func expireRuns(
        _ expiry: RunExpiry, isPreview: Bool, actor: String
    ) async throws(StoreError) -> Int {
        let streams = try await read { try Int64.fetchAll($0, sql: "SELECT id FROM streams ORDER BY id") }
        var count = 0
        for stream in streams {
            for isPushed in [false, true] {
                let due = DueRuns(stream: stream, isPushed: isPushed, expiry: expiry)
                count += isPreview ? try await read { try due.count($0) } : try await delete(due)
            }
        }
        if isPreview { return count }
        let (audit, total) = (auditWriter, count)
        try await write { db in
            try db.execute(
                sql: "DELETE FROM pushed_hours WHERE hour < ?",
                arguments: [PushedHours.hour(of: expiry.before.microseconds)])
            guard total > 0 else { return }
            try audit.append(
                db, actor: actor, action: "runs.expired",
                detail: [
                    "before": .string(expiry.before.rfc3339), "pushed_before": .string(expiry.pushedBefore.rfc3339),
                    "count": .integer(Int64(total)),
                ])
        }
        return count
    }

    /// A few thousand in a transaction: senders wait for it.
    private func delete(_ due: DueRuns) async throws(StoreError) -> Int {
        var count = 0
        while true {
            let deleted = try await write { try due.delete($0) }
            if deleted == 0 { return count }
            count += deleted
        }
    }
}

/// The runs of a stream, of one kind, that have been kept long enough.
private struct DueRuns: Sendable {
    let stream: Int64
    let isPushed: Bool
    let expiry: RunExpiry

    private static let batch = 2_000

    func count(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT COUNT(*) \(Self.rows)", arguments: try arguments(db)) ?? 0
    }

    func delete(_ db: Database) throws -> Int {
        try db.execute(
            sql: "DELETE FROM runs WHERE id IN (SELECT id \(Self.rows) LIMIT \(Self.batch))",
            arguments: try arguments(db))
        return db.changesCount
    }

    private func arguments(_ db: Database) throws -> StatementArguments {
        let passed = try boundary("AND state = 'succeeded' AND gate IN ('passed', 'released')", db)
        let moment = (isPushed ? expiry.pushedBefore : expiry.before).microseconds
        return [
            "stream": stream, "pushed": isPushed, "before": moment, "last": try boundary("", db), "passed": passed,
        ]
    }

    /// The first of the last runs that stay; 0 where all do.
    private func boundary(_ condition: String, _ db: Database) throws -> Int64 {
        let sql = """
            SELECT id FROM runs WHERE stream_id = ? AND is_pushed = ? \(condition) ORDER BY id DESC LIMIT 1 OFFSET ?
            """
        return try Int64.fetchOne(db, sql: sql, arguments: [stream, isPushed, max(0, expiry.kept - 1)]) ?? 0
    }

    private static let rows = """
        FROM runs WHERE stream_id = :stream AND is_pushed = :pushed AND started < :before AND id < :last
        AND NOT (state = 'succeeded' AND gate IS NOT NULL AND gate IN ('passed', 'released') AND id >= :passed)
        AND state <> 'running' AND hold_id IS NULL AND (gate IS NULL OR gate NOT IN ('pending', 'held'))
        AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.stream_id = :stream AND holds.state = 'open')
        AND id NOT IN (SELECT run_id FROM imports) AND id NOT IN (SELECT run_id FROM sweeps)
        AND NOT EXISTS (SELECT 1 FROM dead_letters WHERE run_id = runs.id)
        AND NOT EXISTS (SELECT 1 FROM run_changes WHERE run_id = runs.id)
        AND NOT EXISTS (SELECT 1 FROM impossible_times JOIN held_records USING (external_id, hash)
            WHERE impossible_times.run_id = runs.id)
        """
}
