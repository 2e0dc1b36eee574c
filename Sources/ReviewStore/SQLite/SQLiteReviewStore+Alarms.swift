internal import Expressions
internal import GRDB

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func raise(_ alarms: [Alarm]) async throws(StoreError) {
        guard !alarms.isEmpty else { return }
        try await write { db in
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO alarms (connection, kind, detail, count, first, last) VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET count = count + excluded.count, first = min(first, excluded.first),
                        last = max(last, excluded.last)
                    """)
            for alarm in alarms {
                try statement.execute(arguments: [
                    alarm.connection, alarm.kind.rawValue, alarm.detail, alarm.count, alarm.first.microseconds,
                    alarm.last.microseconds,
                ])
            }
        }
    }

    public func alarms() async throws(StoreError) -> [Alarm] {
        try await read { try $0.alarms() }
    }

    public func clearAlarms(of connection: String?, actor: String) async throws(StoreError) -> Int {
        let audit = auditWriter
        return try await write { db in
            try db.execute(
                sql: "DELETE FROM alarms WHERE ?1 IS NULL OR connection = ?1", arguments: [connection])
            let count = db.changesCount
            guard count > 0 else { return 0 }
            var detail: [String: StoredJSON] = ["count": .integer(Int64(count))]
            if let connection { detail["connection"] = .string(connection) }
            try audit.append(db, actor: actor, action: "alarms.cleared", detail: detail)
            return count
        }
    }
}

extension Database {
    /// All alarms, the newest first.
    func alarms() throws -> [Alarm] {
        let sql = "SELECT * FROM alarms ORDER BY last DESC, connection, kind, detail"
        return try Row.fetchAll(self, sql: sql).map { row in
            try Alarm(
                connection: row.decode(forColumn: "connection"), kind: row.decodeName(forColumn: "kind"),
                detail: row.decode(forColumn: "detail"), count: row.decode(forColumn: "count"),
                first: Timestamp(microseconds: row.decode(forColumn: "first")),
                last: Timestamp(microseconds: row.decode(forColumn: "last")))
        }
    }
}
