internal import GRDB
internal import Indicators

/// Makes and extends the table of a record type.
///
/// Our own columns begin with an underscore, which no field's name does, so that a type may have a field `state`.
struct EvidenceSchema {
    let layout: RecordLayout

    func prepare(_ db: Database, lookups: Set<String>) throws {
        try checkNames()
        let stored = try storedKinds(db)
        if stored.isEmpty { try db.execute(sql: tableDefinition) }
        for codec in layout.codecs {
            try prepare(codec, stored: stored[codec.field.name], hasTable: !stored.isEmpty, db)
        }
        for field in lookups.sorted() where layout.type.slot(of: field) != nil {
            try db.execute(
                sql: "CREATE INDEX IF NOT EXISTS \"\(table)_by_\(field)\" ON \"\(table)\" (\"\(field)\")")
        }
    }

    private var table: String { EvidenceTable.name(of: layout.type.name) }

    private var tableDefinition: String {
        let fields = layout.codecs.map { ", \"\($0.field.name)\" \($0.sqlType)" }.joined()
        return """
            CREATE TABLE "\(table)" (
                _connection TEXT NOT NULL, _stream TEXT NOT NULL, _external_id TEXT NOT NULL,
                _content_hash BLOB NOT NULL, _mapping_version TEXT NOT NULL, _source_version TEXT,
                _run_id INTEGER NOT NULL, _first_run_id INTEGER NOT NULL, _state TEXT NOT NULL\(fields),
                PRIMARY KEY (_connection, _stream, _external_id)
            ) STRICT, WITHOUT ROWID
            """
    }

    private func prepare(_ codec: FieldCodec, stored: String?, hasTable: Bool, _ db: Database) throws {
        let field = codec.field
        guard let stored else {
            if hasTable {
                try db.execute(sql: "ALTER TABLE \"\(table)\" ADD COLUMN \"\(field.name)\" \(codec.sqlType)")
            }
            try db.execute(
                sql: "INSERT INTO record_fields (record_type, field, kind) VALUES (?, ?, ?)",
                arguments: [layout.type.name, field.name, field.storedKind])
            return
        }
        try check(field, stored: stored)
    }

    /// - Throws: `StoreError.fieldKindChanged` where a field is declared with another kind than is stored.
    func checkKinds(_ db: Database) throws {
        let stored = try storedKinds(db)
        for codec in layout.codecs {
            if let kind = stored[codec.field.name] { try check(codec.field, stored: kind) }
        }
    }

    private func check(_ field: RecordField, stored: String) throws(StoreError) {
        guard stored == field.storedKind else {
            throw .fieldKindChanged(
                recordType: layout.type.name, field: field.name, stored: stored, declared: field.storedKind)
        }
    }

    private func storedKinds(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT field, kind FROM record_fields WHERE record_type = ?", arguments: [layout.type.name])
        var kinds: [String: String] = [:]
        for row in rows { try kinds[row.decode(forColumn: "field")] = row.decode(forColumn: "kind") }
        return kinds
    }

    private func checkNames() throws(StoreError) {
        guard !layout.codecs.isEmpty else {
            throw .invalid(reason: "the record type \(layout.type.name) has no fields")
        }
        for name in [layout.type.name] + layout.type.fields.map(\.name) where !Self.isName(name) {
            throw .invalid(
                reason:
                    "\"\(name)\" cannot name a record type or field: lower-case letters, digits and _, a letter first")
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (97...122).contains(first), name.utf8.count <= 60 else { return false }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
    }
}

extension FieldCodec {
    fileprivate var sqlType: String { isInteger ? "INTEGER" : "TEXT" }
}

extension RecordField {
    /// The kind that must not change under stored rows. The names of an enumeration may, and so may `?`.
    fileprivate var storedKind: String {
        let kind = if case .enumeration = kind { "enum" } else { kind.text }
        return isList ? "list<\(kind)>" : kind
    }
}
