internal import Expressions
internal import GRDB
internal import Indicators

/// What the records of a page show of their stream: how many there are, which fields are empty, and how new they are.
struct PageProfile: Sendable {
    private(set) var mapped = 0
    private(set) var empty: [Int]
    private(set) var newest: Timestamp?

    init(_ type: RecordType) { empty = Array(repeating: 0, count: type.fields.count) }

    /// Counts some of the records.
    mutating func add(_ records: MappedRecords, rows: Range<Int>) {
        mapped += rows.count
        let (fields, pastSlots) = (records.fields, records.fields.type.pastSlots)
        for row in rows {
            for slot in empty.indices where fields.isEmpty(slot, of: row) { empty[slot] += 1 }
            for slot in pastSlots {
                if let time = fields.time(slot, of: row) { newest = max(newest ?? time, time) }
            }
        }
    }

    mutating func add(_ other: PageProfile) {
        mapped += other.mapped
        for slot in empty.indices { empty[slot] += other.empty[slot] }
        if let time = other.newest { newest = max(newest ?? time, time) }
    }
}

/// Adds what pages show to what is kept of their run.
struct RunProfileWriter {
    let db: Database
    let run: RunID
    let type: RecordType

    func add(_ profile: PageProfile) throws {
        let newest = profile.newest?.microseconds
        try db.cachedStatement(
            sql: """
                UPDATE runs SET mapped = mapped + ?1, newest = CASE WHEN newest >= ?2 THEN newest ELSE \
                coalesce(?2, newest) END, record_type = ?3 WHERE id = ?4
                """
        ).execute(arguments: [profile.mapped, newest, type.name, run])
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO run_fields (run_id, field, empty) VALUES (?, ?, ?)
                ON CONFLICT (run_id, field) DO UPDATE SET empty = empty + excluded.empty
                """)
        for (field, empty) in zip(type.fields, profile.empty) where profile.mapped > 0 && field.isOptional {
            try statement.execute(arguments: [run, field.name, empty])
        }
    }

    func add(_ shape: SourceShape) throws {
        guard shape.records > 0 else { return }
        try db.execute(sql: "UPDATE runs SET sampled = sampled + ? WHERE id = ?", arguments: [shape.records, run])
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO run_shapes (run_id, field, kind, records) VALUES (?, ?, ?, ?)
                ON CONFLICT (run_id, field, kind) DO UPDATE SET records = records + excluded.records
                """)
        for (field, kinds) in shape.kinds {
            for (kind, records) in kinds { try statement.execute(arguments: [run, field, kind, records]) }
        }
    }
}
