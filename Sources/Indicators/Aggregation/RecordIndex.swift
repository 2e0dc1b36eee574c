/// Records in memory by their key, for lookups.
public struct RecordIndex: RecordLookup {
    private var records: [Key: [String: CanonicalRecord]] = [:]

    private struct Key: Hashable {
        let type: String
        let key: String
    }

    /// An index without records.
    public init() {}

    /// Adds a record, in the place of the one of the same connection and key.
    public mutating func add(_ evidence: EvidenceRecord) {
        let key = Key(type: evidence.record.type.name, key: evidence.record.key)
        records[key, default: [:]][evidence.reference.connection] = evidence.record
    }

    /// The record of the connection, or else the only one there is; nil where several connections have one.
    public func record(ofType type: String, key: String, preferring connection: String) -> CanonicalRecord? {
        guard let found = records[Key(type: type, key: key)] else { return nil }
        return found[connection] ?? (found.count == 1 ? found.first?.value : nil)
    }
}
