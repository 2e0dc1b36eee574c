internal import Expressions
internal import GRDB
internal import Indicators
internal import Synchronization

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func streamsWithRecords(of recordType: String) async throws(StoreError) -> [StreamReference] {
        let table = try table(recordType)
        return try await read { try $0.streamsWithRecords(in: table) }
    }

    public func bringsFirst(_ run: RunID) async throws(StoreError) -> Bool {
        let tables = tables.withLock { $0 }
        return try await read { db in
            let brought = try db.run(run)
            for table in tables.values where try db.isInEffect(table, brought.connection, brought.stream) {
                return false
            }
            return try Bool.fetchOne(db, sql: Self.hasBrought, arguments: [run]) == false
        }
    }

    /// Whether a run of the same stream has brought records that count.
    private static let hasBrought = """
        SELECT EXISTS (SELECT 1 FROM runs WHERE stream_id = (SELECT stream_id FROM runs WHERE id = ?1)
            AND gate IN ('passed', 'released') AND inserted > 0)
        """

    public func retire(
        _ stream: StreamReference, actor: String, reason: String
    ) async throws(StoreError) -> Int {
        let claim = try await claim(of: stream)
        let (tables, audit) = (tables.withLock { $0.values.map(\.self) }, auditWriter)
        return try await write { db in
            try db.refuseWaiting(claim)
            let run = try db.insertRetirement(claim, now: audit.now().microseconds, reason)
            var count = 0
            for table in tables {
                let retired = try StateWriter(claim: claim, run: run, table: table).set(
                    .gone, instead: .live, where: StateWriter.anyRow, db)
                if retired > 0 { try db.markStale([table.layout.type.name]) }
                count += retired
            }
            try db.execute(
                sql: "UPDATE runs SET gone = ? WHERE id = ?", arguments: [count, run])
            try db.execute(sql: "UPDATE streams SET cursor = NULL WHERE id = ?", arguments: [claim.streamID])
            try audit.append(
                db, actor: actor, action: "stream.retired",
                detail: [
                    "connection": .string(claim.connection), "stream": .string(claim.stream),
                    "count": .integer(Int64(count)), "reason": .string(reason),
                ])
            return count
        }
    }

    private func claim(of stream: StreamReference) async throws(StoreError) -> RunClaims.Claim {
        let id = try await read { db in
            try Int64.fetchOne(
                db, sql: "SELECT id FROM streams WHERE connection = ? AND stream = ?",
                arguments: [stream.connection, stream.stream])
        }
        guard let id else { throw .notFound("stream \(stream)") }
        return try claims.claim(streamID: id, connection: stream.connection, stream: stream.stream)
    }
}

extension Database {
    /// The streams that have live records in a table.
    func streamsWithRecords(in table: EvidenceTable) throws -> [StreamReference] {
        let sql = """
            SELECT connection, stream FROM streams WHERE EXISTS (SELECT 1 FROM "\(table.sqlName)"
                WHERE _connection = streams.connection AND _stream = streams.stream AND _state = 'live')
            ORDER BY connection, stream
            """
        return try Row.fetchAll(self, sql: sql).map {
            try StreamReference(connection: $0.decode(forColumn: "connection"), stream: $0.decode(forColumn: "stream"))
        }
    }

    /// Whether a stream has live records in a table that no run has brought that waits at the gate.
    fileprivate func isInEffect(_ table: EvidenceTable, _ connection: String, _ stream: String) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM "\(table.sqlName)" WHERE _connection = ? AND _stream = ? AND _state = 'live'
                AND _run_id NOT IN (SELECT id FROM runs WHERE gate IN ('pending', 'held')))
            """
        return try Bool.fetchOne(self, sql: sql, arguments: [connection, stream]) ?? false
    }

    fileprivate func refuseWaiting(_ claim: RunClaims.Claim) throws {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM runs WHERE stream_id = ?1 AND gate IN ('pending', 'held'))
                OR EXISTS (SELECT 1 FROM holds WHERE stream_id = ?1 AND state = 'open')
            """
        guard try Bool.fetchOne(self, sql: sql, arguments: [claim.streamID]) == true else { return }
        throw StoreError.refused(
            reason: "records of \(claim.connection)/\(claim.stream) wait at the quality gate; decide about them first "
                + "('plumbline gate')")
    }

    fileprivate func insertRetirement(_ claim: RunClaims.Claim, now: Int64, _ reason: String) throws -> RunID {
        try execute(
            sql: """
                INSERT INTO runs (stream_id, started, finished, state, message) VALUES (?, ?, ?, 'succeeded', ?)
                """, arguments: [claim.streamID, now, now, "retired: \(reason)"])
        return lastInsertedRowID
    }
}
