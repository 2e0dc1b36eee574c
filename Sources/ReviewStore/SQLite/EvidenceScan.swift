internal import Expressions
internal import GRDB
internal import Indicators

/// Reads the live records of one type from the first to the last, no more of each than is wanted.
struct EvidenceScan: Sendable {
    private let table: EvidenceTable
    private let wanted: [(slot: Int, codec: FieldCodec)]
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
        wanted = table.layout.codecs.enumerated().filter { fields?.contains($0.element.field.name) ?? true }
            .map { (slot: $0.offset, codec: $0.element) }
        empty = type.fields.map { $0.isList && !$0.isOptional ? .list([]) : .null }
        columns = wanted.map { ", \"\($0.codec.field.name)\"" }.joined()
    }

    private func sql(_ effect: EvidenceEffect) -> String {
        """
        SELECT _connection, _stream, _external_id, _content_hash, _run_id\(columns)
        FROM \(effect.rows(of: table)) WHERE _state = 'live' AND \(condition)
        ORDER BY _connection, _stream, _external_id
        """
    }

    func run(_ db: Database, _ effect: EvidenceEffect, _ body: (EvidenceRecord) -> Void) throws {
        let row = try PreparedStatement(sql(effect), in: db)
        defer { row.reset() }
        var (connection, stream) = ("", "")
        while try row.step() {
            // Rows of a stream stand together.
            if !row.holds(connection, Column.connection) { connection = row.text(Column.connection) }
            if !row.holds(stream, Column.stream) { stream = row.text(Column.stream) }
            let reference = EvidenceReference(
                connection: connection, stream: stream, externalID: row.text(Column.externalID))
            body(try record(row, reference))
        }
    }

    private func record(_ row: PreparedStatement, _ reference: EvidenceReference) throws(StoreError) -> EvidenceRecord {
        guard let hash = row.contentHash(Column.contentHash) else {
            throw .damaged(reason: "a row of \(EvidenceTable.name(of: table.layout.type.name)) has no hash")
        }
        var values = empty
        var column = Column.firstField
        for (slot, codec) in wanted {
            values[slot] = try row.value(column, codec)
            column += 1
        }
        return EvidenceRecord(
            record: CanonicalRecord(type: table.layout.type, values: values), reference: reference, hash: hash,
            run: row.integer(Column.run))
    }
}

extension PreparedStatement {
    /// The hash that a column holds; nil where it holds none.
    fileprivate func contentHash(_ column: Int32) -> ContentHash? { withBytes(column) { ContentHash(bytes: $0) } }

    /// A field's value straight from its column.
    fileprivate func value(_ column: Int32, _ codec: FieldCodec) throws(StoreError) -> Value {
        try codec.decode(field(column))
    }
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
