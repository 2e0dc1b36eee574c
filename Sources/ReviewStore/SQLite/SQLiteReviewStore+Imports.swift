internal import Expressions
internal import GRDB
internal import Indicators
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func commitImport(
        _ commit: ImportCommit, pages: @escaping @Sendable () throws(StoreError) -> [PageEvent]?,
        keep: @escaping @Sendable (any EvidenceReading) throws(StoreError) -> Bool
    ) async throws(StoreError) -> (import: Int64?, outcome: PageOutcome) {
        let claim = try claims.claim(of: commit.run)
        let table = try table(commit.recordType)
        let encoder = EventEncoder(claim: claim, table: table, sealing: configuration.keys.sealing)
        let (tables, audit) = (tables.withLock { $0 }, auditWriter)
        do {
            return try await pool.write { db in
                let id = try db.insertImport(commit)
                let memory = try ImportMemory(id, table, in: db)
                var writer = try EventWriter(
                    db, claim: claim, run: commit.run, table: table, mappingVersion: commit.mappingVersion,
                    memory: memory)
                var outcome = PageOutcome()
                let now = audit.now().microseconds
                while let events = try pages() { try writer.write(encoder.encode(events), now: now, &outcome) }
                guard try keep(UncommittedEvidence(db: db, tables: tables)) else { throw NotKept(outcome: outcome) }
                try writer.finish(outcome)
                if let matching = commit.matching {
                    try db.saveAccounts(of: claim.connection, markingStale: commit.accountTypes, matching)
                }
                try db.execute(
                    sql: "UPDATE runs SET state = 'succeeded', finished = ? WHERE id = ?", arguments: [now, commit.run])
                try audit.append(
                    db, actor: commit.actor, action: "import",
                    detail: [
                        "import": .integer(id), "run": .integer(commit.run), "digest": .string(commit.file.digest),
                    ])
                return (id, outcome)
            }
        } catch let error as NotKept {
            return (nil, error.outcome)
        } catch {
            throw StoreError(error)
        }
    }

    public func imports(limit: Int) async throws(StoreError) -> [ImportEntry] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM imports ORDER BY id DESC LIMIT ?", arguments: [limit])
            return try rows.map { try ImportEntry($0, run: db.run($0.decode(forColumn: "run_id"))) }
        }
    }

    public func undoImport(
        _ id: Int64, actor: String, allow: @escaping @Sendable (any EvidenceReading) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let (tables, audit) = (tables.withLock { $0 }, auditWriter)
        try await write { db in
            let undo = try ImportUndo(id, tables, in: db)
            try undo.refuseConflicts()
            try undo.restore()
            try allow(UncommittedEvidence(db: db, tables: tables))
            try db.execute(
                sql: "UPDATE imports SET undone = ?, undone_by = ? WHERE id = ?",
                arguments: [audit.now().microseconds, actor, id])
            try audit.append(db, actor: actor, action: "import.undo", detail: ["import": .integer(id)])
        }
    }
}

/// Rolls an import back that was only to be looked at.
private struct NotKept: Error {
    let outcome: PageOutcome
}

/// Keeps rows as they were before an import changed them.
struct ImportMemory {
    private let id: Int64
    private let statement: PreparedStatement

    init(_ id: Int64, _ table: EvidenceTable, in db: Database) throws {
        self.id = id
        statement = try PreparedStatement(table.keepBefore, in: db)
    }

    /// Keeps the row, unless an earlier line of the file has changed it already.
    func keep(_ key: EvidenceReference) throws {
        try statement.bind(id, 1)
        try statement.bind(key, from: 2)
        try statement.run()
    }
}

/// Takes an import back.
private struct ImportUndo {
    private let db: Database
    private let id: Int64
    private let run: Run
    private let table: EvidenceTable

    init(_ id: Int64, _ tables: [String: EvidenceTable], in db: Database) throws {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM imports WHERE id = ?", arguments: [id]) else {
            throw StoreError.notFound("import \(id)")
        }
        if let undone: Int64 = try row.decode(forColumn: "undone") {
            throw StoreError.refused(
                reason: "import \(id) was undone at \(Timestamp(microseconds: undone).rfc3339) already")
        }
        let type: String = try row.decode(forColumn: "record_type")
        guard let table = tables[type] else { throw StoreError.unknownRecordType(type) }
        self.db = db
        self.id = id
        self.table = table
        run = try db.run(row.decode(forColumn: "run_id"))
    }

    /// A record that another run has changed since cannot be restored without losing that change.
    func refuseConflicts() throws {
        let changed = try Row.fetchAll(
            db, sql: table.changedSince, arguments: [run.connection, run.stream, run.id, run.id, id])
        guard let first = changed.first else { return }
        let record: String = try first.decode(forColumn: "_external_id")
        let later: Int64 = try first.decode(forColumn: "_run_id")
        let others = changed.count > 1 ? " and \(changed.count - 1) others" : ""
        throw StoreError.refused(
            reason: "import \(id) cannot be undone: record \(record)\(others) was changed since, by run \(later). "
                + "Undo that first, or import the old file again.")
    }

    func restore() throws {
        try db.execute(sql: table.removeBrought, arguments: [run.connection, run.stream, run.id])
        try db.execute(sql: table.restoreBefore, arguments: [id, run.connection, run.stream])
        try db.execute(
            sql: "UPDATE dead_letters SET state = 'discarded', input = NULL WHERE run_id = ? AND state = 'open'",
            arguments: [run.id])
        try db.markStale([table.layout.type.name])
    }
}

extension EvidenceTable {
    private static let marks = ["_mapping_version", "_source_version", "_run_id", "_first_run_id", "_state"]

    private var kept: [String] { Self.marks + layout.type.fields.map { "\"\($0.name)\"" } }

    /// Keeps a row of an import: `?1` is the import, then the key.
    fileprivate var keepBefore: String {
        """
        INSERT OR IGNORE INTO import_changes (import_id, external_id, hash, before)
        SELECT ?1, _external_id, _content_hash, json_array(\(kept.joined(separator: ", ")))
        FROM "\(sqlName)" WHERE _connection = ?2 AND _stream = ?3 AND _external_id = ?4
            AND _first_run_id <> (SELECT run_id FROM imports WHERE id = ?1)
        """
    }

    /// Puts the kept rows of an import back.
    fileprivate var restoreBefore: String {
        let columns = kept.enumerated().map { "\($0.element) = json_extract(kept.before, '$[\($0.offset)]')" }
        return """
            UPDATE "\(sqlName)" SET _content_hash = kept.hash, \(columns.joined(separator: ", "))
            FROM (SELECT external_id, hash, before FROM import_changes WHERE import_id = ?) AS kept
            WHERE _connection = ? AND _stream = ? AND _external_id = kept.external_id
            """
    }

    /// Removes the rows that a run has brought first.
    fileprivate var removeBrought: String {
        "DELETE FROM \"\(sqlName)\" WHERE _connection = ? AND _stream = ? AND _first_run_id = ?"
    }

    /// Rows of an import that another run has changed since.
    fileprivate var changedSince: String {
        """
        SELECT _external_id, _run_id FROM "\(sqlName)" WHERE _connection = ? AND _stream = ? AND _run_id <> ?
            AND (_first_run_id = ? OR _external_id IN (SELECT external_id FROM import_changes WHERE import_id = ?))
        ORDER BY _external_id
        """
    }
}

/// The evidence as a transaction sees it that has not been committed.
private struct UncommittedEvidence: EvidenceReading {
    let db: Database
    let tables: [String: EvidenceTable]

    func fold<Result>(
        _ selections: [EvidenceSelection], into result: Result, _ add: (inout Result, EvidenceRecord) -> Void
    ) throws(StoreError) -> Result {
        var result = result
        do {
            for selection in selections {
                guard let table = tables[selection.recordType] else {
                    throw StoreError.unknownRecordType(selection.recordType)
                }
                try EvidenceScan(table: table, fields: selection.fields).run(db) { add(&result, $0) }
            }
        } catch {
            throw StoreError(error)
        }
        return result
    }
}

extension Database {
    fileprivate func insertImport(_ commit: ImportCommit) throws -> Int64 {
        try execute(
            sql: """
                INSERT INTO imports (run_id, record_type, file_name, file_digest, file_bytes, actor)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                commit.run, commit.recordType, commit.file.name, commit.file.digest, commit.file.byteCount,
                commit.actor,
            ])
        return lastInsertedRowID
    }
}

extension ImportEntry {
    fileprivate init(_ row: Row, run: Run) throws {
        let undone: Int64? = try row.decode(forColumn: "undone")
        try self.init(
            id: row.decode(forColumn: "id"), run: run,
            file: ImportedFile(
                name: row.decode(forColumn: "file_name"), digest: row.decode(forColumn: "file_digest"),
                byteCount: row.decode(forColumn: "file_bytes")),
            actor: row.decode(forColumn: "actor"), undone: undone.map { Timestamp(microseconds: $0) },
            undoneBy: row.decode(forColumn: "undone_by"))
    }
}
