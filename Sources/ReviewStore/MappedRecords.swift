public import Indicators

/// Records of one type that mapped well, each with its id and version at the source.
public struct MappedRecords: Sendable {
    private(set) var fields: CanonicalBatch
    private(set) var externalIDs: [String]
    /// Empty where no record has one.
    private var versions: [RecordVersion?] = []

    /// Records without versions, and their ids, one for each.
    public init(_ fields: CanonicalBatch, externalIDs: [String]) {
        precondition(fields.count == externalIDs.count, "every record has an id")
        self.fields = fields
        self.externalIDs = externalIDs
    }

    /// No record yet, of a type.
    public init(type: RecordType) { self.init(CanonicalBatch(type: type), externalIDs: []) }

    /// How many records there are.
    public var count: Int { externalIDs.count }

    /// Adds a record of the same type.
    public mutating func append(_ record: MappedRecord) {
        if record.version != nil || !versions.isEmpty {
            while versions.count < count { versions.append(nil) }
            versions.append(record.version)
        }
        externalIDs.append(record.externalID)
        fields.append(record.record)
    }

    /// A record, with everything made of it.
    public subscript(row: Int) -> MappedRecord {
        MappedRecord(externalID: externalIDs[row], version: version(of: row), record: fields.record(row))
    }

    func version(of row: Int) -> RecordVersion? { row < versions.count ? versions[row] : nil }
}

/// A record that mapped well.
public struct MappedRecord: Sendable {
    /// The record's id at the source.
    public var externalID: String
    /// How new the record is; nil where nothing says that.
    public var version: RecordVersion?
    /// The canonical fields.
    public var record: CanonicalRecord

    /// A mapped record with its id and version at the source.
    public init(externalID: String, sourceVersion: String? = nil, record: CanonicalRecord) {
        self.init(externalID: externalID, version: sourceVersion.map { RecordVersion(own: $0) }, record: record)
    }

    /// A mapped record with its id at the source, and how new it is.
    public init(externalID: String, version: RecordVersion?, record: CanonicalRecord) {
        self.externalID = externalID
        self.version = version
        self.record = record
    }
}
