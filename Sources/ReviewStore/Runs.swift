public import Expressions

/// The number of a run, ascending.
public typealias RunID = Int64

/// How a run ended.
public enum RunState: String, Sendable, Hashable, CaseIterable {
    case running
    case succeeded
    case failed
    /// Its process was killed. What it committed stays.
    case interrupted
}

/// What a run did so far.
public struct RunCounters: Sendable, Hashable {
    /// Pages that were committed.
    public var pages = 0
    /// Records that were new.
    public var inserted = 0
    /// Records that came changed.
    public var updated = 0
    /// Records that came as they were stored.
    public var unchanged = 0
    /// Records that the source reported as deleted.
    public var deleted = 0
    /// Records whose version was older than the stored one.
    public var older = 0
    /// Records that became dead letters.
    public var rejected = 0
    /// Records that a sweep did not see any more.
    public var gone = 0

    /// Nothing yet.
    public init() {}

    /// The records the run has read.
    public var read: Int { inserted + updated + unchanged + older + rejected }
}

/// One reading of a stream.
public struct Run: Sendable, Hashable {
    /// The run's number.
    public let id: RunID
    /// The connection that is read.
    public let connection: String
    /// The stream that is read.
    public let stream: String
    /// When it claimed the stream.
    public let started: Timestamp
    /// When it ended; nil while it runs.
    public let finished: Timestamp?
    /// How it ended.
    public let state: RunState
    /// What it did.
    public let counters: RunCounters
    /// Why it failed, or what else is to be said.
    public let message: String?
    /// How many records the source says it has, where it can count.
    public let sourceCount: Int?
    /// What the quality gate says of it; nil where it is not asked, as for a record that a person has replayed.
    public let gate: GateState?
    /// The stream's position before the run; nil where it had none.
    public let cursorBefore: String?
    /// Whether it used what its system has sent, rather than read a source.
    public let isPushed: Bool
}

/// Which runs are meant; what is nil does not matter.
public struct RunFilter: Sendable, Hashable {
    /// The connection.
    public var connection: String?
    /// The stream.
    public var stream: String?
    /// Whether they used what systems have sent: those are many and small.
    public var isPushed: Bool?

    /// By default, all runs.
    public init(connection: String? = nil, stream: String? = nil, isPushed: Bool? = nil) {
        self.connection = connection
        self.stream = stream
        self.isPushed = isPushed
    }
}

/// Which runs have been kept long enough.
public struct RunExpiry: Sendable, Hashable {
    /// Runs that read a source and began before this moment may go.
    public var before: Timestamp
    /// Runs that used what systems have sent and began before this moment may go.
    public var pushedBefore: Timestamp
    /// So many of a stream's last runs stay, and so many that the gate let pass: later ones are compared with them.
    public var kept: Int

    /// Which runs may go.
    public init(before: Timestamp, pushedBefore: Timestamp, kept: Int) {
        self.before = before
        self.pushedBefore = pushedBefore
        self.kept = kept
    }
}

/// What a sweep over all ids of a stream changed.
public struct SweepOutcome: Sendable {
    /// Ids that the source listed.
    public var seen = 0
    /// Records marked as gone.
    public var gone = 0
    /// Records that were gone and are listed again.
    public var returned = 0
}

/// Claims streams, and remembers runs and cursors.
public protocol RunStore: Sendable {
    /// Claims a stream and begins a run. A run of the same stream that a killed process left behind is marked as
    /// interrupted.
    ///
    /// What a run brings that is gated has no effect before the quality gate has let it pass.
    /// - Throws: `StoreError.streamInUse` while another run, in this process or another one, holds the stream.
    func beginRun(connection: String, stream: String, isGated: Bool) async throws(StoreError) -> Run

    /// Notes that a run reads its stream from the beginning, whatever position was stored.
    func noteReadingAll(_ run: RunID) async throws(StoreError)

    /// Notes that a run uses what its system has sent, whenever and however much that was.
    func notePushed(_ run: RunID) async throws(StoreError)

    /// Ends a run that this store began, and lets go of its stream.
    ///
    /// A run that has read a source (`isPull`) tells sinks that want to know it, in the same transaction, of a connection
    /// that fails, or works again.
    func finishRun(
        _ run: RunID, as state: RunState, message: String?, sourceCount: Int?, isPull: Bool
    ) async throws(StoreError) -> Run

    /// The last `limit` runs that are meant, newest first.
    func runs(_ filter: RunFilter, limit: Int) async throws(StoreError) -> [Run]

    /// Those of some runs that are kept no longer.
    func expiredRuns(among runs: Set<RunID>) async throws(StoreError) -> Set<RunID>

    /// Forgets runs that have been kept long enough, with what was strange in them and what they have shown, and what was
    /// sent in hours as long ago as ``RunExpiry/before``; with an audit entry; or only counts the runs.
    ///
    /// Evidence and values keep the numbers of runs that are gone. A run stays for as long as something rests on it: an
    /// import, a reject, a record that is held, a hold, and all runs of a stream of which something is held.
    /// - Returns: How many runs they were.
    func expireRuns(_ expiry: RunExpiry, isPreview: Bool, actor: String) async throws(StoreError) -> Int

    /// The streams that have records of a type that count, by connection and stream.
    func streamsWithRecords(of recordType: String) async throws(StoreError) -> [StreamReference]

    /// Whether nothing of a run's stream is in effect but what runs have brought that wait at the gate.
    func bringsFirst(_ run: RunID) async throws(StoreError) -> Bool

    /// Takes all records of a stream that nobody reads any more out of the values, in ONE transaction with an audit entry.
    /// They are `gone`, and count again where the stream gives them again: it is read from its beginning then.
    /// - Returns: How many records they were.
    /// - Throws: `StoreError.notFound` where there is no such stream; `refused` while something of it waits at the gate;
    ///   `streamInUse` while it is read.
    func retire(_ stream: StreamReference, actor: String, reason: String) async throws(StoreError) -> Int

    /// One run.
    func run(_ id: RunID) async throws(StoreError) -> Run

    /// What was strange in a run, in the order it was found.
    func anomalies(of run: RunID) async throws(StoreError) -> [String]

    /// The position after the last stored page of a stream; nil before the first.
    func cursor(connection: String, stream: String) async throws(StoreError) -> String?

    /// Begins a sweep: from here on, ids are collected that the source still has. A page committed meanwhile counts as
    /// seen. An unfinished sweep of the same stream is forgotten.
    func beginSweep(of run: RunID, recordType: String) async throws(StoreError)

    /// Notes ids that the source listed.
    func sweep(_ run: RunID, saw externalIDs: [String]) async throws(StoreError)

    /// Ends a complete sweep: in ONE transaction, live records that were not seen become gone, and gone ones that were
    /// seen live again.
    func finishSweep(of run: RunID) async throws(StoreError) -> SweepOutcome
}

/// A stream by its connection and name.
public struct StreamReference: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The connection's name.
    public let connection: String
    /// The stream's name in that connection.
    public let stream: String

    /// A stream of a connection.
    public init(connection: String, stream: String) {
        self.connection = connection
        self.stream = stream
    }

    /// By connection, then by stream.
    public static func < (left: Self, right: Self) -> Bool {
        (left.connection, left.stream) < (right.connection, right.stream)
    }

    /// Such as `helpdesk/tickets`.
    public var description: String { "\(connection)/\(stream)" }
}

extension RunStore {
    /// The last `limit` runs, newest first, of one connection or of all.
    public func runs(connection: String?, limit: Int) async throws(StoreError) -> [Run] {
        try await runs(RunFilter(connection: connection), limit: limit)
    }

    /// Ends a run that this store began and that has read no source, and lets go of its stream.
    public func finishRun(
        _ run: RunID, as state: RunState, message: String?, sourceCount: Int?
    ) async throws(StoreError) -> Run {
        try await finishRun(run, as: state, message: message, sourceCount: sourceCount, isPull: false)
    }

    /// Claims a stream and begins a run whose records have effect at once.
    public func beginRun(connection: String, stream: String) async throws(StoreError) -> Run {
        try await beginRun(connection: connection, stream: stream, isGated: false)
    }
}
