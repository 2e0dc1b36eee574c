public import Expressions
public import Indicators

/// Evidence of a record type whose time is over, and which was deleted.
public struct ExpiredEvidence: Sendable, Hashable {
    /// The type of the records.
    public let recordType: String
    /// A period that begins before this day may lack records: its values cannot be computed again.
    public let before: Day
    /// How many records were deleted and have not come back changed.
    public let records: Int
}

/// A record to be deleted, as it was looked at.
public struct ExpiringRecord: Sendable, Hashable {
    /// What names the record.
    public let key: EvidenceReference
    /// What it held: a record that has changed in the meantime stays.
    public let contentHash: ContentHash
    /// Who has zeros because of it, by the ids of indicators.
    public let subjects: [String: Set<Subject>]

    /// A record with what it held, and who has zeros because of it.
    public init(key: EvidenceReference, contentHash: ContentHash, subjects: [String: Set<Subject>] = [:]) {
        (self.key, self.contentHash, self.subjects) = (key, contentHash, subjects)
    }
}

/// Deletes evidence whose time is over.
public protocol RetentionStore: Sendable {
    /// What was deleted of each record type, by its name.
    func expiredEvidence() async throws(StoreError) -> [ExpiredEvidence]

    /// Those who had zeros because of records that were deleted, by the ids of indicators: their zeros stay.
    func expiredSubjects() async throws(StoreError) -> [String: Set<Subject>]

    /// The records of a type that are held by themselves as they are stored, whatever a person has decided: what counts of
    /// them is what they were before.
    func heldRecords(of recordType: String) async throws(StoreError) -> Set<EvidenceReference>

    /// Deletes records of a type, with what runs have kept of them, in ONE transaction with an audit entry. No value
    /// changes: those of periods that begin before the day are not to be computed again.
    ///
    /// No day is needed where no record counts in any period. Records that are held by themselves stay.
    ///
    /// A keyed hash of each record's id stays, with that of its contents, and who has zeros because of it. What a source gives again as it was is passed
    /// over; what it gives changed is taken in.
    /// - Returns: How many records were deleted.
    /// - Throws: `StoreError.refused` while records of the type wait for the quality gate.
    func expire(
        _ records: [ExpiringRecord], of recordType: String, before: Day?, actor: String
    ) async throws(StoreError) -> Int

    /// Forgets that sources have deleted records that are not stored, where that was noted before a moment, or only counts
    /// them: a state that is older than its deletion brings its record back from then on.
    /// - Returns: How many they were.
    func deleteTombstones(before moment: Timestamp, isPreview: Bool) async throws(StoreError) -> Int
}
