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
        let encoder = EventEncoder(
            claim: claim, table: table, sealing: configuration.keys.sealing, possibleTimes: commit.possibleTimes)
        let (tables, audit) = (tables.withLock { $0 }, auditWriter)
        let names = GoneNames(key: configuration.keys.audit, recordType: commit.recordType)
        do {
            return try await pool.write { db in
                let id = try db.insertImport(commit)
                var writer = try EventWriter(
                    db, claim: claim, run: commit.run, table: table, tables: tables,
                    mappingVersion: commit.mappingVersion, names: names)
                var outcome = PageOutcome()
                let now = audit.now().microseconds
                while let events = try pages() { try writer.write(encoder.encode(events), now: now, &outcome) }
                guard try keep(UncommittedEvidence(db: db, tables: tables, view: .passing(commit.run))) else {
                    throw NotKept(outcome: outcome)
                }
                try writer.finish(outcome, commit.shape)
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
            let run = try db.runOfImport(id)
            let undo = try RunUndo([run], tables, in: db)
            try undo.refuseConflicts("import \(id) cannot be undone")
            try undo.restore()
            try allow(UncommittedEvidence(db: db, tables: tables, view: .inEffect))
            try HoldWriter(db: db, audit: audit, tables: tables).forget([run], actor: actor)
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

/// The evidence as a transaction sees it that has not been committed.
private struct UncommittedEvidence: EvidenceReading {
    let db: Database
    let tables: [String: EvidenceTable]
    let view: EvidenceView

    func fold<Result>(
        _ selections: [EvidenceSelection], into result: Result, _ add: (inout Result, inout EvidenceRecord) -> Void
    ) throws(StoreError) -> Result {
        var result = result
        do {
            let effect = try EvidenceEffect(view, db)
            for selection in selections {
                guard let table = tables[selection.recordType] else {
                    throw StoreError.unknownRecordType(selection.recordType)
                }
                try EvidenceScan(table: table, selection).run(db, effect) { add(&result, &$0) }
            }
        } catch {
            throw StoreError(error)
        }
        return result
    }
}

extension Database {
    /// The run of an import that was not undone.
    fileprivate func runOfImport(_ id: Int64) throws -> Run {
        guard let row = try Row.fetchOne(self, sql: "SELECT * FROM imports WHERE id = ?", arguments: [id]) else {
            throw StoreError.notFound("import \(id)")
        }
        if let undone: Int64 = try row.decode(forColumn: "undone") {
            throw StoreError.refused(
                reason: "import \(id) was undone at \(Timestamp(microseconds: undone).rfc3339) already")
        }
        return try run(row.decode(forColumn: "run_id"))
    }

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
