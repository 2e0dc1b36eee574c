/// How many live records a mapping has made of a stream's records.
public struct MappingCount: Sendable, Hashable {
    /// The type of the records.
    public let recordType: String
    /// The connection that brought them.
    public let connection: String
    /// The stream that brought them.
    public let stream: String
    /// The mapping that made them.
    public let mappingVersion: String
    /// How many there are.
    public let records: Int
    /// The last run that brought one of them.
    public let latestRun: RunID
}

/// What a table holds, as one hash.
public struct TableDigest: Sendable, Hashable {
    /// The table's name.
    public let table: String
    /// How many rows it has.
    public let rows: Int
    /// SHA-256 over every column of every row, hexadecimal.
    public let digest: String

    /// The hash of a table.
    public init(table: String, rows: Int, digest: String) {
        (self.table, self.rows, self.digest) = (table, rows, digest)
    }
}

/// Looks at the store as a whole, for those who want to know what it rests on and whether it stays as it is.
public protocol StoreInspection: Sendable {
    /// By which mappings the live records of every prepared type were made.
    func mappingCounts() async throws(StoreError) -> [MappingCount]

    /// A hash over all rows of each table, all of one state of the store, by the tables' names.
    func tableDigests() async throws(StoreError) -> [TableDigest]
}
