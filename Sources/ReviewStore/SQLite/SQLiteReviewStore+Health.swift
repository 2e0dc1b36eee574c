internal import Expressions
internal import GRDB
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func health() async throws(StoreError) -> StoreHealth {
        let tables = tables.withLock { $0.values.map(\.self) }
        return try await read { db in
            StoreHealth(
                schema: try Migrations.all.appliedMigrations(db), streams: try db.streamHealth(),
                rejects: try db.waiting("COUNT(*), MIN(created) FROM dead_letters WHERE state = 'open'"),
                holds: try db.waiting("COUNT(*), MIN(created) FROM holds WHERE state = 'open'"),
                unmatchedAccounts: try db.waiting(
                    """
                    COUNT(*), NULL FROM (SELECT DISTINCT connection, account FROM accounts
                    WHERE state IN ('unresolved', 'ambiguous'))
                    """),
                newestEvidence: try db.moment("SELECT MAX(newest) FROM runs"),
                lastActivity: try db.moment(
                    "SELECT MAX((SELECT MAX(started) FROM runs), coalesce((SELECT MAX(time) FROM audit), 0))"),
                staleTypes: try String.fetchAll(
                    db, sql: "SELECT record_type FROM stale_marks WHERE is_set = 1 ORDER BY record_type"),
                streamsWithRecords: Set(try tables.flatMap { try db.streamsWithRecords(in: $0) }).sorted(),
                pushed: try db.pushedHours(limit: PushedHour.mostRead), inbox: try db.inboxDepths(),
                untaken: try db.inboxUntaken(), alarms: try db.alarms(),
                outbox: try db.outboxDepths(), sinks: try db.sinkStates(), directories: try db.directoryStates(),
                devices: try db.deviceContacts())
        }
    }
}

extension Database {
    /// How many things wait, and since when: the two columns of a query.
    fileprivate func waiting(_ query: String) throws -> Waiting {
        guard let row = try Row.fetchOne(self, sql: "SELECT \(query)") else { return Waiting(count: 0, since: nil) }
        let since = try row.decode(Int64?.self, atIndex: 1)
        return Waiting(count: try row.decode(atIndex: 0), since: since.map { Timestamp(microseconds: $0) })
    }

    fileprivate func moment(_ query: String) throws -> Timestamp? {
        try Int64.fetchOne(self, sql: query).map { Timestamp(microseconds: $0) }
    }

    /// The runs that read sources, and imports; not the replays of rejects, which the gate is not asked about.
    fileprivate func streamHealth() throws -> [StreamHealth] {
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT MAX(runs.id) AS last, MAX(CASE WHEN state = 'succeeded' THEN started END) AS good
                FROM streams JOIN runs ON runs.stream_id = streams.id WHERE gate IS NOT NULL OR message IS NULL
                GROUP BY streams.id ORDER BY connection, stream
                """)
        return try rows.map { row in
            let run = try run(row.decode(forColumn: "last"))
            let good: Int64? = try row.decode(forColumn: "good")
            return StreamHealth(
                connection: run.connection, stream: run.stream, last: run,
                lastGood: good.map { Timestamp(microseconds: $0) })
        }
    }
}
