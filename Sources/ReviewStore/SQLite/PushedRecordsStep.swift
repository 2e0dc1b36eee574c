internal import GRDB

/// The step of the schema that tells the versions of pushed records from those that sources give, counts what systems send
/// by the hour, and lets runs be found, and go, without all of them being looked at.
enum PushedRecordsStep {
    static func run(_ db: Database) throws {
        try db.execute(sql: Tombstones.table)
        try db.execute(sql: PushedHours.table)
        try db.execute(sql: indexes)
        try db.execute(sql: PushedHours.ofInbox)
        try markArrivals(db)
    }

    private static let indexes = """
        CREATE INDEX runs_of_stream ON runs (stream_id);
        CREATE INDEX runs_judged ON runs (stream_id, is_pushed)
            WHERE state = 'succeeded' AND gate IN ('passed', 'released');
        CREATE INDEX runs_released ON runs (stream_id) WHERE gate = 'released';
        CREATE INDEX runs_newest ON runs (stream_id, newest)
            WHERE gate IN ('passed', 'released') AND newest IS NOT NULL;
        CREATE INDEX dead_letters_by_run ON dead_letters (run_id);
        """

    /// The order of arrival was stored as a bare number. Whether a number that a pushed run has brought was that or the
    /// system's own cannot be told any more: as an arrival it freezes no record, as an own version it could.
    private static func markArrivals(_ db: Database) throws {
        for type in try String.fetchAll(db, sql: "SELECT DISTINCT record_type FROM record_fields") {
            try db.execute(
                sql: """
                    UPDATE "\(EvidenceTable.name(of: type))" SET _source_version = '@' || _source_version
                    WHERE \(isArrival("_source_version", ofRun: "_run_id"))
                    """)
        }
        try db.execute(
            sql: """
                UPDATE dead_letters SET source_version = '@' || source_version
                WHERE \(isArrival("source_version", ofRun: "run_id"))
                """)
        let (version, run) = ("json_extract(before, '$[1]')", "json_extract(before, '$[2]')")
        try db.execute(
            sql: """
                UPDATE run_changes SET before = json_set(before, '$[1]', '@' || \(version))
                WHERE \(isArrival(version, ofRun: run))
                """)
    }

    private static func isArrival(_ version: String, ofRun run: String) -> String {
        """
        \(version) GLOB '[1-9]*' AND \(version) NOT GLOB '*[^0-9]*' AND length(\(version)) < 19
            AND CAST(\(version) AS INTEGER) <= (SELECT coalesce(MAX(seq), 0) FROM sqlite_sequence WHERE name = 'inbox')
            AND \(run) IN (SELECT id FROM runs WHERE is_pushed = 1)
        """
    }
}
