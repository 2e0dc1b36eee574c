internal import Expressions
internal import GRDB

/// The SQL of the tables that hold values.
enum ValueColumns {
    static let names = ValueCodec.columns.joined(separator: ", ")
    static let key = ValueCodec.columns.prefix(ValueCodec.keyCount).joined(separator: ", ")
    static let keyMatches = ValueCodec.columns.prefix(ValueCodec.keyCount).map { "\($0) = ?" }.joined(
        separator: " AND ")

    static let declarations = ValueCodec.columns.map { "\($0) \(type($0))" }.joined(separator: ",\n    ")

    /// What a revision's hash covers: content, revision, run, cause and time.
    static let hashed = names + ", revision, run_id, cause, published"
    static let hashedCount = Int32(ValueCodec.columns.count + 4)

    static let select = "SELECT \(hashed), is_current, audit_sequence FROM indicator_values"

    static let insert = """
        INSERT INTO indicator_values (\(hashed), is_current, audit_sequence)
        VALUES (\(String(repeating: "?, ", count: Int(hashedCount)))1, ?)
        """

    private static func type(_ column: String) -> String {
        switch column {
        case "sample_size", "included", "excluded", "missing", "unmatched": "INTEGER NOT NULL"
        case "numerator", "denominator", "decimal": "TEXT"
        default: "TEXT NOT NULL"
        }
    }
}

extension PreparedStatement {
    /// The first columns of a row, as stored.
    func fields(_ count: Int32) -> [StoredField] { (0..<count).map { field($0) } }

    /// Binds fields to the places from the first on.
    func bind(_ fields: [StoredField]) throws {
        for (index, field) in fields.enumerated() { try bind(field, Int32(index + 1)) }
    }

    /// All values of a statement over ``ValueColumns/select``.
    func values() throws -> [PublishedValue] {
        defer { reset() }
        var values: [PublishedValue] = []
        while try step() { try values.append(PublishedValue(self)) }
        return values
    }
}

extension PublishedValue {
    /// The row that a statement over ``ValueColumns/select`` stands on.
    fileprivate init(_ row: PreparedStatement) throws(StoreError) {
        let fields = row.fields(ValueColumns.hashedCount + 2)
        let own = ValueCodec.columns.count
        try self.init(
            content: ValueCodec.decode(fields), revision: fields[own].integer, isCurrent: fields[own + 4].integer == 1,
            run: fields[own + 1] == .null ? nil : RunID(fields[own + 1].integer), cause: fields[own + 2].text,
            published: Timestamp(microseconds: Int64(fields[own + 3].integer)),
            auditSequence: Int64(fields[own + 5].integer))
    }

    /// The columns that the hash covers.
    var hashedFields: [StoredField] {
        ValueCodec.encode(content) + [
            .integer(Int64(revision)), run.map { .integer($0) } ?? .null, .text(cause),
            .integer(published.microseconds),
        ]
    }
}
