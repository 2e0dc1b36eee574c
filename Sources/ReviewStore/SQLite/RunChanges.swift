internal import GRDB
internal import Indicators

/// Keeps rows as they were before a run changed them, so that the run can be held or taken back.
struct RunMemory {
    private let run: RunID
    private let statement: PreparedStatement

    init(_ run: RunID, _ table: EvidenceTable, in db: Database) throws {
        self.run = run
        statement = try PreparedStatement(
            table.keepBefore(where: "_connection = ?2 AND _stream = ?3 AND _external_id = ?4"), in: db)
    }

    /// Keeps the row, unless this run has changed it already.
    func keep(_ key: EvidenceReference) throws {
        try statement.bind(run, 1)
        try statement.bind(key, from: 2)
        try statement.run()
    }
}

/// Takes back what runs of one stream have done.
struct RunUndo {
    private let db: Database
    /// Ascending.
    private let runs: [Run]
    private let tables: [EvidenceTable]
    /// Types that the workspace knows no longer.
    private let unknownTypes: [String]

    /// `tables` are those of all record types, by name.
    init(_ runs: [Run], _ tables: [String: EvidenceTable], in db: Database) throws {
        self.db = db
        self.runs = runs
        let types = try String.fetchSet(
            db,
            sql: """
                SELECT record_type FROM runs WHERE id IN (\(runs.list)) AND record_type IS NOT NULL
                UNION SELECT record_type FROM run_changes WHERE run_id IN (\(runs.list))
                """)
        self.tables = types.sorted().compactMap { tables[$0] }
        unknownTypes = types.filter { tables[$0] == nil && !$0.isEmpty }.sorted()
    }

    /// A record that another run has changed since cannot be restored without losing that change.
    ///
    /// `what` names what is taken back.
    func refuseConflicts(_ what: String) throws {
        for table in tables {
            let changed = try Row.fetchAll(
                db, sql: table.changedSince(runs), arguments: [runs.first?.connection, runs.first?.stream])
            guard let first = changed.first else { continue }
            let record: String = try first.decode(forColumn: "_external_id")
            let later: Int64 = try first.decode(forColumn: "_run_id")
            let others = changed.count > 1 ? " and \(changed.count - 1) others" : ""
            throw StoreError.refused(
                reason: "\(what): record \(record)\(others) was changed since, by run \(later). "
                    + "Undo that first ('plumbline gate discard' where it is held), or import the old file again.")
        }
    }

    /// Restores every record as it was, discards the open dead letters of imports, which nothing reads again, and marks what is to be computed again.
    /// Records that another run has changed since stay.
    func restore() throws {
        try each { table in
            [table.removeBrought, table.restoreBefore(try KeptColumns(of: table, in: db))] + table.forgetStates
        }
        for run in runs {
            try db.execute(sql: "DELETE FROM tombstones WHERE run_id = ?", arguments: [run.id])
            try db.execute(
                sql: """
                    UPDATE dead_letters SET state = 'discarded', input = NULL
                    WHERE run_id = ? AND state = 'open' AND run_id IN (SELECT run_id FROM imports)
                    """, arguments: [run.id])
            // Nothing reads them, and nothing knows their columns: they must only not count if the type comes back.
            for type in unknownTypes {
                try db.execute(
                    sql: "UPDATE \"\(EvidenceTable.name(of: type))\" SET _state = 'gone' WHERE _run_id = ?",
                    arguments: [run.id])
            }
        }
        try db.markStale(Set(tables.map(\.layout.type.name)))
    }

    /// Takes the states that the runs have made out of what later runs keep of rows.
    func forgetStates() throws { try each(\.forgetStates) }

    private func each(_ statements: (EvidenceTable) throws -> [String]) throws {
        for run in runs.reversed() {
            for sql in try tables.flatMap(statements) {
                try db.execute(sql: sql, arguments: [run.id, run.connection, run.stream])
            }
        }
    }

    /// Puts the stream's position back to where it was before the first of the runs.
    func restorePosition() throws {
        guard let first = runs.first else { return }
        try db.execute(
            sql: """
                UPDATE streams SET cursor = runs.cursor_before, record_type = coalesce(runs.type_before, \
                streams.record_type) FROM runs WHERE runs.id = ? AND streams.id = runs.stream_id
                """, arguments: [first.id])
        // Later runs that may be discarded too began from where these have led.
        try db.execute(
            sql: """
                UPDATE runs SET cursor_before = earlier.cursor_before, type_before = earlier.type_before
                FROM runs AS earlier WHERE earlier.id = ?1 AND runs.stream_id = earlier.stream_id AND runs.id > ?1
                    AND runs.gate IN ('pending', 'held')
                """, arguments: [first.id])
    }
}

extension [Run] {
    fileprivate var list: String { map { String($0.id) }.joined(separator: ", ") }
}

extension EvidenceTable {
    /// The columns that a row is kept with besides key and hash, in the order of its array.
    var kept: [String] { KeptColumns.marks + layout.type.fields.map { "\"\($0.name)\"" } }

    /// The number of the order of these columns, in SQL.
    var orderOfKept: String { order.map(String.init) ?? "NULL" }

    /// Keeps the rows that fulfil a condition as they are before run `?1` changes them, but for those that it has brought.
    func keepBefore(where condition: String) -> String {
        """
        INSERT OR IGNORE INTO run_changes (run_id, record_type, external_id, hash, before, columns)
        SELECT ?1, '\(layout.type.name)', _external_id, _content_hash, \(KeptColumns.array(kept)), \(orderOfKept)
        FROM "\(sqlName)" WHERE _first_run_id <> ?1 AND \(condition)
        """
    }

    /// Puts the rows that run `?1` has changed last back. Fields that they had and the type no longer has come back too;
    /// a run has not changed those that the type did not have then.
    fileprivate func restoreBefore(_ kept: KeptColumns) -> String {
        let columns = kept.names.map { "\($0) = \(kept.value(of: $0, in: "kept", orElse: "\"\(sqlName)\".\($0)"))" }
        return """
            UPDATE "\(sqlName)" SET _content_hash = kept.hash, \(columns.joined(separator: ", "))
            FROM (SELECT external_id, hash, before, columns FROM run_changes
                WHERE run_id = ?1 AND record_type = '\(layout.type.name)') AS kept
            WHERE _connection = ?2 AND _stream = ?3 AND _external_id = kept.external_id AND _run_id = ?1
            """
    }

    /// Removes the rows that only run `?1` has brought.
    fileprivate var removeBrought: String {
        "DELETE FROM \"\(sqlName)\" WHERE _connection = ?2 AND _stream = ?3 AND _first_run_id = ?1 AND _run_id = ?1"
    }

    /// Takes the states that run `?1` has made out of what later runs keep: there stands what was before, or nothing.
    fileprivate var forgetStates: [String] {
        let place = KeptColumns.marks.firstIndex(of: "_run_id") ?? 0
        let isOurs = "json_extract(before, '$[\(place)]') = ?1 AND record_type = '\(layout.type.name)'"
        return [
            """
            UPDATE run_changes SET hash = earlier.hash, before = earlier.before, columns = earlier.columns
            FROM run_changes AS earlier
            WHERE json_extract(run_changes.before, '$[\(place)]') = ?1
                AND run_changes.record_type = '\(layout.type.name)' AND earlier.run_id = ?1
                AND earlier.record_type = run_changes.record_type AND earlier.external_id = run_changes.external_id
                AND ?2 IS NOT NULL AND ?3 IS NOT NULL
            """,
            """
            UPDATE "\(sqlName)" SET _first_run_id = later.run_id FROM (
                SELECT external_id, MIN(run_id) AS run_id FROM run_changes WHERE \(isOurs) GROUP BY external_id) AS later
            WHERE _connection = ?2 AND _stream = ?3 AND _external_id = later.external_id
            """,
            "DELETE FROM run_changes WHERE \(isOurs) AND ?2 IS NOT NULL AND ?3 IS NOT NULL",
        ]
    }

    /// Rows that some runs have brought or changed and another run has changed since.
    fileprivate func changedSince(_ runs: [Run]) -> String {
        """
        SELECT _external_id, _run_id FROM "\(sqlName)" WHERE _connection = ? AND _stream = ?
            AND _run_id NOT IN (\(runs.list)) AND (_first_run_id IN (\(runs.list)) OR _external_id IN (
                SELECT external_id FROM run_changes
                WHERE run_id IN (\(runs.list)) AND record_type = '\(layout.type.name)'))
        ORDER BY _external_id
        """
    }
}
