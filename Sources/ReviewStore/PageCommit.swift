public import Indicators

/// One page of a run, stored as a whole or not at all.
public struct PageCommit: Sendable {
    /// The run that read the page.
    public var run: RunID
    /// The type that the stream is mapped onto.
    public var recordType: String
    /// What the mapping is recognised by: another version maps every record anew.
    public var mappingVersion: String
    /// Records that mapped well.
    public var records: [MappedRecord]
    /// Records that could not be used.
    public var rejects: [Reject]
    /// Ids that the source reports as deleted.
    public var deletions: [String]
    /// The position after this page; nil keeps the one stored.
    public var cursor: String?
    /// What the connector found strange, to be listed with the run.
    public var anomalies: [String]

    /// A page of a run.
    public init(
        run: RunID, recordType: String, mappingVersion: String, records: [MappedRecord] = [], rejects: [Reject] = [],
        deletions: [String] = [], cursor: String? = nil, anomalies: [String] = []
    ) {
        self.run = run
        self.recordType = recordType
        self.mappingVersion = mappingVersion
        self.records = records
        self.rejects = rejects
        self.deletions = deletions
        self.cursor = cursor
        self.anomalies = anomalies
    }
}

/// A record that mapped well.
public struct MappedRecord: Sendable {
    /// The record's id at the source.
    public var externalID: String
    /// The source's own version of the record, nil where it has none.
    public var sourceVersion: String?
    /// The canonical fields.
    public var record: CanonicalRecord

    /// A mapped record with its id and version at the source.
    public init(externalID: String, sourceVersion: String? = nil, record: CanonicalRecord) {
        self.externalID = externalID
        self.sourceVersion = sourceVersion
        self.record = record
    }
}

/// A record that could not be used: it becomes a dead letter.
public struct Reject: Sendable {
    /// The record's id at the source; nil where not even that could be read.
    public var externalID: String?
    /// The source's own version of the record, nil where it has none.
    public var sourceVersion: String?
    /// Why it could not be used.
    public var reason: String
    /// The expression that failed, nil where none did.
    public var expression: String?
    /// `file:line` of that expression.
    public var place: String?
    /// The raw input; it is stored sealed.
    public var input: [UInt8]

    /// A record that could not be used, with its reason.
    public init(
        externalID: String?, sourceVersion: String? = nil, reason: String, expression: String? = nil,
        place: String? = nil, input: [UInt8]
    ) {
        self.externalID = externalID
        self.sourceVersion = sourceVersion
        self.reason = reason
        self.expression = expression
        self.place = place
        self.input = input
    }
}

/// What a page changed.
public struct PageOutcome: Sendable {
    /// Records that were new.
    public var inserted = 0
    /// Records that are stored otherwise than before.
    public var updated = 0
    /// Records that were left as they are.
    public var unchanged = 0
    /// Records that the source reported as deleted.
    public var deleted = 0
    /// Records whose version is older than the stored one; they were not applied.
    public var older = 0
    /// Records that became dead letters.
    public var rejected = 0
    /// Dead letters of earlier pages that a record of this page answers.
    public var resolved = 0
    /// The records that count differently now, with their fields before and after.
    public var touched: [TouchedRecord] = []
    /// What the store found strange, with what the connector did.
    public var anomalies: [String] = []
}

/// A record that counts differently than before.
public struct TouchedRecord: Sendable {
    /// What names the record.
    public let key: EvidenceReference
    /// The record as it counted before; nil where it did not.
    public let old: CanonicalRecord?
    /// The record as it counts now; nil where it does not.
    public let new: CanonicalRecord?
}
