internal import Expressions
internal import Foundation
internal import GRDB
public import Indicators
internal import OpenSSLCrypto
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func expiredEvidence() async throws(StoreError) -> [ExpiredEvidence] {
        try await read { db in
            let sql = """
                SELECT record_type, before_day,
                    (SELECT COUNT(*) FROM expired_records WHERE record_type = expired_types.record_type) AS records
                FROM expired_types ORDER BY record_type
                """
            return try Row.fetchAll(db, sql: sql).map { row in
                ExpiredEvidence(
                    recordType: try row.decode(forColumn: "record_type"),
                    before: Day(sinceEpoch: try row.decode(forColumn: "before_day")),
                    records: try row.decode(forColumn: "records"))
            }
        }
    }

    public func expiredSubjects() async throws(StoreError) -> [String: Set<Subject>] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT indicator_id, subject_kind, subject_id FROM expired_subjects")
            return try rows.reduce(into: [:]) { subjects, row in
                let indicator: String = try row.decode(forColumn: "indicator_id")
                try subjects[indicator, default: []].insert(
                    Subject(kind: row.decodeName(forColumn: "subject_kind"), id: row.decode(forColumn: "subject_id")))
            }
        }
    }

    public func heldRecords(of recordType: String) async throws(StoreError) -> Set<EvidenceReference> {
        let table = try table(recordType)
        return try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT held.connection, held.stream, held.external_id
                    FROM held_records AS held JOIN "\(table.sqlName)" AS row
                        ON row._connection = held.connection AND row._stream = held.stream
                        AND row._external_id = held.external_id AND row._content_hash = held.hash
                    WHERE held.record_type = ?
                    """, arguments: [recordType])
            return try rows.reduce(into: []) { keys, row in
                try keys.insert(
                    EvidenceReference(
                        connection: row.decode(forColumn: "connection"), stream: row.decode(forColumn: "stream"),
                        externalID: row.decode(forColumn: "external_id")))
            }
        }
    }

    public func expire(
        _ records: [ExpiringRecord], of recordType: String, before: Day?, actor: String
    ) async throws(StoreError) -> Int {
        let (table, audit) = (try table(recordType), auditWriter)
        let names = GoneNames(key: configuration.keys.audit, recordType: recordType)
        return try await write { db in
            try db.refuseWaiting(recordType)
            let expiry = try Expiry(table, names: names, now: audit.now().microseconds, in: db)
            let deleted = try records.filter { try expiry.delete($0) }
            let count = deleted.count
            guard count > 0 else { return 0 }
            try db.remember(deleted)
            try db.noteExpired(recordType, before: before ?? Day.readable.lowerBound)
            // What a note holds of a record is no longer kept either: instead of its values, all are computed.
            if try db.notesExpired(table) { try db.markStale([recordType]) }
            try audit.append(
                db, actor: actor, action: "evidence.expired",
                detail: [
                    "type": .string(recordType), "before": before.map { .string("\($0)") } ?? .null,
                    "count": .integer(Int64(count)),
                ])
            return count
        }
    }
}

/// Names expired records by a keyed hash, which tells nobody their ids.
struct ExpiredNames: Sendable {
    private let key: SymmetricKey
    private let recordType: String

    init(key: SymmetricKey, recordType: String) {
        self.key = key.derived(for: "plumbline expired records")
        self.recordType = recordType
    }

    func name(of key: EvidenceReference) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [recordType, key.connection, key.stream, key.externalID] { bytes.append(counted: part) }
        return HMACSHA256.code(for: bytes, key: self.key)
    }
}

/// Deletes records of one type within a transaction.
private struct Expiry {
    private let names: GoneNames
    private let now: Int64
    private let delete, remember, bury: PreparedStatement
    private let forget: [PreparedStatement]

    init(_ table: EvidenceTable, names: GoneNames, now: Int64, in db: Database) throws {
        (self.names, self.now) = (names, now)
        let type = table.layout.type.name
        delete = try PreparedStatement(
            """
            DELETE FROM "\(table.sqlName)"
            WHERE _connection = ?1 AND _stream = ?2 AND _external_id = ?3 AND _content_hash = ?4
                AND NOT EXISTS (SELECT 1 FROM held_records WHERE record_type = '\(type)' AND connection = ?1
                    AND stream = ?2 AND external_id = ?3 AND hash = ?4)
            """, in: db)
        remember = try PreparedStatement(
            """
            INSERT OR REPLACE INTO expired_records (record_type, connection, stream, name, hash)
            VALUES ('\(type)', ?, ?, ?, ?)
            """, in: db)
        bury = try PreparedStatement(
            """
            INSERT OR REPLACE INTO tombstones (connection, stream, name, run_id, version, created)
            SELECT _connection, _stream, ?4, _run_id, _source_version, ?5 FROM "\(table.sqlName)"
            WHERE _connection = ?1 AND _stream = ?2 AND _external_id = ?3 AND _state = 'deleted'
                AND _source_version IS NOT NULL
            """, in: db)
        let runs = """
            run_id IN (SELECT runs.id FROM runs JOIN streams ON streams.id = stream_id
                WHERE connection = ?1 AND stream = ?2) AND external_id = ?3
            """
        forget = try [
            "DELETE FROM run_changes WHERE \(runs) AND record_type = '\(type)'",
            "DELETE FROM impossible_times WHERE \(runs)",
            "DELETE FROM accepted_times WHERE connection = ?1 AND stream = ?2 AND external_id = ?3",
        ].map { try PreparedStatement($0, in: db) }
        self.db = db
    }

    private let db: Database

    /// Deletes a record, unless it has changed or is held by itself; says whether it did.
    ///
    /// That it was deleted at its source is remembered.
    func delete(_ record: ExpiringRecord) throws -> Bool {
        try bury.bind(record.key)
        try bury.bind(names.deleted.name(of: record.key), 4)
        try bury.bind(now, 5)
        try bury.run()
        try delete.bind(record.key)
        try delete.bind(record.contentHash.bytes, 4)
        try delete.run()
        guard db.changesCount > 0 else { return false }
        for statement in forget {
            try statement.bind(record.key)
            try statement.run()
        }
        try remember.bind(record.key.connection, 1)
        try remember.bind(record.key.stream, 2)
        try remember.bind(names.expired.name(of: record.key), 3)
        try remember.bind(record.contentHash.bytes, 4)
        try remember.run()
        return true
    }
}

/// The expired records of a stream, as a page of it meets them.
struct ExpiredRecords {
    private let names: ExpiredNames
    private let claim: RunClaims.Claim
    private let find, forget: PreparedStatement
    private let isEmpty: Bool

    init(_ names: ExpiredNames, of recordType: String, _ claim: RunClaims.Claim, in db: Database) throws {
        self.names = names
        self.claim = claim
        let place = "record_type = ? AND connection = ? AND stream = ?"
        isEmpty =
            try Bool.fetchOne(
                db, sql: "SELECT NOT EXISTS (SELECT 1 FROM expired_records WHERE \(place))",
                arguments: [recordType, claim.connection, claim.stream]) ?? true
        find = try PreparedStatement("SELECT hash FROM expired_records WHERE \(place) AND name = ?", in: db)
        forget = try PreparedStatement("DELETE FROM expired_records WHERE \(place) AND name = ?", in: db)
        for statement in [find, forget] {
            try statement.bind(recordType, 1)
            try statement.bind(claim.connection, 2)
            try statement.bind(claim.stream, 3)
        }
    }

    static let tables = """
        CREATE TABLE expired_types (
            record_type TEXT PRIMARY KEY,
            before_day INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE expired_records (
            record_type TEXT NOT NULL,
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            name BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (record_type, connection, stream, name)
        ) STRICT, WITHOUT ROWID;
        """

    /// Whether a record that is not stored was, held the same, and was deleted when its time was over. One that comes
    /// changed has no time that is over any more.
    func holds(_ record: EncodedRecord) throws -> Bool {
        if isEmpty { return false }
        defer { find.reset() }
        let name = names.name(of: claim.key(record.externalID))
        try find.bind(name, 4)
        guard try find.step() else { return false }
        if find.holds(record.hash, 0) { return true }
        find.reset()
        try forget.bind(name, 4)
        try forget.run()
        return false
    }
}

extension Database {
    fileprivate func noteExpired(_ recordType: String, before: Day) throws {
        try execute(
            sql: """
                INSERT INTO expired_types (record_type, before_day) VALUES (?, ?)
                ON CONFLICT (record_type) DO UPDATE SET before_day = max(before_day, excluded.before_day)
                """, arguments: [recordType, before.sinceEpoch])
    }

    /// Remembers who has zeros because of records that are gone.
    fileprivate func remember(_ records: [ExpiringRecord]) throws {
        let subjects = records.reduce(into: [:]) { $0.merge($1.subjects) { $0.union($1) } }
        let statement = try cachedStatement(
            sql: "INSERT OR IGNORE INTO expired_subjects (indicator_id, subject_kind, subject_id) VALUES (?, ?, ?)")
        for (indicator, subjects) in subjects {
            for subject in subjects {
                try statement.execute(arguments: [indicator, subject.kind.rawValue, subject.id])
            }
        }
    }

    /// Whether a note is kept of a record that is stored no longer.
    fileprivate func notesExpired(_ table: EvidenceTable) throws -> Bool {
        let sql = """
            SELECT EXISTS (SELECT 1 FROM touched_records AS note WHERE record_type = ? AND NOT EXISTS (
                SELECT 1 FROM "\(table.sqlName)" WHERE _connection = note.connection
                    AND _stream = note.stream AND _external_id = note.external_id))
            """
        return try Bool.fetchOne(self, sql: sql, arguments: [table.layout.type.name]) ?? false
    }

    fileprivate func refuseWaiting(_ recordType: String) throws {
        let sql = """
            SELECT \(Self.isUnjudged("?1"))
                OR EXISTS (SELECT 1 FROM holds WHERE state = 'open' AND scope = 'records' AND record_type = ?1)
            """
        guard try Bool.fetchOne(self, sql: sql, arguments: [recordType]) == true else { return }
        throw StoreError.refused(
            reason: "records of the type \(recordType) wait at the quality gate; decide about them first "
                + "('plumbline gate')")
    }
}
