internal import GRDB
internal import Indicators

/// Notes which records of a type a run touches, and how they were before, so that only the values that they count for
/// need be computed again.
///
/// Where more are touched than are worth noting, the type is marked as a whole; then nothing is noted until its values
/// have been computed.
struct TouchedRecords {
    /// So many touched records of a type are noted at most.
    static let mostNoted = 5_000

    private let db: Database
    private let recordType: String
    /// How many more may be noted.
    private let room: Int
    private let noteNew, noteBefore: PreparedStatement
    /// Notes rows of a type as they are; a condition follows.
    private let noteRows: String

    /// Nil where all values of the type are to be computed again anyway.
    init?(_ run: RunID, _ table: EvidenceTable, in db: Database) throws {
        self.db = db
        recordType = table.layout.type.name
        let mark = try Row.fetchOne(
            db,
            sql: """
                SELECT generation + 1 AS next, is_whole,
                    (SELECT COUNT(*) FROM touched_records WHERE record_type = ?1) AS noted
                FROM stale_marks WHERE record_type = ?1
                """, arguments: [recordType])
        guard let mark, try !mark.decode(Bool.self, forColumn: "is_whole") else { return nil }
        room = try Self.mostNoted - mark.decode(forColumn: "noted")
        let next: Int64 = try mark.decode(forColumn: "next")
        noteNew = try PreparedStatement(table.noteTouched(generation: next, run: run), in: db)
        noteRows = table.noteBefore(generation: next, run: run)
        noteBefore = try PreparedStatement(
            "\(noteRows) _connection = ? AND _stream = ? AND _external_id = ?", in: db)
    }

    /// Notes a record that was not there before; `changes` are those of the run so far.
    func noteNew(_ key: EvidenceReference, _ changes: PageOutcome) throws { try note(key, noteNew, changes) }

    /// Notes a record as it is, before it is changed.
    func noteBefore(_ key: EvidenceReference, _ changes: PageOutcome) throws { try note(key, noteBefore, changes) }

    private func note(_ key: EvidenceReference, _ statement: PreparedStatement, _ changes: PageOutcome) throws {
        guard changes.touched < room else { return }
        try statement.bind(key)
        try statement.run()
    }

    /// The statement that notes the rows that fulfil a condition, before they are changed.
    func noteBefore(where condition: String) -> String { "\(noteRows) \(condition) LIMIT \(max(0, room))" }

    /// Marks what is to be computed again after so many changes.
    func mark(changes: Int) throws {
        if changes <= room { try db.markTouched(recordType) } else { try db.markStale([recordType]) }
    }
}

extension PageOutcome {
    /// Records that are stored otherwise than before.
    var touched: Int { inserted + updated + deleted }
}

extension EvidenceTable {
    fileprivate func noteTouched(generation: Int64, run: RunID) -> String {
        """
        INSERT OR IGNORE INTO touched_records (record_type, generation, connection, stream, external_id, run_id)
        VALUES ('\(layout.type.name)', \(generation), ?, ?, ?, \(run))
        """
    }

    fileprivate func noteBefore(generation: Int64, run: RunID) -> String {
        """
        INSERT OR IGNORE INTO touched_records
            (record_type, generation, connection, stream, external_id, run_id, hash, before)
        SELECT '\(layout.type.name)', \(generation), _connection, _stream, _external_id, \(run), _content_hash,
            json_array(\(kept.joined(separator: ", ")))
        FROM "\(sqlName)" WHERE
        """
    }

    /// What touched records were like before, each time that they were touched.
    fileprivate var touchedBefore: String {
        let columns = kept.indices.map { "json_extract(before, '$[\($0)]')" }.joined(separator: ", ")
        return """
            SELECT connection, stream, external_id, hash, \(columns) FROM touched_records
            WHERE record_type = '\(layout.type.name)' AND before IS NOT NULL
            """
    }

    /// What touched records are like now; `rows` is what is read from.
    fileprivate func touchedNow(_ rows: String) -> String {
        let columns = (["_connection", "_stream", "_external_id", "_content_hash"] + kept)
            .map { "now.\($0)" }.joined(separator: ", ")
        return """
            SELECT \(columns) FROM (
                SELECT DISTINCT connection, stream, external_id FROM touched_records
                WHERE record_type = '\(layout.type.name)') AS touched
            JOIN \(rows) AS now ON now._connection = touched.connection AND now._stream = touched.stream
                AND now._external_id = touched.external_id
            """
    }
}

// The protocol says what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func staleMarks() async throws(StoreError) -> [StaleMark] {
        try await read { db in
            // What is held by the gate, or awaits it, makes what was before a longer story than touched records tell.
            let sql = """
                SELECT record_type, generation, is_whole OR \(Database.isUnjudged("stale_marks.record_type"))
                    OR EXISTS (SELECT 1 FROM held_records WHERE held_records.record_type = stale_marks.record_type)
                    AS whole
                FROM stale_marks WHERE is_set = 1 ORDER BY record_type
                """
            return try Row.fetchAll(db, sql: sql).map {
                try StaleMark(
                    recordType: $0.decode(forColumn: "record_type"), generation: $0.decode(forColumn: "generation"),
                    isWhole: $0.decode(forColumn: "whole"))
            }
        }
    }

    public func touchedStates(of recordType: String) async throws(StoreError) -> [Evidence] {
        let table = try table(recordType)
        return try await read { db in
            let rows = try EvidenceEffect(.inEffect, db).rows(of: table)
            let states = try [table.touchedBefore, table.touchedNow(rows)].flatMap {
                try table.all(PreparedStatement($0, in: db))
            }
            return states.filter { $0.state == .live }
        }
    }
}

extension Database {
    /// Marks record types of which every value is to be computed again.
    func markStale(_ recordTypes: Set<String>) throws {
        let statement = try cachedStatement(
            sql: """
                INSERT INTO stale_marks (record_type, generation, is_set, is_whole) VALUES (?, 1, 1, 1)
                ON CONFLICT (record_type) DO UPDATE SET generation = generation + 1, is_set = 1, is_whole = 1
                """)
        let forget = try cachedStatement(sql: "DELETE FROM touched_records WHERE record_type = ?")
        for type in recordTypes.sorted() {
            try statement.execute(arguments: [type])
            try forget.execute(arguments: [type])
        }
    }

    /// Marks a record type of which the values are to be computed again that its touched records count for; every value,
    /// where the type is met for the first time.
    func markTouched(_ recordType: String) throws {
        try cachedStatement(
            sql: """
                INSERT INTO stale_marks (record_type, generation, is_set, is_whole) VALUES (?, 1, 1, 1)
                ON CONFLICT (record_type) DO UPDATE SET generation = generation + 1, is_set = 1
                """
        ).execute(arguments: [recordType])
    }

    /// Clears marks that nothing has set again since they were read.
    ///
    /// What runs have touched that were not judged yet stays noted: no value was computed from it.
    func clearStale(_ marks: [StaleMark]) throws {
        let forget = try cachedStatement(
            sql: """
                DELETE FROM touched_records WHERE record_type = ? AND generation <= ?
                AND run_id NOT IN (SELECT id FROM runs WHERE gate = 'pending')
                """)
        let clear = try cachedStatement(
            sql: """
                UPDATE stale_marks SET is_set = 0, is_whole = is_whole AND \(Self.isUnjudged("stale_marks.record_type"))
                WHERE record_type = ? AND generation = ?
                """)
        for mark in marks {
            try forget.execute(arguments: [mark.recordType, mark.generation])
            try clear.execute(arguments: [mark.recordType, mark.generation])
        }
    }

    /// Marks again what a run has touched that is in effect from now on: a publication may have cleared its mark before.
    func markJudged(_ run: RunID, _ recordType: String) throws {
        try execute(
            sql: """
                UPDATE stale_marks SET generation = generation + 1, is_set = 1 WHERE record_type = ?1
                AND (is_whole = 1 OR EXISTS (SELECT 1 FROM touched_records WHERE record_type = ?1 AND run_id = ?2))
                """, arguments: [recordType, run])
    }

    /// Whether a run that may have changed records of a type is held or not judged yet.
    fileprivate static func isUnjudged(_ type: String) -> String {
        """
        EXISTS (SELECT 1 FROM runs JOIN streams ON streams.id = runs.stream_id
            WHERE gate IN ('pending', 'held') AND coalesce(runs.record_type, streams.record_type, \(type)) = \(type))
        """
    }
}
