public import Expressions
internal import Foundation
internal import GRDB

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func keep(_ arrival: DeviceArrival) async throws(StoreError) -> Int {
        try await deviceCommits.add(try SealedDeviceArrival(arrival, keys: configuration.keys))
    }

    public func stamp(of serial: String, at connection: String) async throws(StoreError) -> String? {
        try await read { db in
            try String?.fetchOne(
                db, sql: "SELECT stamp FROM devices WHERE connection = ? AND serial = ?",
                arguments: [connection, serial]) ?? nil
        }
    }

    public func note(_ contacts: [DeviceContact]) async throws(StoreError) {
        guard !contacts.isEmpty else { return }
        try await write { db in
            for contact in contacts {
                try db.noteCall(of: contact.serial, at: contact.connection, contact.called.microseconds, stamp: nil)
            }
        }
    }

    public func deviceContacts(of connection: String?) async throws(StoreError) -> [DeviceContact] {
        try await read { try $0.deviceContacts(of: connection) }
    }

    public func lastDeviceEntry(of connection: String) async throws(StoreError) -> DeviceEntryNumber {
        try await read { db in
            let sql = "SELECT number FROM device_entries WHERE connection = ? ORDER BY number DESC LIMIT 1"
            return try Int64.fetchOne(db, sql: sql, arguments: [connection]) ?? 0
        }
    }

    public func deviceEntries(
        of connection: String, in numbers: Range<DeviceEntryNumber>, placed: Range<Timestamp>?, limit: Int
    ) async throws(StoreError) -> [KeptDeviceEntry] {
        // The plus keeps a few days' entries from being looked for among all.
        let condition = placed == nil ? "number >= ?2 AND number < ?3" : "+number >= ?2 AND +number < ?3"
        let span = placed == nil ? "" : "AND placed >= ?5 AND placed < ?6"
        let order = placed == nil ? "number" : "+number"
        var arguments: StatementArguments = [connection, numbers.lowerBound, numbers.upperBound, limit]
        if let placed { arguments += [placed.lowerBound.microseconds, placed.upperBound.microseconds] }
        return try await entries(
            "SELECT * FROM device_entries WHERE connection = ?1 AND \(condition) \(span) ORDER BY \(order) LIMIT ?4",
            arguments)
    }

    public func deviceEntries(
        of connection: String, account: String, placed: Range<Timestamp>
    ) async throws(StoreError) -> [KeptDeviceEntry] {
        let code = DeviceTables.code(of: "account", account, in: connection, configuration.keys)
        return try await entries(
            """
            SELECT * FROM device_entries WHERE connection = ? AND account = ? AND placed >= ? AND placed < ?
            ORDER BY number
            """,
            [connection, Data(code), placed.lowerBound.microseconds, placed.upperBound.microseconds])
    }

    private func entries(
        _ sql: String, _ arguments: StatementArguments
    ) async throws(StoreError) -> [KeptDeviceEntry] {
        let rows = try await read { db in
            try Row.fetchAll(db, sql: sql, arguments: arguments).map(SealedDeviceEntry.init)
        }
        return try rows.map { row throws(StoreError) in try row.open(configuration.keys) }
    }

    public func deviceEntriesKeptSince(of connection: String) async throws(StoreError) -> Timestamp? {
        try await read { try $0.deviceEntriesKeptSince(connection).map { Timestamp(microseconds: $0) } }
    }

    public func connectionsWithDeviceEntries() async throws(StoreError) -> [String] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT connection FROM device_entries ORDER BY connection")
        }
    }

    public func deleteDeviceEntries(
        of connection: String, before moment: Timestamp, isPreview: Bool, actor: String
    ) async throws(StoreError) -> Int {
        let condition = "FROM device_entries WHERE connection = ? AND placed < ?"
        let arguments: StatementArguments = [connection, moment.microseconds]
        if isPreview {
            return try await read {
                try Int.fetchOne($0, sql: "SELECT COUNT(*) \(condition)", arguments: arguments) ?? 0
            }
        }
        let audit = auditWriter
        return try await write { db in
            try db.execute(sql: "DELETE \(condition)", arguments: arguments)
            let count = db.changesCount
            guard count > 0 else { return 0 }
            try db.execute(
                sql: """
                    INSERT INTO device_logs (connection, kept_since) VALUES (?, ?)
                    ON CONFLICT DO UPDATE SET kept_since = max(kept_since, excluded.kept_since)
                    """, arguments: arguments)
            try audit.append(
                db, actor: actor, action: "devices.expired",
                detail: [
                    "connection": .string(connection), "before": .string(moment.rfc3339),
                    "count": .integer(Int64(count)),
                ])
            return count
        }
    }
}

extension DatabasePool {
    /// What puts entries of devices on disk. A request holds thousands of them at most.
    func deviceCommits(patience: Duration) -> SharedCommits<SealedDeviceArrival, Int> {
        SharedCommits(self, patience: patience, mostShared: 50) { arrivals, db in
            let writer = try DeviceWriter(db)
            return try arrivals.map { try writer.add($0) }
        }
    }
}

/// Writes what devices tell, within a transaction.
struct DeviceWriter {
    private let db: Database
    private let insert: PreparedStatement

    init(_ db: Database) throws {
        self.db = db
        insert = try PreparedStatement(
            """
            INSERT INTO device_entries (connection, key, serial, account, placed, received, contents)
            VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, in: db)
    }

    /// How many entries were new.
    func add(_ arrival: SealedDeviceArrival) throws -> Int {
        let start = try db.deviceEntriesKeptSince(arrival.connection) ?? .min
        var count = 0
        for entry in arrival.entries where entry.placed >= start {
            try insert.bind(arrival.connection, 1)
            try insert.bind(entry.key, 2)
            try insert.bind(arrival.serial, 3)
            if let account = entry.account { try insert.bind(account, 4) } else { try insert.bindNull(4) }
            try insert.bind(entry.placed, 5)
            try insert.bind(entry.received, 6)
            try insert.bind(entry.contents, 7)
            try insert.run()
            count += insert.changedRows
        }
        try db.noteCall(of: arrival.serial, at: arrival.connection, arrival.received, stamp: arrival.stamp)
        return count
    }
}

extension Database {
    fileprivate func noteCall(of serial: String, at connection: String, _ moment: Int64, stamp: String?) throws {
        try cachedStatement(
            sql: """
                INSERT INTO devices (connection, serial, stamp, called) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET stamp = coalesce(excluded.stamp, stamp), called = max(called, excluded.called)
                """
        ).execute(arguments: [connection, serial, stamp, moment])
    }

    fileprivate func deviceEntriesKeptSince(_ connection: String) throws -> Int64? {
        try Int64.fetchOne(
            self, sql: "SELECT kept_since FROM device_logs WHERE connection = ?", arguments: [connection])
    }

    /// The devices that have called, of a connection or of all.
    func deviceContacts(of connection: String? = nil) throws -> [DeviceContact] {
        let sql = "SELECT * FROM devices WHERE ?1 IS NULL OR connection = ?1 ORDER BY connection, serial"
        return try Row.fetchAll(self, sql: sql, arguments: [connection]).map { row in
            try DeviceContact(
                connection: row.decode(forColumn: "connection"), serial: row.decode(forColumn: "serial"),
                called: Timestamp(microseconds: row.decode(forColumn: "called")))
        }
    }
}
