public import Expressions
public import Indicators

/// A file that a person imports: what is kept of it besides its records.
public struct ImportedFile: Sendable, Hashable {
    /// The file's name, without its folder.
    public var name: String
    /// SHA-256 of its bytes, hexadecimal.
    public var digest: String
    /// Its length in bytes.
    public var byteCount: Int

    /// A file.
    public init(name: String, digest: String, byteCount: Int) {
        self.name = name
        self.digest = digest
        self.byteCount = byteCount
    }
}

/// An import as the store remembers it.
public struct ImportEntry: Sendable, Hashable, Identifiable {
    /// The import's number, ascending.
    public let id: Int64
    /// The run that stored its records, with its counts.
    public let run: Run
    /// The file.
    public let file: ImportedFile
    /// Who imported it, as a pseudonymous id.
    public let actor: String
    /// When it was undone; nil while it holds.
    public let undone: Timestamp?
    /// Who undid it; nil while it holds.
    public let undoneBy: String?
}

/// What an import of a file is committed with.
public struct ImportCommit: Sendable {
    /// The run that reads the file.
    public var run: RunID
    /// The file.
    public var file: ImportedFile
    /// The type that the rows are mapped onto.
    public var recordType: String
    /// What the mapping is recognised by.
    public var mappingVersion: String
    /// Who imports it, as a pseudonymous id.
    public var actor: String
    /// What the file's records look like.
    public var shape = SourceShape()
    /// When records may tell of; nil does not ask.
    public var possibleTimes: Range<Timestamp>?
    /// Makes accounts of what the records mention; called behind the last page, in the import's own transaction.
    public var matching: AccountMatching?
    /// The types to be computed again where an account becomes someone else's.
    public var accountTypes: Set<String> = []

    /// An import of a file.
    public init(run: RunID, file: ImportedFile, recordType: String, mappingVersion: String, actor: String) {
        self.run = run
        self.file = file
        self.recordType = recordType
        self.mappingVersion = mappingVersion
        self.actor = actor
    }
}

/// Reads evidence within a transaction that has not been committed yet, as if the gate let the transaction's run pass.
public protocol EvidenceReading {
    /// Folds the live records of some types into `result`, as ``EvidenceStore/fold(_:into:_:)`` does.
    func fold<Result>(
        _ selections: [EvidenceSelection], into result: Result, _ add: (inout Result, inout EvidenceRecord) -> Void
    ) throws(StoreError) -> Result
}

/// Takes in whole files, all of each or nothing, and takes them back.
public protocol ImportStore: Sendable {
    /// Stores all pages of a file in ONE transaction, with the accounts that they mention, the end of the run and what is
    /// needed to take them back. The run still has to be finished, which lets go of its stream.
    ///
    /// `pages` is called on the store's own thread for one page after the other and gives nil behind the last; then
    /// `keep` sees the evidence as it would be and says whether it shall be so. What either throws undoes everything.
    /// - Returns: What the file changes, and the import's number; nil where it was not kept.
    func commitImport(
        _ commit: ImportCommit, pages: @escaping @Sendable () throws(StoreError) -> [PageEvent]?,
        keep: @escaping @Sendable (any EvidenceReading) throws(StoreError) -> Bool
    ) async throws(StoreError) -> (import: Int64?, outcome: PageOutcome)

    /// The last `limit` imports, newest first.
    func imports(limit: Int) async throws(StoreError) -> [ImportEntry]

    /// Restores every record that an import has changed as it was before, in ONE transaction with an audit entry.
    ///
    /// `allow` sees the evidence as it would be, and throws to refuse.
    /// - Throws: `StoreError.refused` where a record has been changed since by another run, or the import was undone.
    func undoImport(
        _ id: Int64, actor: String, allow: @escaping @Sendable (any EvidenceReading) throws(StoreError) -> Void
    ) async throws(StoreError)
}
