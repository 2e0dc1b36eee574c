public import Indicators

/// Whether a record counts.
public enum EvidenceState: String, Sendable, Hashable, CaseIterable {
    case live
    /// A sweep did not see it any more.
    case gone
    /// The source reported its deletion.
    case deleted
}

/// A stored canonical record with its origin.
public struct Evidence: Sendable {
    /// What names the record: the connection and stream that brought it, and its id at the source.
    public let key: EvidenceReference
    /// The canonical fields.
    public let record: CanonicalRecord
    /// SHA-256 over the canonical fields only.
    public let contentHash: ContentHash
    /// The mapping that made the record.
    public let mappingVersion: String
    /// How new the record is; nil where nothing says that.
    public let version: RecordVersion?
    /// The run that brought the record as it is now.
    public let run: RunID
    /// The run that brought it first.
    public let firstRun: RunID
    /// Whether the record counts.
    public let state: EvidenceState

    /// The source's own version of the record; nil where it has none.
    public var sourceVersion: String? { version?.own }
}

/// How many records of a type a stream has.
public struct EvidenceCount: Sendable, Hashable {
    /// The type of the records.
    public let recordType: String
    /// The connection that brought them.
    public let connection: String
    /// The stream that brought them.
    public let stream: String
    /// Those that count.
    public let live: Int
    /// Those that a sweep did not see any more.
    public let gone: Int
    /// Those that the source reported as deleted.
    public let deleted: Int
}

/// Reads evidence and brings it in by pages.
public protocol EvidenceStore: Sendable {
    /// Stores one page of a run, with its rejects, deletions and cursor, in ONE transaction.
    ///
    /// A record is untouched when hash and mapping version are those stored. Of two states the newer one stays, as
    /// ``RecordVersion`` says; where one has no version, the later read. A state that counts, or is left out, closes an
    /// open dead letter of an older one. Committing a page again changes nothing.
    ///
    /// Where a stream is mapped onto another record type than before, its records of the old type are gone from then on.
    func commit(_ page: PageCommit) async throws(StoreError) -> PageOutcome

    /// Up to `limit` records of a type in key order, those after `key`, in any of `states`.
    func evidence(
        of recordType: String, after key: EvidenceReference?, limit: Int, states: Set<EvidenceState>, view: EvidenceView
    ) async throws(StoreError) -> [Evidence]

    /// One record; nil when there is none.
    func evidence(of recordType: String, at key: EvidenceReference) async throws(StoreError) -> Evidence?

    /// The live records whose `field`, a text field, holds one of `values`, in key order.
    func evidence(
        of recordType: String, where field: String, isOneOf values: [String]
    ) async throws(StoreError) -> [Evidence]

    /// Folds the live records of some types into `result`, all of them read in one state of the store.
    ///
    /// Type by type in the order of `selections`, in key order within a type. Memory does not grow with their number:
    /// `add` gets one record after the other in the same place, and may change what it was given.
    func fold<Result: Sendable>(
        _ selections: [EvidenceSelection], view: EvidenceView, into result: Result,
        _ add: @escaping @Sendable (inout Result, inout EvidenceRecord) -> Void
    ) async throws(StoreError) -> Result

    /// How many records each stream has brought, of every prepared record type.
    func evidenceCounts() async throws(StoreError) -> [EvidenceCount]

    /// The record types that changed and whose values are to be computed again.
    func staleMarks() async throws(StoreError) -> [StaleMark]

    /// The states that the touched records of a type had before they were touched, and those in effect now, where they
    /// count: of each record none, one or several.
    func touchedStates(of recordType: String) async throws(StoreError) -> [Evidence]
}

/// Which records are read, and how much of each.
public struct EvidenceSelection: Sendable, Hashable {
    /// The type of the records.
    public let recordType: String
    /// The fields that are read; the others are empty in what is given. Nil for all.
    public let fields: Set<String>?
    /// Only records in one of these windows are read. Nil for all.
    public let windows: [FieldWindow]?

    /// The records of a type with these fields.
    public init(_ recordType: String, fields: Set<String>? = nil, windows: [FieldWindow]? = nil) {
        self.recordType = recordType
        self.fields = fields
        self.windows = windows
    }
}

/// A record type of which values are to be computed again, and which change said so last.
///
/// A publication clears the marks it was computed from. A change that came in the meantime has a higher generation and
/// keeps its mark.
public struct StaleMark: Sendable, Hashable {
    /// The type that changed.
    public let recordType: String
    /// Higher for each change.
    public let generation: Int64
    /// Whether any value may have changed; else those that the touched records count for, as they were or as they are
    /// (``EvidenceStore/touchedStates(of:)``).
    public let isWhole: Bool
}

extension EvidenceStore {
    /// All live records of a type in key order, read in batches: memory does not grow with their number.
    public func evidence(
        of recordType: String, batchSize: Int = 1000, states: Set<EvidenceState> = [.live],
        view: EvidenceView = .asStored
    ) -> EvidenceBatches {
        EvidenceBatches(store: self, recordType: recordType, batchSize: max(1, batchSize), states: states, view: view)
    }

    /// Up to `limit` records of a type as they are stored, whatever the gate says.
    public func evidence(
        of recordType: String, after key: EvidenceReference?, limit: Int, states: Set<EvidenceState>
    ) async throws(StoreError) -> [Evidence] {
        try await evidence(of: recordType, after: key, limit: limit, states: states, view: .asStored)
    }

    /// Folds the live records that are in effect.
    public func fold<Result: Sendable>(
        _ selections: [EvidenceSelection], into result: Result,
        _ add: @escaping @Sendable (inout Result, inout EvidenceRecord) -> Void
    ) async throws(StoreError) -> Result {
        try await fold(selections, view: .inEffect, into: result, add)
    }
}

/// The records of a type as a sequence of batches in key order. Each batch is read when it is asked for.
public struct EvidenceBatches: AsyncSequence, Sendable {
    fileprivate let store: any EvidenceStore
    fileprivate let recordType: String
    fileprivate let batchSize: Int
    fileprivate let states: Set<EvidenceState>
    fileprivate let view: EvidenceView

    /// Begins with the first batch.
    public func makeAsyncIterator() -> Iterator { Iterator(source: self) }

    /// Reads one batch after the other.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: EvidenceBatches
        private var last: EvidenceReference?
        private var isFinished = false

        fileprivate init(source: EvidenceBatches) { self.source = source }

        /// The next batch; nil after the last.
        public mutating func next() async throws(StoreError) -> [Evidence]? {
            try await next(isolation: nil)
        }

        /// The next batch; nil after the last.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(StoreError) -> [Evidence]? {
            guard !isFinished else { return nil }
            let batch = try await source.store.evidence(
                of: source.recordType, after: last, limit: source.batchSize, states: source.states,
                view: source.view)
            isFinished = batch.count < source.batchSize
            last = batch.last?.key
            return batch.isEmpty ? nil : batch
        }
    }
}
