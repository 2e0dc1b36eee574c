/// Records in memory by their key, for lookups.
public struct RecordIndex: RecordLookup {
    private var records: [Key: [String: EvidenceRecord]] = [:]

    private struct Key: Hashable {
        let type: String
        let key: String
    }

    /// An index without records.
    public init() {}

    /// Adds a record. Of several with one key in a connection, the one with the greatest origin is found.
    public mutating func add(_ evidence: EvidenceRecord) {
        let key = Key(type: evidence.record.type.name, key: evidence.record.key)
        let connection = evidence.reference.connection
        if let other = records[key]?[connection], evidence.reference < other.reference { return }
        records[key, default: [:]][connection] = evidence
    }

    /// The record of the connection, or else the only one there is; nil where several connections have one.
    public func record(ofType type: String, key: String, preferring connection: String) -> CanonicalRecord? {
        guard let found = records[Key(type: type, key: key)] else { return nil }
        return (found[connection] ?? (found.count == 1 ? found.first?.value : nil))?.record
    }
}
