internal import Expressions
internal import GRDB

/// The table of what systems have sent, by the hour.
enum PushedHours {
    static let table = """
        CREATE TABLE pushed_hours (
            connection TEXT NOT NULL,
            hour INTEGER NOT NULL,
            events INTEGER NOT NULL DEFAULT 0,
            used INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (connection, hour)
        ) STRICT, WITHOUT ROWID;
        """

    /// What the events of the inbox tell.
    static let ofInbox = """
        INSERT INTO pushed_hours (connection, hour, events)
        SELECT connection, received / \(microseconds), COUNT(*) FROM inbox GROUP BY 1, 2
        """

    private static let microseconds: Int64 = 3_600_000_000

    static func hour(of microseconds: Int64) -> Int64 { microseconds / Self.microseconds }

    static func start(of hour: Int64) -> Timestamp { Timestamp(microseconds: hour * microseconds) }
}

extension Database {
    /// Counts events that have come for a connection in an hour.
    func countPushed(_ connection: String, hour: Int64, events: Int) throws {
        try cachedStatement(
            sql: """
                INSERT INTO pushed_hours (connection, hour, events) VALUES (?1, ?2, ?3)
                ON CONFLICT DO UPDATE SET events = events + excluded.events
                """
        ).execute(arguments: [connection, hour, events])
    }

    /// Counts what a run has made of events, in the hour of its end.
    func countUsed(by run: RunID, hour: Int64) throws {
        try cachedStatement(
            sql: """
                INSERT INTO pushed_hours (connection, hour, used, rejected)
                SELECT connection, ?2, inserted + updated + unchanged + runs.rejected, runs.rejected
                FROM runs JOIN streams ON streams.id = stream_id
                WHERE runs.id = ?1 AND is_pushed = 1 AND inserted + updated + unchanged + runs.rejected > 0
                ON CONFLICT DO UPDATE SET used = used + excluded.used, rejected = rejected + excluded.rejected
                """
        ).execute(arguments: [run, hour])
    }

    /// The latest hours of each connection in which something was sent or used, in their order.
    func pushedHours(limit: Int) throws -> [PushedHour] {
        let connections = try String.fetchAll(
            self, sql: "SELECT DISTINCT connection FROM pushed_hours ORDER BY connection")
        return try connections.flatMap { connection in
            let sql = "SELECT * FROM pushed_hours WHERE connection = ? ORDER BY hour DESC LIMIT ?"
            return try Row.fetchAll(self, sql: sql, arguments: [connection, limit]).reversed().map { row in
                try PushedHour(
                    connection: connection, start: PushedHours.start(of: row.decode(forColumn: "hour")),
                    events: row.decode(forColumn: "events"), used: row.decode(forColumn: "used"),
                    rejected: row.decode(forColumn: "rejected"))
            }
        }
    }
}

// The protocol says what it does.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func pushedHours() async throws(StoreError) -> [PushedHour] {
        try await read { try $0.pushedHours(limit: PushedHour.mostRead) }
    }
}
