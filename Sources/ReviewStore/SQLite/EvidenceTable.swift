internal import Expressions
internal import GRDB
internal import Indicators

/// The statements of one record type's table.
struct EvidenceTable: Sendable {
    let layout: RecordLayout
    /// The number of the order of the fields, by which kept rows name it; nil where it was never stored.
    let order: Int64?
    let find: String
    /// What decides whether a stored row is touched, without its fields.
    let findState: String
    /// Adds a row, unless there is one of that key.
    let insert: String
    let update: String
    let setState: String
    let setVersion: String
    private let columns: String
    private let select: String
    /// The table's name.
    let sqlName: String

    static func name(of recordType: String) -> String { "evidence_\(recordType)" }

    init(layout: RecordLayout, order: Int64?) {
        self.layout = layout
        self.order = order
        let name = Self.name(of: layout.type.name)
        let fields = layout.type.fields.map { ", \"\($0.name)\"" }.joined()
        let marks = String(repeating: ", ?", count: layout.codecs.count)
        let assignments = layout.type.fields.map { ", \"\($0.name)\" = ?" }.joined()
        let key = "_connection = ? AND _stream = ? AND _external_id = ?"
        sqlName = name
        columns = """
            _connection, _stream, _external_id, _content_hash, _mapping_version, _source_version, _run_id, \
            _first_run_id, _state\(fields)
            """
        select = "SELECT \(columns) FROM \"\(name)\""
        find = "\(select) WHERE \(key)"
        findState =
            "SELECT _content_hash, _mapping_version, _source_version, _state, _run_id FROM \"\(name)\" WHERE \(key)"
        insert = """
            INSERT INTO "\(name)" (_connection, _stream, _external_id, _content_hash, _mapping_version, \
            _source_version, _run_id, _first_run_id, _state\(fields)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'live'\(marks)) \
            ON CONFLICT DO NOTHING
            """
        update = """
            UPDATE "\(name)" SET _content_hash = ?, _mapping_version = ?, _source_version = ?, _run_id = ?, \
            _state = 'live'\(assignments) WHERE \(key)
            """
        setState =
            "UPDATE \"\(name)\" SET _state = ?, _source_version = coalesce(?, _source_version), _run_id = ? WHERE \(key)"
        setVersion = "UPDATE \"\(name)\" SET _source_version = ? WHERE \(key)"
    }

    /// Rows in key order after a key, in some states; `rows` is what is read from.
    func page(of rows: String, states: Set<EvidenceState>, isFirst: Bool) -> String {
        let after = isFirst ? "" : "(_connection, _stream, _external_id) > (?, ?, ?) AND "
        return "SELECT \(columns) FROM \(rows) WHERE \(after)_state IN (\(Self.list(states)))"
            + " ORDER BY _connection, _stream, _external_id LIMIT ?"
    }

    /// Live rows whose field holds one text.
    func matching(_ field: String) -> String {
        "\(select) WHERE \"\(field)\" = ? AND _state = 'live' ORDER BY _connection, _stream, _external_id"
    }

    /// Puts the rows of a stream that are in some state and fulfil a condition into another state, for a run.
    func setStates(where condition: String) -> String {
        "UPDATE \"\(sqlName)\" SET _state = ?6, _run_id = ?1 WHERE \(inState(condition))"
    }

    /// Keeps the rows that ``setStates(where:)`` will change.
    func keepStates(where condition: String) -> String { keepBefore(where: inState(condition)) }

    /// The rows of a stream that are in some state and fulfil a condition.
    func inState(_ condition: String) -> String { "\(isInState) AND \(condition)" }

    private var isInState: String { "_connection = ?2 AND _stream = ?3 AND _state = ?4" }

    /// Rows that a sweep has seen.
    var seen: String { "EXISTS (SELECT 1 FROM sweep_ids WHERE stream_id = ?5 AND external_id = _external_id)" }

    /// Rows that a sweep has not seen.
    var unseen: String { "NOT \(seen)" }

    var counts: String {
        "SELECT _connection, _stream, SUM(_state = 'live'), SUM(_state = 'gone'), SUM(_state = 'deleted')"
            + " FROM \"\(sqlName)\" GROUP BY _connection, _stream"
    }

    private static func list(_ states: Set<EvidenceState>) -> String {
        states.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
    }
}

/// The columns of a row's state, as positions.
enum EvidenceStateColumn {
    static let contentHash: Int32 = 0
    static let mappingVersion: Int32 = 1
    static let sourceVersion: Int32 = 2
    static let state: Int32 = 3
    static let run: Int32 = 4
}

/// The columns of a selected row, as positions.
enum EvidenceColumn {
    static let connection: Int32 = 0
    static let stream: Int32 = 1
    static let externalID: Int32 = 2
    static let contentHash: Int32 = 3
    static let mappingVersion: Int32 = 4
    static let sourceVersion: Int32 = 5
    static let run: Int32 = 6
    static let firstRun: Int32 = 7
    static let state: Int32 = 8
    static let firstField: Int32 = 9
}

extension PreparedStatement {
    /// The version that a column holds; nil where it holds none.
    func version(_ column: Int32) -> RecordVersion? { optionalText(column).map { RecordVersion(stored: $0) } }
}

extension EvidenceTable {
    /// The row that the statement stands on.
    func evidence(_ row: PreparedStatement) throws(StoreError) -> Evidence {
        guard let hash = ContentHash(bytes: row.bytes(EvidenceColumn.contentHash)),
            let state = EvidenceState(rawValue: row.text(EvidenceColumn.state))
        else { throw .damaged(reason: "a row of \(sqlName) has no hash or state") }
        return try Evidence(
            key: EvidenceReference(
                connection: row.text(EvidenceColumn.connection), stream: row.text(EvidenceColumn.stream),
                externalID: row.text(EvidenceColumn.externalID)),
            record: record(row), contentHash: hash, mappingVersion: row.text(EvidenceColumn.mappingVersion),
            version: row.version(EvidenceColumn.sourceVersion), run: row.integer(EvidenceColumn.run),
            firstRun: row.integer(EvidenceColumn.firstRun), state: state)
    }

    /// The record of the row that the statement stands on.
    func record(_ row: PreparedStatement) throws(StoreError) -> CanonicalRecord {
        var values: [Value] = []
        values.reserveCapacity(layout.codecs.count)
        var column = EvidenceColumn.firstField
        for codec in layout.codecs {
            try values.append(codec.decode(row.field(column)))
            column += 1
        }
        return CanonicalRecord(type: layout.type, values: values)
    }

    /// All rows of a statement.
    func all(_ statement: PreparedStatement) throws -> [Evidence] {
        defer { statement.reset() }
        var rows: [Evidence] = []
        while try statement.step() { try rows.append(evidence(statement)) }
        return rows
    }
}
