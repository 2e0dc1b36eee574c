public import Expressions
internal import Indicators

/// One page of a run, stored as a whole or not at all.
public struct PageCommit: Sendable {
    /// The run that read the page.
    public var run: RunID
    /// The type that the stream is mapped onto.
    public var recordType: String
    /// What the mapping is recognised by: another version maps every record anew.
    public var mappingVersion: String
    /// What the page says of records, in the source's order: of two things about one record the later counts, unless the
    /// source's versions say otherwise.
    public var events: [PageEvent]
    /// The position after this page; nil keeps the one stored.
    public var cursor: String?
    /// What the connector found strange, to be listed with the run.
    public var anomalies: [String]
    /// What the source's records looked like.
    public var shape = SourceShape()
    /// When records may tell of; nil does not ask.
    public var possibleTimes: Range<Timestamp>?
    /// The events of the inbox that this page is made of: they are used once it is stored.
    public var uses: [InboxID] = []
    /// How many records of each of these events no stream takes; none where all are taken.
    public var untaken: [InboxID: Int] = [:]

    /// A page of a run.
    public init(
        run: RunID, recordType: String, mappingVersion: String, events: [PageEvent] = [], cursor: String? = nil,
        anomalies: [String] = []
    ) {
        self.run = run
        self.recordType = recordType
        self.mappingVersion = mappingVersion
        self.events = events
        self.cursor = cursor
        self.anomalies = anomalies
    }
}

/// What a page says of records.
public enum PageEvent: Sendable {
    /// Some of the records, one after the other, as they are.
    case records(MappedRecords, rows: Range<Int>)
    /// A state of the record that the stream's `where` leaves out: a stored one no longer counts.
    case leftOut(externalID: String, version: RecordVersion? = nil)
    /// A state of the record that could not be used. The last good state stays.
    case rejected(Reject)
    /// The source says that the record is deleted. Where the state has a version, it is remembered although no record of
    /// that id is stored: an older state that comes later does not bring the record.
    case deleted(externalID: String, version: RecordVersion? = nil)

    /// One record as it is.
    public static func record(_ record: MappedRecord) -> PageEvent {
        var records = MappedRecords(type: record.record.type)
        records.append(record)
        return .records(records, rows: 0..<1)
    }
}

/// A record that could not be used: it becomes a dead letter.
public struct Reject: Sendable {
    /// The record's id at the source; nil where not even that could be read.
    public var externalID: String?
    /// How new the state is; nil where nothing says that.
    public var version: RecordVersion?
    /// Why it could not be used.
    public var reason: String
    /// The expression that failed, nil where none did.
    public var expression: String?
    /// `file:line` of that expression.
    public var place: String?
    /// The raw input; it is stored sealed.
    public var input: [UInt8]
    /// Whether nothing is wrong with it but that its source may not bring it.
    public var isForbidden = false

    /// A record that could not be used, with its reason.
    public init(
        externalID: String?, version: RecordVersion? = nil, reason: String, expression: String? = nil,
        place: String? = nil, input: [UInt8]
    ) {
        self.externalID = externalID
        self.version = version
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
    /// Records that the same run had brought before with other contents: their identifier stands in the source twice.
    public var repeated = 0
    /// Records that no longer count: deleted at the source, or left out.
    public var deleted = 0
    /// States whose version is older than the stored one; they were not applied.
    public var older = 0
    /// Those of them that the order of arrival decided against, although a version of their own could say otherwise once
    /// the stored state has one of its kind.
    public var undecided = 0
    /// States whose own versions are of another kind than those stored: the order of arrival has decided.
    public var ofOtherKind = 0
    /// Records that became dead letters.
    public var rejected = 0
    /// Dead letters of earlier pages that a record of this page answers.
    public var resolved = 0
    /// Whether any record counts differently now.
    public var changesEvidence = false
    /// What the store found strange, with what the connector did.
    public var anomalies: [String] = []
}
