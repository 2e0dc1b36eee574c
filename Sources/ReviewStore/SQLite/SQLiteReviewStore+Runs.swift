internal import Expressions
internal import GRDB

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func beginRun(connection: String, stream: String, isGated: Bool) async throws(StoreError) -> Run {
        var claim = try await claim(connection: connection, stream: stream)
        claim.isGated = isGated
        let now = configuration.now().microseconds
        let streamID = claim.streamID
        let run = try await write { db in
            try db.interruptRuns(ofStream: streamID, now: now)
            try db.execute(
                sql: """
                    INSERT INTO runs (stream_id, started, state, gate, cursor_before, type_before)
                    SELECT id, ?, 'running', ?, cursor, record_type FROM streams WHERE id = ?
                    """,
                arguments: [now, isGated ? GateState.pending.rawValue : nil, streamID])
            return try db.run(db.lastInsertedRowID)
        }
        claims.keep(claim, for: run.id)
        return run
    }

    public func noteReadingAll(_ run: RunID) async throws(StoreError) {
        _ = try claims.claim(of: run)
        try await write { try $0.execute(sql: "UPDATE runs SET reads_all = 1 WHERE id = ?", arguments: [run]) }
    }

    public func notePushed(_ run: RunID) async throws(StoreError) {
        _ = try claims.claim(of: run)
        try await write { try $0.execute(sql: "UPDATE runs SET is_pushed = 1 WHERE id = ?", arguments: [run]) }
    }

    public func finishRun(
        _ run: RunID, as state: RunState, message: String?, sourceCount: Int?, isPull: Bool
    ) async throws(StoreError) -> Run {
        guard state != .running else { throw .invalid(reason: "a run ends as succeeded, failed or interrupted") }
        _ = try claims.claim(of: run)
        // Whether its end can be written or not: without a claim a run counts as interrupted, with one it would run on.
        defer { claims.release(run) }
        let (now, outbox) = (configuration.now().microseconds, outboxWriter)
        return try await write { db in
            try db.execute(
                sql: "UPDATE runs SET state = ?, finished = ?, message = ?, source_count = ? WHERE id = ?",
                arguments: [state.rawValue, now, message, sourceCount, run])
            let ended = try db.run(run)
            try db.countUsed(by: run, hour: PushedHours.hour(of: now))
            if isPull { try outbox.ended(ended, db) }
            return ended
        }
    }

    public func runs(_ filter: RunFilter, limit: Int) async throws(StoreError) -> [Run] {
        try await read { db in
            let sql = """
                \(Run.select) WHERE (?1 IS NULL OR connection = ?1) AND (?2 IS NULL OR stream = ?2)
                AND (?3 IS NULL OR is_pushed = ?3) ORDER BY runs.id DESC LIMIT ?4
                """
            let arguments: StatementArguments = [filter.connection, filter.stream, filter.isPushed, limit]
            return try Row.fetchAll(db, sql: sql, arguments: arguments).map(Run.init)
        }
    }

    public func run(_ id: RunID) async throws(StoreError) -> Run {
        try await read { try $0.run(id) }
    }

    public func anomalies(of run: RunID) async throws(StoreError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT anomaly FROM run_anomalies WHERE run_id = ? ORDER BY id", arguments: [run])
        }
    }

    public func cursor(connection: String, stream: String) async throws(StoreError) -> String? {
        try await read { db in
            try String.fetchOne(
                db, sql: "SELECT cursor FROM streams WHERE connection = ? AND stream = ?",
                arguments: [connection, stream])
        }
    }

    private func claim(connection: String, stream: String) async throws(StoreError) -> RunClaims.Claim {
        let id = try await write { try $0.streamID(connection: connection, stream: stream) }
        return try claims.claim(streamID: id, connection: connection, stream: stream)
    }
}

extension Database {
    /// Marks runs of a stream that a killed process left behind.
    func interruptRuns(ofStream id: Int64, now: Int64) throws {
        try execute(
            sql: "UPDATE runs SET state = 'interrupted', finished = ? WHERE stream_id = ? AND state = 'running'",
            arguments: [now, id])
    }

    /// One run.
    func run(_ id: RunID) throws -> Run {
        guard let row = try Row.fetchOne(self, sql: "\(Run.select) WHERE runs.id = ?", arguments: [id]) else {
            throw StoreError.notFound("run \(id)")
        }
        return try Run(row)
    }

    /// The number of a stream, which it is given when it is first met.
    fileprivate func streamID(connection: String, stream: String) throws -> Int64 {
        let find = "SELECT id FROM streams WHERE connection = ? AND stream = ?"
        if let id = try Int64.fetchOne(self, sql: find, arguments: [connection, stream]) { return id }
        try execute(sql: "INSERT INTO streams (connection, stream) VALUES (?, ?)", arguments: [connection, stream])
        return lastInsertedRowID
    }
}

extension Run {
    static let select =
        "SELECT runs.*, streams.connection, streams.stream FROM runs JOIN streams ON streams.id = runs.stream_id"

    init(_ row: Row) throws {
        let finished: Int64? = try row.decode(forColumn: "finished")
        try self.init(
            id: row.decode(forColumn: "id"), connection: row.decode(forColumn: "connection"),
            stream: row.decode(forColumn: "stream"), started: Timestamp(microseconds: row.decode(forColumn: "started")),
            finished: finished.map { Timestamp(microseconds: $0) }, state: row.decodeName(forColumn: "state"),
            counters: RunCounters(row), message: row.decode(forColumn: "message"),
            sourceCount: row.decode(forColumn: "source_count"), gate: row.decodeOptionalName(forColumn: "gate"),
            cursorBefore: row.decode(forColumn: "cursor_before"),
            isPushed: row.decode(forColumn: "is_pushed"))
    }
}

extension RunCounters {
    fileprivate init(_ row: Row) throws {
        self.init()
        pages = try row.decode(forColumn: "pages")
        inserted = try row.decode(forColumn: "inserted")
        updated = try row.decode(forColumn: "updated")
        unchanged = try row.decode(forColumn: "unchanged")
        deleted = try row.decode(forColumn: "deleted")
        older = try row.decode(forColumn: "older")
        rejected = try row.decode(forColumn: "rejected")
        gone = try row.decode(forColumn: "gone")
    }
}

extension Row {
    /// One of the names of an enumeration; nil where the column is empty.
    func decodeOptionalName<Name: RawRepresentable<String>>(forColumn column: String) throws -> Name? {
        let text: String? = try decode(forColumn: column)
        return text == nil ? nil : try decodeName(forColumn: column)
    }

    /// One of the names of an enumeration.
    func decodeName<Name: RawRepresentable<String>>(forColumn column: String) throws -> Name {
        let text: String = try decode(forColumn: column)
        guard let name = Name(rawValue: text) else {
            throw StoreError.damaged(reason: "the column \(column) holds \"\(text)\"")
        }
        return name
    }
}
