public import Expressions
internal import Indicators

/// What the quality gate says of a run.
public enum GateState: String, Sendable, Hashable, CaseIterable {
    /// The run awaits its judgement; its records are not in effect yet.
    case pending
    /// Nothing was wrong.
    case passed
    /// A rule failed; its records are not in effect.
    case held
    /// It was held, and a person found that it is right.
    case released
    /// It was held, and a person had it taken back.
    case discarded
}

/// Which states of records are read.
public enum EvidenceView: Sendable, Hashable {
    /// What counts: records of runs that the gate holds, or has not judged, are read as they were before.
    case inEffect
    /// What is stored, whatever the gate says.
    case asStored
    /// What would count if this hold was released.
    case releasing(Int64)
    /// What would count if the gate let this run pass.
    case passing(RunID)
}

/// What a run has shown of a stream, to be compared with other runs.
public struct RunProfile: Sendable, Hashable {
    /// The run with its counts.
    public var run: Run
    /// The type that the stream is mapped onto.
    public var recordType: String
    /// Whether it read a file that a person brought.
    public var isImport: Bool
    /// How the run read its stream; nil until it is judged.
    public var mode: Mode?
    /// The stream's records that count, this run's among them.
    public var live: Int
    /// The stream's open dead letters.
    public var openRejects: Int
    /// Whether it used what its system has sent.
    public var isPushed: Bool
    /// Whether it read its stream from the beginning.
    public var readsAll: Bool
    /// How the last of the stream's runs before it ended that stored anything; nil where there is none.
    public var previous: RunState?
    /// The latest moment that its records tell of, due dates and the like left out; nil where they tell of none.
    public var newest: Timestamp?
    /// How many records were mapped, those that came unchanged among them.
    public var mapped: Int
    /// In how many of those each field was empty.
    public var emptyFields: [String: Int]
    /// What the source's records looked like.
    public var shape: SourceShape
    /// Accounts that the connection's records mention.
    public var accounts: Int
    /// Those of them that nobody is matched to.
    public var unmatchedAccounts: Int

    /// How a run read its stream: only runs of one mode are comparable.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// From the beginning to the end.
        case full
        /// What changed since the run before.
        case incremental
        /// What an interrupted or failed run had left.
        case resumed
        /// A file that a person brought.
        case file
        /// What its system has sent.
        case pushed
    }
}

/// What fields a source's records had, in a sample of them.
public struct SourceShape: Sendable, Hashable {
    /// How many records the sample has.
    public var records: Int
    /// By field that is read, in how many records it had a value of each kind, or was ``missing``.
    public var kinds: [String: [String: Int]]

    /// What is said of a field that a record lacks.
    public static let missing = "missing"

    /// A shape; that of no records where nothing is given.
    public init(records: Int = 0, kinds: [String: [String: Int]] = [:]) {
        self.records = records
        self.kinds = kinds
    }

    /// Counts a field of a record.
    public mutating func add(_ field: String, kind: String, records: Int = 1) {
        kinds[field, default: [:]][kind, default: 0] += records
    }
}

/// Why the gate holds a run: a rule and what it has measured.
public struct GateFinding: Sendable, Hashable {
    /// The rule, such as `volume`.
    public var rule: String
    /// The field, or another part of the stream, that it is about; nil where it is about the run as a whole.
    public var subject: String?
    /// What was found, as a short text such as `12 records`.
    public var found: String
    /// What was expected.
    public var expected: String

    /// A finding of a rule.
    public init(rule: String, subject: String? = nil, found: String, expected: String) {
        self.rule = rule
        self.subject = subject
        self.found = found
        self.expected = expected
    }
}

/// What the gate decided about a run.
public struct GateVerdict: Sendable {
    /// How the run read its stream.
    public var mode: RunProfile.Mode
    /// Why the run as a whole is held; empty lets it pass.
    public var findings: [GateFinding]
    /// Why the records with impossible times are held; nil where there are none.
    public var recordFinding: GateFinding?
    /// Accounts that the connection's records mention, and how many nobody is matched to.
    public var accounts: (known: Int, unmatched: Int)

    /// A verdict.
    public init(
        mode: RunProfile.Mode, findings: [GateFinding], recordFinding: GateFinding? = nil,
        accounts: (known: Int, unmatched: Int)
    ) {
        self.mode = mode
        self.findings = findings
        self.recordFinding = recordFinding
        self.accounts = accounts
    }
}

/// Records that wait for a person: those of some runs of a stream, or single ones.
public struct Hold: Sendable, Hashable, Identifiable {
    /// The hold's number, ascending.
    public let id: Int64
    /// The connection that brought the records.
    public let connection: String
    /// The connection's stream.
    public let stream: String
    /// The type of the records.
    public let recordType: String
    /// That type, and the one that the stream was mapped onto before, where its records have gone.
    public let recordTypes: Set<String>
    /// Whether runs are held, or single records.
    public let scope: Scope
    /// The runs that brought the records, ascending.
    public let runs: [RunID]
    /// Why.
    public let findings: [GateFinding]
    /// When the last run of the stream before them began that is in effect; nil where there is none.
    public let knownUntil: Timestamp?
    /// How many stored records it keeps from having effect.
    public let records: Int
    /// What became of it.
    public let state: State
    /// When it began.
    public let created: Timestamp
    /// When it ended; nil while it is open.
    public let decided: Timestamp?
    /// Who ended it, as a pseudonymous id; nil where the gate did.
    public let decidedBy: String?
    /// Why it was ended so.
    public let reason: String?

    /// What is held.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// All that some runs have brought.
        case runs
        /// Single records.
        case records
    }

    /// What became of a hold.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case open
        /// A person found the records right.
        case released
        /// A person had the records taken back.
        case discarded
        /// The source has sent other states of all its records since.
        case settled
    }
}

/// A record whose time cannot be.
public struct ImpossibleTime: Sendable, Hashable {
    /// The record's id at the source.
    public let externalID: String
    /// The field with the time.
    public let field: String
    /// The time.
    public let time: Timestamp
}

/// How a person ends a hold.
public enum HoldDecision: String, Sendable, Hashable, CaseIterable {
    /// The records count from now on.
    case release
    /// The records are again as they were before, and the stream is read on from there.
    case discard
}

/// Keeps what runs have shown, and what is held because of it.
///
/// Records of a run that awaits judgement or is held are stored, but not in effect: see ``EvidenceView``.
public protocol GateStore: Sendable {
    /// What the runs that await judgement have shown, in their order; none that still runs. A run whose process was killed
    /// is marked as interrupted.
    func runsToJudge() async throws(StoreError) -> [RunProfile]

    /// What the last `limit` runs of a stream have shown that passed or were released, newest first, none from before
    /// the last that was released: what a person found right is what others are compared with. Of those that used what a
    /// system has sent (`arePushed`), or of the others. No more runs are looked at than are given.
    func judgedRuns(
        connection: String, stream: String, arePushed: Bool, limit: Int
    ) async throws(StoreError) -> [RunProfile]

    /// The latest moments that runs have told of since the last release, one for each day (UTC), newest first, of the last
    /// `days` such days.
    func newestMoments(connection: String, stream: String, days: Int) async throws(StoreError) -> [Timestamp]

    /// Up to `limit` records of a run whose times cannot be, and how many there are.
    func impossibleTimes(of run: RunID, limit: Int) async throws(StoreError) -> (first: [ImpossibleTime], count: Int)

    /// Judges a run, in ONE transaction with the audit entry of what is held. Held runs of a stream share one hold. Open
    /// holds whose records have all come otherwise since are settled, and so are those for a state of the stream alone,
    /// such as its count, once a complete run finds it in order: their records count then.
    /// - Returns: The holds that the run is part of.
    func judge(_ run: RunID, _ verdict: GateVerdict) async throws(StoreError) -> [Hold]

    /// The holds in any of `states`, oldest first.
    func holds(in states: Set<Hold.State>) async throws(StoreError) -> [Hold]

    /// One hold.
    func hold(_ id: Int64) async throws(StoreError) -> Hold

    /// Ends an open hold as a person decides, in ONE transaction with an audit entry.
    /// What a run that is not held has changed since stays when a hold is discarded.
    /// - Throws: `StoreError.refused` where it is not open; `streamInUse` where its stream is being read and it is to be
    ///   discarded.
    func decide(
        _ hold: Int64, _ decision: HoldDecision, actor: String, reason: String
    ) async throws(StoreError)
}

extension GateStore {
    /// What the last `limit` runs have shown that read a stream and passed or were released.
    public func judgedRuns(
        connection: String, stream: String, limit: Int
    ) async throws(StoreError) -> [RunProfile] {
        try await judgedRuns(connection: connection, stream: stream, arePushed: false, limit: limit)
    }
}

extension MappedRecords {
    /// The first field of a record whose time cannot be, ahead of now or long before anything was recorded; nil where
    /// none is.
    public func impossibleTime(of row: Int, outside times: Range<Timestamp>?) -> (slot: Int, time: Timestamp)? {
        guard let times else { return nil }
        for slot in fields.type.pastSlots {
            if let time = fields.time(slot, of: row), !times.contains(time) { return (slot, time) }
        }
        return nil
    }
}
