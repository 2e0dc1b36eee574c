/// What a copy of a database holds, as a file.
public struct DatabaseContents: Sendable, Hashable {
    /// The steps of the schema that it has, in their order.
    public let schema: [String]
    /// How many rows each table has, by the tables' names.
    public let rows: [String: Int]

    /// The contents of a database.
    public init(schema: [String], rows: [String: Int]) { (self.schema, self.rows) = (schema, rows) }
}

/// Copies a database while others read and write it, and checks copies. It never changes what it copies.
public protocol DatabaseCopier: Sendable {
    /// Writes one state of the database at `path`, whatever schema it has, to a new file at `copy`, which only its owner
    /// may read. What was deleted from the database is not in the copy.
    func copy(_ path: String, to copy: String) throws(StoreError)

    /// Checks a copy that nobody else uses: every page, index, constraint and reference.
    ///
    /// - Throws: `StoreError.damaged` with what is wrong first, `.newerVersion` where a newer Plumbline wrote it.
    func inspect(_ path: String) throws(StoreError) -> DatabaseContents

    /// Opens a copy as the program opens a database, which brings its schema up to date, and checks its audit chain.
    ///
    /// - Throws: `StoreError.wrongKey` where the keys do not belong to it.
    func audit(_ path: String, keys: StoreKeys) async throws(StoreError) -> AuditReport
}
