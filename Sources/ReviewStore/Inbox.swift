public import Expressions

/// The number of an event in the inbox, ascending in the order of arrival.
public typealias InboxID = Int64

/// An event that a system has sent and proven to be its own, before it is stored.
public struct InboxArrival: Sendable, Hashable {
    /// The connection that it came for.
    public var connection: String
    /// What it is known by when it is sent again.
    public var key: String
    /// What it is known by besides, whatever its key is; nil where the key is enough. Of two arrivals of a connection that have
    /// one proof, the second is not new.
    public var proof: String?
    /// Its contents, with what a connector wants of its headers.
    public var contents: InboxContents
    /// When it came.
    public var received: Timestamp

    /// An event that has come.
    public init(
        connection: String, key: String, proof: String? = nil, contents: InboxContents, received: Timestamp
    ) {
        self.connection = connection
        self.key = key
        self.proof = proof
        self.contents = contents
        self.received = received
    }
}

/// What an event holds. It is stored sealed.
public struct InboxContents: Sendable, Hashable {
    /// The body as the system meant it.
    public var body: [UInt8]
    /// Names and values that came beside the body, in their order, such as a header with the event's kind.
    public var parts: [InboxPart]

    /// What an event holds.
    public init(body: [UInt8], parts: [InboxPart] = []) {
        self.body = body
        self.parts = parts
    }
}

/// A name and value that came beside a body.
public struct InboxPart: Sendable, Hashable {
    /// The name, such as that of a header.
    public let name: String
    /// The value.
    public let value: String

    /// A part of this name.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// What became of an arrival. Its event is on disk, whichever it is.
public enum InboxReceipt: Sendable, Hashable {
    /// It was new.
    case stored(InboxID)
    /// It came before with the same contents, under this number.
    case repeated(InboxID)
    /// Another event came before under the same key: whoever sends it contradicts itself, or somebody else sends it.
    case contradicted(InboxID)

    /// The number of the event that counts.
    public var id: InboxID {
        switch self {
        case .stored(let id), .repeated(let id), .contradicted(let id): id
        }
    }
}

/// Where an event stands.
public enum InboxState: String, Sendable, Hashable, CaseIterable {
    /// It awaits its use.
    case waiting
    /// What it tells is evidence, or among the rejects.
    case used
    /// A person decided that it is not needed.
    case discarded
}

/// An event in the inbox, without its contents.
public struct InboxEvent: Sendable, Hashable, Identifiable {
    /// Its number.
    public let id: InboxID
    /// The connection that it came for.
    public let connection: String
    /// When it came first.
    public let received: Timestamp
    /// Where it stands.
    public let state: InboxState
    /// The length of its body in bytes.
    public let byteCount: Int
    /// The run that has used it last; nil where none has.
    public let run: RunID?
    /// How often it came again with the same contents.
    public let repeats: Int
    /// How often another event came under its key.
    public let contradictions: Int
    /// Whether its contents are still there.
    public let isKept: Bool
    /// How many of its records no stream took when it was used last.
    public let untaken: Int
}

/// One of the bodies that came under an event's key.
public struct InboxBody: Sendable, Hashable {
    /// What it is called in commands: eight hexadecimal digits, the same for the same contents.
    public let name: String
    /// Whether this is the one that counts.
    public let isChosen: Bool
    /// How often it came.
    public let count: Int
    /// When it came last; for the one that counts, when it was first seen.
    public let last: Timestamp
    /// What it holds.
    public let contents: InboxContents
}

/// Records of a connection's events that no stream takes.
public struct InboxUntaken: Sendable, Hashable {
    /// The connection.
    public let connection: String
    /// How many of its events that are kept have such records.
    public let events: Int
    /// How many records they are.
    public let records: Int
}

/// An event that awaits its use.
public struct WaitingEvent: Sendable {
    /// Its number.
    public let id: InboxID
    /// When it came first.
    public let received: Timestamp
    /// What it holds; an error where what is stored cannot be read back.
    public let contents: Result<InboxContents, StoreError>
}

/// Which events are meant; what is nil does not matter.
public struct InboxFilter: Sendable, Hashable {
    /// The connection.
    public var connection: String?
    /// The events in any of these states.
    public var states: Set<InboxState>
    /// The events that have come since this moment.
    public var since: Timestamp?
    /// The events that have come before this moment.
    public var until: Timestamp?
    /// The events with these numbers.
    public var ids: ClosedRange<InboxID>?

    /// By default, all events.
    public init(
        connection: String? = nil, states: Set<InboxState> = Set(InboxState.allCases), since: Timestamp? = nil,
        until: Timestamp? = nil, ids: ClosedRange<InboxID>? = nil
    ) {
        self.connection = connection
        self.states = states
        self.since = since
        self.until = until
        self.ids = ids
    }
}

/// How many events of a connection await their use.
public struct InboxDepth: Sendable, Hashable {
    /// The connection that they came for.
    public let connection: String
    /// How many they are.
    public let waiting: Int
    /// When the first of them came.
    public let oldest: Timestamp
}

/// What a connection's system has sent in one hour, and what was made of what was used in it.
public struct PushedHour: Sendable, Hashable {
    /// The connection.
    public let connection: String
    /// When the hour began.
    public let start: Timestamp
    /// How many events have come; those that came again are not counted.
    public let events: Int
    /// How many states of records events told that were used in the hour, rejected ones among them.
    public let used: Int
    /// How many of those became rejects.
    public let rejected: Int

    /// So many hours of a connection are read at most, those in which something was sent or used: 60 days of one that never
    /// rests.
    public static let mostRead = 1_440

    /// An hour of a connection.
    public init(connection: String, start: Timestamp, events: Int, used: Int = 0, rejected: Int = 0) {
        self.connection = connection
        self.start = start
        self.events = events
        self.used = used
        self.rejected = rejected
    }
}

/// How much is kept of what should not come.
public enum InboxLimits {
    /// So many bodies are kept of those that contradict an event. What comes beyond them is counted.
    public static let mostBodies = 5
}

/// Keeps what systems send, from before it is answered until its time is over.
///
/// Life of an event: ``receive(_:)`` puts it on disk; a run of its connection reads it with ``waitingEvents(of:after:limit:)``
/// and uses it in the transaction of a page (``PageCommit/uses``); ``requeue(_:actor:)`` has it used again, which changes
/// nothing where the mapping is the same; ``deleteInbox(of:before:isPreview:actor:)`` forgets it.
public protocol InboxStore: Sendable {
    /// Stores an arrival: when it returns, it is on disk. Those that come while others are being stored share a transaction.
    func receive(_ arrival: InboxArrival) async throws(StoreError) -> InboxReceipt

    /// Up to `limit` events that await their use, in the order of their arrival; fewer where they are long, but one at least
    /// where one waits.
    func waitingEvents(of connection: String, after id: InboxID?, limit: Int) async throws(StoreError) -> [WaitingEvent]

    /// How many events await their use, by connection.
    func inboxDepths() async throws(StoreError) -> [InboxDepth]

    /// What no stream took of events that are kept, by connection; none where all was taken.
    func inboxUntaken() async throws(StoreError) -> [InboxUntaken]

    /// The connections that have events as meant, by name.
    func inboxConnections(_ filter: InboxFilter) async throws(StoreError) -> [String]

    /// Up to `limit` events, the newest first.
    func inboxEvents(_ filter: InboxFilter, limit: Int) async throws(StoreError) -> [InboxEvent]

    /// The contents of an event.
    /// - Throws: `StoreError.notFound` where there is no such event, or its contents are kept no longer.
    func inboxContents(of id: InboxID) async throws(StoreError) -> InboxContents

    /// The latest hours in which something was sent or used, at most ``PushedHour/mostRead`` of each connection, by connection
    /// and in their order.
    func pushedHours() async throws(StoreError) -> [PushedHour]

    /// The bodies that came under an event's key: the one that counts, then those that contradict it, of which the first
    /// ``InboxLimits/mostBodies`` are kept; the others are counted.
    /// - Throws: `StoreError.notFound` where there is no such event, or its contents are kept no longer.
    func inboxBodies(of id: InboxID) async throws(StoreError) -> [InboxBody]

    /// Has the body of this name count for an event, in the place of the one that did, and the event used again; with an audit
    /// entry. The one that did becomes one that contradicts, so that a second choice takes the first back.
    /// - Throws: `StoreError.notFound` where no such body contradicts the one that counts.
    func chooseBody(_ name: String, of id: InboxID, actor: String, reason: String) async throws(StoreError)

    /// Has events used again, those whose contents are kept; with an audit entry.
    /// - Returns: How many await their use now that did not before.
    func requeue(_ filter: InboxFilter, actor: String) async throws(StoreError) -> Int

    /// Has events that await their use never be used; with an audit entry.
    /// - Returns: How many they were.
    func discardWaiting(_ filter: InboxFilter, actor: String, reason: String) async throws(StoreError) -> Int

    /// Forgets events of a connection that came before `moment` and await no use, keys and all, with an audit entry; or only
    /// counts them.
    /// - Returns: How many they were.
    func deleteInbox(
        of connection: String, before moment: Timestamp, isPreview: Bool, actor: String
    ) async throws(StoreError) -> Int
}
