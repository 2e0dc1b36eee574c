internal import Expressions
internal import GRDB
internal import GRDBSQLite
internal import Indicators

/// Reads the live records of one type from the first to the last, no more of each than is wanted.
struct EvidenceScan: Sendable {
    private let table: EvidenceTable
    /// The slots of the fields that are read.
    private let wanted: [Int]
    private let columns: String
    private let condition: String
    /// A record whose unread fields are empty.
    private let empty: [Value]

    private enum Column {
        static let connection: Int32 = 0
        static let stream: Int32 = 1
        static let externalID: Int32 = 2
        static let contentHash: Int32 = 3
        static let run: Int32 = 4
        static let firstField: Int32 = 5
    }

    init(table: EvidenceTable, _ selection: EvidenceSelection) {
        let fields = selection.fields
        self.table = table
        condition = selection.condition
        let type = table.layout.type
        wanted = type.fields.indices.filter { fields?.contains(type.fields[$0].name) ?? true }
        empty = type.fields.map { $0.isList && !$0.isOptional ? .list([]) : .null }
        columns = wanted.map { ", \"\(type.fields[$0].name)\"" }.joined()
    }

    private func sql(_ effect: EvidenceEffect, _ db: Database) throws -> String {
        """
        SELECT _connection, _stream, _external_id, _content_hash, _run_id\(columns)
        FROM \(try effect.rows(of: table, db)) WHERE _state = 'live' AND \(condition)
        ORDER BY _connection, _stream, _external_id
        """
    }

    /// Calls `body` with one record after the other, all in the same place.
    func run(_ db: Database, _ effect: EvidenceEffect, _ body: (inout EvidenceRecord) -> Void) throws {
        let row = try PreparedStatement(sql(effect, db), in: db)
        defer { row.reset() }
        var (connection, stream) = ("", "")
        var evidence = EvidenceRecord(
            record: CanonicalRecord(type: table.layout.type, values: empty),
            reference: EvidenceReference(connection: "", stream: "", externalID: ""), hash: .none, run: 0)
        while try row.step() {
            // Rows of a stream stand together.
            if !row.holds(connection, Column.connection) { connection = row.text(Column.connection) }
            if !row.holds(stream, Column.stream) { stream = row.text(Column.stream) }
            evidence.reference = EvidenceReference(
                connection: connection, stream: stream, externalID: row.text(Column.externalID))
            try read(row, into: &evidence)
            body(&evidence)
        }
    }

    private func read(_ row: PreparedStatement, into evidence: inout EvidenceRecord) throws(StoreError) {
        guard let hash = row.contentHash(Column.contentHash) else {
            throw .damaged(reason: "a row of \(EvidenceTable.name(of: table.layout.type.name)) has no hash")
        }
        evidence.hash = hash
        evidence.run = row.integer(Column.run)
        var column = Column.firstField
        for slot in wanted {
            evidence.record.values[slot] = try value(slot, row, column)
            column += 1
        }
    }

    /// A field's value straight from its column.
    private func value(_ slot: Int, _ row: PreparedStatement, _ column: Int32) throws(StoreError) -> Value {
        switch (table.layout.columns[slot].form, row.kind(column)) {
        case (.text, SQLITE_TEXT): .string(row.text(column))
        case (.integer, SQLITE_INTEGER): .int(row.integer(column))
        case (.instant, SQLITE_INTEGER): .timestamp(Timestamp(microseconds: row.integer(column)))
        case (.flag, SQLITE_INTEGER): .bool(row.integer(column) != 0)
        default: try table.layout.codecs[slot].decode(row.field(column))
        }
    }
}

extension PreparedStatement {
    /// The hash that a column holds; nil where it holds none.
    fileprivate func contentHash(_ column: Int32) -> ContentHash? { withBytes(column) { ContentHash(bytes: $0) } }
}

extension EvidenceSelection {
    /// The windows in SQL: instants are stored as microseconds.
    fileprivate var condition: String {
        guard let windows else { return "TRUE" }
        let conditions = Set(windows).map { window in
            "(\"\(window.field)\" >= \(window.times.lowerBound.microseconds)"
                + " AND \"\(window.field)\" < \(window.times.upperBound.microseconds))"
        }
        return conditions.isEmpty ? "FALSE" : "(\(conditions.sorted().joined(separator: " OR ")))"
    }
}
