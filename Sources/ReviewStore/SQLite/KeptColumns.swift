internal import GRDB
internal import Indicators

/// Finds columns in what is kept of rows as they were: arrays in the order that the type's fields had at that time.
///
/// Fields may be put between others, or in another order, while something is kept. So every order is stored once, and
/// what is kept names it by its number.
struct KeptColumns {
    /// What every kept row begins with, in this order for good.
    static let marks = ["_mapping_version", "_source_version", "_run_id", "_first_run_id", "_state"]

    /// The names of the fields in each order, the oldest first.
    private let orders: [Order]
    private let present: [String]

    private struct Order {
        let number: Int64
        let fields: [String]
    }

    init(of table: EvidenceTable, in db: Database) throws {
        present = table.layout.type.fields.map(\.name)
        let sql = "SELECT id, fields FROM note_columns WHERE record_type = ? ORDER BY id"
        let stored = try Row.fetchAll(db, sql: sql, arguments: [table.layout.type.name]).map { row in
            try Order(
                number: row.decode(forColumn: "id"),
                fields: StoredJSON.strings(stored: row.decode(forColumn: "fields")))
        }
        orders = stored.isEmpty ? [Order(number: 0, fields: present)] : stored
    }

    /// The names of all columns that some row is kept with, quoted.
    var names: [String] {
        let fields = orders.flatMap(\.fields).reduce(into: present) { if !$0.contains($1) { $0.append($1) } }
        return Self.marks + fields.map { "\"\($0)\"" }
    }

    /// What a column held, in SQL; `other` where the type did not have it. `row` names the table that keeps the rows.
    func value(of column: String, in row: String, orElse other: String) -> String {
        if let mark = Self.marks.firstIndex(of: column) { return Self.element(mark, of: row) }
        let places = orders.map { order in
            (
                number: order.number,
                place: order.fields.firstIndex { "\"\($0)\"" == column }.map { Self.marks.count + $0 }
            )
        }
        if let place = places[0].place, places.allSatisfy({ $0.place == place }) { return Self.element(place, of: row) }
        let cases = places.compactMap { number, place in
            place.map { "WHEN \(number) THEN \(Self.element($0, of: row))" }
        }
        // What was kept before orders were stored was kept in the first one.
        return "CASE coalesce(\(row).columns, \(places[0].number)) \(cases.joined(separator: " ")) ELSE \(other) END"
    }

    private static func element(_ place: Int, of row: String) -> String { "json_extract(\(row).before, '$[\(place)]')" }

    /// An array of columns in SQL. Functions take no more than 127 arguments.
    static func array(_ columns: [String]) -> String {
        var array = "json_array(\(columns.prefix(100).joined(separator: ", ")))"
        for start in stride(from: 100, to: columns.count, by: 50) {
            let more = columns[start..<min(start + 50, columns.count)].map { "'$[#]', \($0)" }
            array = "json_insert(\(array), \(more.joined(separator: ", ")))"
        }
        return array
    }
}

extension Database {
    /// The number of the order that a type's fields have now; nil where none is stored.
    func order(of layout: RecordLayout) throws -> Int64? {
        let sql = "SELECT id FROM note_columns WHERE record_type = ? AND fields = ?"
        return try Int64.fetchOne(self, sql: sql, arguments: [layout.type.name, layout.fieldNames])
    }

    /// The number of the order that a type's fields have now, which it is given when it is first met.
    func storeOrder(of layout: RecordLayout) throws -> Int64 {
        if let number = try order(of: layout) { return number }
        try execute(
            sql: "INSERT INTO note_columns (record_type, fields) VALUES (?, ?)",
            arguments: [layout.type.name, layout.fieldNames])
        return lastInsertedRowID
    }
}

extension RecordLayout {
    fileprivate var fieldNames: String { StoredJSON.strings(type.fields.map(\.name)).text }
}
