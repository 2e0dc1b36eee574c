internal import GRDB
internal import Indicators
internal import Synchronization

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
    private let run: RunID
    private let generation: Int64
    /// How many more may be noted.
    private let room: Int
    private let noteNew, noteBefore: PreparedStatement
    /// Notes rows of a type as they are; a condition follows.
    private let noteRows: String

    /// Where the statements have what is the same for a whole run; the places before are the conditions'.
    private enum Place {
        static let run: Int32 = 1
        static let key: Int32 = 2
        static let generation: Int32 = 7
        static let room: Int32 = 8
    }

    /// Nil where all values of the type are to be computed again anyway.
    init?(_ run: RunID, _ table: EvidenceTable, in db: Database) throws {
        (self.db, self.run) = (db, run)
        recordType = table.layout.type.name
        let sql = "SELECT generation + 1 AS next, is_whole, noted FROM stale_marks WHERE record_type = ?"
        let mark = try Row.fetchOne(db, sql: sql, arguments: [recordType])
        guard let mark, try !mark.decode(Bool.self, forColumn: "is_whole") else { return nil }
        room = try max(0, Self.mostNoted - mark.decode(forColumn: "noted"))
        generation = try mark.decode(forColumn: "next")
        noteNew = try PreparedStatement(table.noteTouched, in: db)
        noteRows = table.noteBefore
        noteBefore = try PreparedStatement(
            "\(noteRows) _connection = ?2 AND _stream = ?3 AND _external_id = ?4", in: db)
        for statement in [noteNew, noteBefore] { try bindRun(statement) }
    }

    private func bindRun(_ statement: PreparedStatement) throws {
        try statement.bind(run, Place.run)
        try statement.bind(generation, Place.generation)
    }

    /// Notes a record that was not there before; `changes` are those of the run so far.
    func noteNew(_ key: EvidenceReference, _ changes: PageOutcome) throws { try note(key, noteNew, changes) }

    /// Notes a record as it is, before it is changed.
    func noteBefore(_ key: EvidenceReference, _ changes: PageOutcome) throws { try note(key, noteBefore, changes) }

    private func note(_ key: EvidenceReference, _ statement: PreparedStatement, _ changes: PageOutcome) throws {
        guard changes.touched < room else { return }
        try statement.bind(key, from: Place.key)
        try statement.run()
    }

    /// Notes the rows that fulfil a condition, before they are changed; `bind` gives the condition's statement what it
    /// wants of ?1, the run, to ?6.
    func noteBefore(where condition: String, _ bind: (PreparedStatement) throws -> Void) throws {
        let statement = try PreparedStatement("\(noteRows) \(condition) LIMIT ?8", in: db)
        try bind(statement)
        try bindRun(statement)
        try statement.bind(Int64(room), Place.room)
        try statement.run()
    }

    /// Marks what is to be computed again after so many changes.
    func mark(changes: Int) throws {
        if changes <= room { try db.markTouched(recordType, noted: changes) } else { try db.markStale([recordType]) }
    }
}

extension PageOutcome {
    /// Records that are stored otherwise than before.
    var touched: Int { inserted + updated + deleted }
}

extension EvidenceTable {
    fileprivate var noteTouched: String {
        """
        INSERT OR IGNORE INTO touched_records (record_type, generation, connection, stream, external_id, run_id)
        VALUES ('\(layout.type.name)', ?7, ?2, ?3, ?4, ?1)
        """
    }

    fileprivate var noteBefore: String {
        """
        INSERT OR IGNORE INTO touched_records
            (record_type, generation, connection, stream, external_id, run_id, hash, before, columns)
        SELECT '\(layout.type.name)', ?7, _connection, _stream, _external_id, ?1, _content_hash,
            \(KeptColumns.array(kept)), \(orderOfKept)
        FROM "\(sqlName)" WHERE
        """
    }

    /// Whether a touched record was noted in another order of the fields than they have now: a note does not tell what
    /// fields held that the type did not have then.
    fileprivate var isNotedOtherwise: String {
        """
        EXISTS (SELECT 1 FROM touched_records WHERE record_type = '\(layout.type.name)' AND before IS NOT NULL
            AND columns IS NOT \(orderOfKept))
        """
    }

    /// What touched records were like before, each time that they were touched in the order of now.
    fileprivate var touchedBefore: String {
        let columns = kept.indices.map { "json_extract(before, '$[\($0)]')" }.joined(separator: ", ")
        return """
            SELECT connection, stream, external_id, hash, \(columns) FROM touched_records
            WHERE record_type = '\(layout.type.name)' AND before IS NOT NULL AND columns IS \(orderOfKept)
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
        let tables = tables.withLock { $0 }
        return try await read { db in
            // What is held by the gate, or awaits it, makes what was before a longer story than touched records tell.
            let sql = """
                SELECT record_type, generation, is_whole OR \(Database.isUnjudged("stale_marks.record_type"))
                    OR \(Database.wasHeld("stale_marks.record_type")) AS whole
                FROM stale_marks WHERE is_set = 1 ORDER BY record_type
                """
            return try Row.fetchAll(db, sql: sql).map { row in
                let type: String = try row.decode(forColumn: "record_type")
                let isOtherwise = try tables[type].map {
                    try Bool.fetchOne(db, sql: "SELECT \($0.isNotedOtherwise)") ?? false
                }
                return try StaleMark(
                    recordType: type, generation: row.decode(forColumn: "generation"),
                    isWhole: row.decode(forColumn: "whole") || isOtherwise == true)
            }
        }
    }

    public func touchedStates(of recordType: String) async throws(StoreError) -> [Evidence] {
        let table = try table(recordType)
        return try await read { db in
            let rows = try EvidenceEffect(.inEffect, db).rows(of: table, db)
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
                ON CONFLICT (record_type) DO UPDATE SET generation = generation + 1, is_set = 1, is_whole = 1, noted = 0
                """)
        let forget = try cachedStatement(sql: "DELETE FROM touched_records WHERE record_type = ?")
        for type in recordTypes.sorted() {
            try statement.execute(arguments: [type])
            try forget.execute(arguments: [type])
        }
    }

    /// Marks a record type of which the values are to be computed again that its touched records count for; every value,
    /// where the type is met for the first time. No more than `noted` have been noted.
    func markTouched(_ recordType: String, noted: Int) throws {
        try cachedStatement(
            sql: """
                INSERT INTO stale_marks (record_type, generation, is_set, is_whole) VALUES (?1, 1, 1, 1)
                ON CONFLICT (record_type) DO UPDATE SET generation = generation + 1, is_set = 1, noted = noted + ?2
                """
        ).execute(arguments: [recordType, noted])
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
                UPDATE stale_marks SET is_set = is_set AND generation <> ?2,
                    is_whole = is_whole AND (generation <> ?2 OR \(Self.isUnjudged("stale_marks.record_type"))),
                    noted = (SELECT COUNT(*) FROM touched_records WHERE record_type = ?1)
                WHERE record_type = ?1
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
    static func isUnjudged(_ type: String) -> String {
        """
        EXISTS (SELECT 1 FROM runs JOIN streams ON streams.id = runs.stream_id
            WHERE gate IN ('pending', 'held') AND (coalesce(runs.record_type, streams.record_type, \(type)) = \(type)
                OR EXISTS (SELECT 1 FROM run_changes WHERE run_id = runs.id AND run_changes.record_type = \(type))))
        """
    }

    /// Whether a touched record of a type was held by itself before it was touched: it was not in effect as it is noted.
    ///
    /// What is held of records that nothing has touched, or was and stands nowhere any more, is no such case.
    fileprivate static func wasHeld(_ type: String) -> String {
        """
        EXISTS (SELECT 1 FROM touched_records JOIN held_records
            USING (record_type, connection, stream, external_id, hash) WHERE touched_records.record_type = \(type))
        """
    }
}
