internal import GRDB
internal import GRDBSQLite
internal import OpenSSLCrypto
internal import Synchronization

// The protocols say what these do.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension SQLiteReviewStore {
    public func mappingCounts() async throws(StoreError) -> [MappingCount] {
        let tables = tables.withLock { $0 }.sorted { $0.key < $1.key }
        return try await read { db in
            try tables.flatMap { type, table in
                let statement = try PreparedStatement(table.mappings, in: db)
                defer { statement.reset() }
                var counts: [MappingCount] = []
                while try statement.step() { counts.append(MappingCount(recordType: type, row: statement)) }
                return counts
            }
        }
    }

    public func tableDigests() async throws(StoreError) -> [TableDigest] {
        try await read { db in
            let names = "SELECT name FROM main.sqlite_schema WHERE type = 'table' ORDER BY name"
            return try String.fetchAll(db, sql: names).map { try db.digest(ofTable: $0) }
        }
    }
}

extension EvidenceTable {
    fileprivate var mappings: String {
        """
        SELECT _connection, _stream, _mapping_version, COUNT(*), MAX(_run_id) FROM "\(sqlName)"
        WHERE _state = 'live' GROUP BY _connection, _stream, _mapping_version
        """
    }
}

extension MappingCount {
    fileprivate init(recordType: String, row: PreparedStatement) {
        self.init(
            recordType: recordType, connection: row.text(0), stream: row.text(1), mappingVersion: row.text(2),
            records: Int(row.integer(3)), latestRun: row.integer(4))
    }
}

extension Database {
    /// The hash over a table's rows in the order in which they lie.
    fileprivate func digest(ofTable name: String) throws -> TableDigest {
        let statement = try PreparedStatement("SELECT * FROM main.\"\(name)\"", in: self)
        defer { statement.reset() }
        var hasher = SHA256()
        var row: [UInt8] = []
        var count = 0
        while try statement.step() {
            row.removeAll(keepingCapacity: true)
            statement.append(to: &row)
            hasher.update(row)
            count += 1
        }
        return TableDigest(table: name, rows: count, digest: Hex.encode(hasher.finish()))
    }
}

extension PreparedStatement {
    /// Appends every column with its kind and length, so that no two rows give the same bytes.
    fileprivate func append(to bytes: inout [UInt8]) {
        for column in 0..<columnCount {
            bytes.append(UInt8(truncatingIfNeeded: kind(column)))
            switch kind(column) {
            case SQLITE_NULL: break
            case SQLITE_INTEGER: bytes.append(integer: integer(column))
            default:
                withBytes(column) { content in
                    bytes.append(integer: Int64(content.count))
                    bytes += content
                }
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }
}
