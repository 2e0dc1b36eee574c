internal import GRDB

/// The schema, step by step. A step that was released is never changed: a new one follows it.
///
/// The tables of evidence are not here: they follow the record types (``EvidenceSchema``).
enum Migrations {
    static let all: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.step("1 runs") { try $0.execute(sql: runs) }
        migrator.step("2 people") { try $0.execute(sql: people) }
        migrator.step("3 values") { try $0.execute(sql: values) }
        migrator.step("4 audit") { try $0.execute(sql: audit) }
        migrator.step("5 versions of dead letters") {
            try $0.execute(sql: "ALTER TABLE dead_letters ADD COLUMN source_version TEXT")
        }
        migrator.step("6 record types of streams") {
            try $0.execute(sql: "ALTER TABLE streams ADD COLUMN record_type TEXT")
        }
        migrator.step("7 imports") { try $0.execute(sql: imports) }
        migrator.step("8 computed definitions") {
            try $0.execute(
                sql: """
                    CREATE TABLE computed_definitions (
                        indicator_id TEXT PRIMARY KEY,
                        version TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID
                    """)
        }
        migrator.step("9 quality gate") { try $0.execute(sql: gate) }
        migrator.step("10 touched records") { try $0.execute(sql: touched) }
        migrator.step("11 retention") { try $0.execute(sql: ExpiredRecords.tables) }
        migrator.step("12 columns of notes") { try $0.execute(sql: notes) }
        migrator.step("13 inbox") { try $0.execute(sql: InboxTable.schema) }
        migrator.step("14 outbox") { try $0.execute(sql: OutboxSchema.tables) }
        migrator.step("15 pushed records") { try PushedRecordsStep.run($0) }
        migrator.step("16 proofs of events") { try $0.execute(sql: InboxTable.proofs) }
        migrator.step("17 directories") { try $0.execute(sql: DirectoryTables.schema) }
        migrator.step("18 devices") { try $0.execute(sql: DeviceTables.schema) }
        return migrator
    }()

    private static let notes = """
        CREATE TABLE note_columns (
            id INTEGER PRIMARY KEY,
            record_type TEXT NOT NULL,
            fields TEXT NOT NULL,
            UNIQUE (record_type, fields)
        ) STRICT;
        ALTER TABLE run_changes ADD COLUMN columns INTEGER;
        ALTER TABLE touched_records ADD COLUMN columns INTEGER;
        ALTER TABLE stale_marks ADD COLUMN noted INTEGER NOT NULL DEFAULT 0;
        UPDATE stale_marks SET noted = (
            SELECT COUNT(*) FROM touched_records WHERE touched_records.record_type = stale_marks.record_type);
        ALTER TABLE computed_definitions ADD COLUMN computed INTEGER;
        CREATE TABLE expired_subjects (
            indicator_id TEXT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            PRIMARY KEY (indicator_id, subject_kind, subject_id)
        ) STRICT, WITHOUT ROWID;
        """

    private static let touched = """
        ALTER TABLE stale_marks ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 1;
        CREATE TABLE touched_records (
            record_type TEXT NOT NULL,
            generation INTEGER NOT NULL,
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            external_id TEXT NOT NULL,
            run_id INTEGER NOT NULL,
            hash BLOB,
            before TEXT,
            PRIMARY KEY (record_type, generation, connection, stream, external_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX indicator_values_unripe ON indicator_values (indicator_id, period_id, status)
            WHERE is_current = 1 AND status IN ('partial', 'provisional');
        """

    private static let gate = """
        ALTER TABLE runs ADD COLUMN gate TEXT;
        ALTER TABLE runs ADD COLUMN mode TEXT;
        ALTER TABLE runs ADD COLUMN hold_id INTEGER REFERENCES holds (id);
        ALTER TABLE runs ADD COLUMN cursor_before TEXT;
        ALTER TABLE runs ADD COLUMN type_before TEXT;
        ALTER TABLE runs ADD COLUMN record_type TEXT;
        ALTER TABLE runs ADD COLUMN mapped INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN sampled INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN newest INTEGER;
        ALTER TABLE runs ADD COLUMN live INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN open_rejects INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN reads_all INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN accounts INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE runs ADD COLUMN unmatched_accounts INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX runs_not_in_effect ON runs (gate) WHERE gate IN ('pending', 'held');
        CREATE INDEX runs_by_hold ON runs (hold_id) WHERE hold_id IS NOT NULL;
        CREATE TABLE run_fields (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            field TEXT NOT NULL,
            empty INTEGER NOT NULL,
            PRIMARY KEY (run_id, field)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run_shapes (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            field TEXT NOT NULL,
            kind TEXT NOT NULL,
            records INTEGER NOT NULL,
            PRIMARY KEY (run_id, field, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE run_changes (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            record_type TEXT NOT NULL,
            external_id TEXT NOT NULL,
            hash BLOB NOT NULL,
            before TEXT NOT NULL,
            PRIMARY KEY (run_id, record_type, external_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO run_changes (run_id, record_type, external_id, hash, before)
            SELECT run_id, record_type, external_id, hash, before
            FROM import_changes JOIN imports ON imports.id = import_changes.import_id;
        DROP TABLE import_changes;
        CREATE TABLE impossible_times (
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            external_id TEXT NOT NULL,
            field TEXT NOT NULL,
            time INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (run_id, external_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE holds (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            stream_id INTEGER NOT NULL REFERENCES streams (id),
            record_type TEXT NOT NULL,
            scope TEXT NOT NULL,
            findings TEXT NOT NULL,
            state TEXT NOT NULL,
            created INTEGER NOT NULL,
            decided INTEGER,
            decided_by TEXT,
            reason TEXT
        ) STRICT;
        CREATE TABLE held_records (
            record_type TEXT NOT NULL,
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            external_id TEXT NOT NULL,
            hash BLOB NOT NULL,
            hold_id INTEGER NOT NULL REFERENCES holds (id),
            PRIMARY KEY (record_type, connection, stream, external_id, hash)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE accepted_times (
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            external_id TEXT NOT NULL,
            field TEXT NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (connection, stream, external_id, field, time)
        ) STRICT, WITHOUT ROWID;
        """

    private static let imports = """
        CREATE TABLE imports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run_id INTEGER NOT NULL REFERENCES runs (id),
            record_type TEXT NOT NULL,
            file_name TEXT NOT NULL,
            file_digest TEXT NOT NULL,
            file_bytes INTEGER NOT NULL,
            actor TEXT NOT NULL,
            undone INTEGER,
            undone_by TEXT
        ) STRICT;
        CREATE TABLE import_changes (
            import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
            external_id TEXT NOT NULL,
            hash BLOB NOT NULL,
            before TEXT NOT NULL,
            PRIMARY KEY (import_id, external_id)
        ) STRICT, WITHOUT ROWID;
        """

    private static let runs = """
        PRAGMA application_id = \(DatabaseOpening.applicationID);
        CREATE TABLE streams (
            id INTEGER PRIMARY KEY,
            connection TEXT NOT NULL,
            stream TEXT NOT NULL,
            cursor TEXT,
            UNIQUE (connection, stream)
        ) STRICT;
        CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            stream_id INTEGER NOT NULL REFERENCES streams (id),
            started INTEGER NOT NULL,
            finished INTEGER,
            state TEXT NOT NULL,
            message TEXT,
            source_count INTEGER,
            pages INTEGER NOT NULL DEFAULT 0,
            inserted INTEGER NOT NULL DEFAULT 0,
            updated INTEGER NOT NULL DEFAULT 0,
            unchanged INTEGER NOT NULL DEFAULT 0,
            deleted INTEGER NOT NULL DEFAULT 0,
            older INTEGER NOT NULL DEFAULT 0,
            rejected INTEGER NOT NULL DEFAULT 0,
            gone INTEGER NOT NULL DEFAULT 0
        ) STRICT;
        CREATE INDEX runs_by_stream ON runs (stream_id, state);
        CREATE TABLE run_anomalies (
            id INTEGER PRIMARY KEY,
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            anomaly TEXT NOT NULL
        ) STRICT;
        CREATE INDEX run_anomalies_by_run ON run_anomalies (run_id);
        CREATE TABLE sweeps (
            stream_id INTEGER PRIMARY KEY REFERENCES streams (id),
            run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            record_type TEXT NOT NULL
        ) STRICT;
        CREATE TABLE sweep_ids (
            stream_id INTEGER NOT NULL REFERENCES sweeps (stream_id) ON DELETE CASCADE,
            external_id TEXT NOT NULL,
            PRIMARY KEY (stream_id, external_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            stream_id INTEGER NOT NULL REFERENCES streams (id),
            external_id TEXT,
            reason TEXT NOT NULL,
            expression TEXT,
            place TEXT,
            input BLOB,
            input_bytes INTEGER NOT NULL,
            run_id INTEGER NOT NULL REFERENCES runs (id),
            created INTEGER NOT NULL,
            state TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX dead_letters_open ON dead_letters (stream_id, external_id) WHERE state = 'open';
        CREATE TABLE stale_marks (
            record_type TEXT PRIMARY KEY,
            generation INTEGER NOT NULL,
            is_set INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE record_fields (
            record_type TEXT NOT NULL,
            field TEXT NOT NULL,
            kind TEXT NOT NULL,
            PRIMARY KEY (record_type, field)
        ) STRICT, WITHOUT ROWID;
        """

    private static let people = """
        CREATE TABLE accounts (
            connection TEXT NOT NULL,
            account TEXT NOT NULL,
            valid_from TEXT NOT NULL,
            valid_to TEXT,
            state TEXT NOT NULL,
            employee_id TEXT,
            name TEXT,
            email TEXT,
            phone TEXT,
            staff_number TEXT,
            candidates TEXT NOT NULL,
            rule TEXT,
            decided_by TEXT,
            decided_at INTEGER,
            PRIMARY KEY (connection, account, valid_from)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE people (
            employee_id TEXT NOT NULL,
            position_in_file INTEGER NOT NULL,
            name_zh TEXT,
            name_en TEXT,
            emails TEXT NOT NULL,
            phones TEXT NOT NULL,
            unit TEXT,
            job TEXT,
            manager_id TEXT,
            responsible_for TEXT NOT NULL,
            valid_from TEXT,
            valid_to TEXT,
            PRIMARY KEY (employee_id, position_in_file)
        ) STRICT, WITHOUT ROWID;
        """

    private static let values = """
        CREATE TABLE indicator_values (
            id INTEGER PRIMARY KEY,
            \(ValueColumns.declarations),
            revision INTEGER NOT NULL,
            is_current INTEGER NOT NULL,
            run_id INTEGER,
            cause TEXT NOT NULL,
            published INTEGER NOT NULL,
            audit_sequence INTEGER NOT NULL,
            UNIQUE (indicator_id, subject_kind, subject_id, period_id, revision)
        ) STRICT;
        CREATE UNIQUE INDEX indicator_values_current
            ON indicator_values (indicator_id, subject_kind, subject_id, period_id) WHERE is_current = 1;
        CREATE INDEX indicator_values_by_subject
            ON indicator_values (subject_id, period_id) WHERE is_current = 1;
        CREATE INDEX indicator_values_by_audit ON indicator_values (audit_sequence);
        CREATE TABLE rebuilt_values (
            \(ValueColumns.declarations),
            PRIMARY KEY (indicator_id, subject_kind, subject_id, period_id)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE periods (
            period_id TEXT PRIMARY KEY,
            state TEXT NOT NULL,
            changed_by TEXT NOT NULL,
            changed INTEGER NOT NULL,
            reason TEXT
        ) STRICT;
        CREATE TABLE findings (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            period_id TEXT NOT NULL,
            old_value TEXT NOT NULL,
            new_value TEXT NOT NULL,
            reason TEXT NOT NULL,
            found INTEGER NOT NULL,
            UNIQUE (kind, old_value, new_value)
        ) STRICT;
        """

    private static let audit = """
        CREATE TABLE audit (
            sequence INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            detail TEXT NOT NULL,
            previous_mac BLOB NOT NULL,
            mac BLOB NOT NULL
        ) STRICT;
        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sequence INTEGER NOT NULL,
            mac BLOB NOT NULL,
            check_mac BLOB NOT NULL
        ) STRICT;
        CREATE TABLE store_keys (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            fingerprint BLOB NOT NULL
        ) STRICT;
        """
}

extension DatabaseMigrator {
    /// A step in a transaction of its own, in which a process may be killed.
    fileprivate mutating func step(_ name: String, _ change: @escaping @Sendable (Database) throws -> Void) {
        registerMigration(name) { db in
            try change(db)
            CrashPoint.migrating.pass()
        }
    }
}
