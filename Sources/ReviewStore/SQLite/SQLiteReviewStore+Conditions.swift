internal import Expressions
internal import GRDB

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func streamConditions() async throws(StoreError) -> [StreamCondition] {
        try await read { db in
            try Row.fetchAll(db, sql: Self.conditions).map { row in
                let good: Int64? = try row.decode(forColumn: "good")
                return StreamCondition(
                    connection: try row.decode(forColumn: "connection"), stream: try row.decode(forColumn: "stream"),
                    lastGood: good.map { Timestamp(microseconds: $0) },
                    openRejects: try row.decode(forColumn: "rejects"), openHolds: try row.decode(forColumn: "holds"))
            }
        }
    }

    /// The last good run is found by the index of a stream's runs, backwards: replays of rejects are passed over.
    private static let conditions = """
        SELECT connection, stream,
            (SELECT started FROM runs WHERE stream_id = streams.id AND state = 'succeeded'
                AND (gate IS NOT NULL OR message IS NULL) ORDER BY id DESC LIMIT 1) AS good,
            (SELECT COUNT(*) FROM dead_letters WHERE stream_id = streams.id AND state = 'open') AS rejects,
            (SELECT COUNT(*) FROM holds WHERE stream_id = streams.id AND state = 'open') AS holds
        FROM streams ORDER BY connection, stream
        """

    public func requireWritable() async throws(StoreError) {
        do {
            try await pool.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) { .rollback }
            }
        } catch {
            throw StoreError(error)
        }
    }
}
