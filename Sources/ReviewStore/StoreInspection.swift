public import Expressions

/// How many live records a mapping has made of a stream's records.
public struct MappingCount: Sendable, Hashable {
    /// The type of the records.
    public let recordType: String
    /// The connection that brought them.
    public let connection: String
    /// The stream that brought them.
    public let stream: String
    /// The mapping that made them.
    public let mappingVersion: String
    /// How many there are.
    public let records: Int
    /// The last run that brought one of them.
    public let latestRun: RunID
}

/// What a table holds, as one hash.
public struct TableDigest: Sendable, Hashable {
    /// The table's name.
    public let table: String
    /// How many rows it has.
    public let rows: Int
    /// SHA-256 over every column of every row, hexadecimal.
    public let digest: String

    /// The hash of a table.
    public init(table: String, rows: Int, digest: String) {
        (self.table, self.rows, self.digest) = (table, rows, digest)
    }
}

/// How a stream has been read.
public struct StreamHealth: Sendable, Hashable {
    /// The connection's name.
    public let connection: String
    /// The stream's name in that connection.
    public let stream: String
    /// The last run, whatever became of it; the replay of a reject is none.
    public let last: Run
    /// When the last run that came to its end began; nil where none did.
    public let lastGood: Timestamp?
}

/// What those who watch a serving process want to know of a stream.
public struct StreamCondition: Sendable, Hashable {
    /// The connection's name.
    public let connection: String
    /// The stream's name in that connection.
    public let stream: String
    /// When the last run that came to its end began; nil where none did.
    public let lastGood: Timestamp?
    /// Open rejects of the stream.
    public let openRejects: Int
    /// Open holds of the quality gate on the stream.
    public let openHolds: Int
}

/// Things that wait for a person.
public struct Waiting: Sendable, Hashable {
    /// How many there are.
    public let count: Int
    /// Since when the first of them waits; nil where that is not known.
    public let since: Timestamp?
}

/// What those who run the program want to know of the store.
public struct StoreHealth: Sendable, Hashable {
    /// The steps of the schema, in their order.
    public var schema: [String]
    /// The last run of each stream, by connection and stream.
    public var streams: [StreamHealth]
    /// Open rejects.
    public var rejects: Waiting
    /// Open holds of the quality gate.
    public var holds: Waiting
    /// Accounts that nobody, or more than one person, is matched to.
    public var unmatchedAccounts: Waiting
    /// The latest moment that any record tells of, but for those that may lie ahead.
    public var newestEvidence: Timestamp?
    /// When the last run began, or the last audit entry was written.
    public var lastActivity: Timestamp?
    /// The record types whose values are still to be computed.
    public var staleTypes: [String]
    /// The streams that have records that count, by connection and stream.
    public var streamsWithRecords: [StreamReference]
    /// What systems have sent by the hour.
    public var pushed: [PushedHour]
    /// How many events of each connection await their use.
    public var inbox: [InboxDepth]
    /// What no stream took of events that are kept.
    public var untaken: [InboxUntaken]
    /// What should not have happened at connections' addresses, and nobody has seen.
    public var alarms: [Alarm]
    /// How much each sink still has to get.
    public var outbox: [OutboxDepth]
    /// How each sink stands.
    public var sinks: [SinkState]
    /// How following each directory goes.
    public var directories: [DirectoryState]
    /// The devices that have ever called, by connection and serial number.
    public var devices: [DeviceContact]
}

/// Looks at the store as a whole, for those who want to know what it rests on and whether it stays as it is.
public protocol StoreInspection: Sendable {
    /// By which mappings the live records of every prepared type were made.
    func mappingCounts() async throws(StoreError) -> [MappingCount]

    /// What those who run the program want to know, all of one state of the store.
    func health() async throws(StoreError) -> StoreHealth

    /// What those who watch want to know of each stream that was ever read, by connection and stream. Cheap enough to
    /// be asked every few seconds.
    func streamConditions() async throws(StoreError) -> [StreamCondition]

    /// Fails where nothing can be written now. Nothing is changed.
    func requireWritable() async throws(StoreError)

    /// A hash over all rows of each table, all of one state of the store, by the tables' names.
    func tableDigests() async throws(StoreError) -> [TableDigest]
}
