public import Expressions

/// The number of an event in the outbox, ascending.
public typealias OutboxEventID = Int64

/// What sinks can be told.
public enum OutboxEventKind: String, Sendable, Hashable, CaseIterable {
    /// Values got a new revision.
    case valuesPublished = "values.published"
    /// Values of a locked period would be others: they stay, and a person decides.
    case correctionProposed = "correction.proposed"
    /// A connection cannot be read; told once until it can be read again.
    case connectionFailed = "connection.failed"
    /// A connection that could not be read can be read again.
    case connectionRecovered = "connection.recovered"
    /// The quality gate holds records.
    case gateHeld = "gate.held"
    /// Nothing happened: a person wants to see whether messages arrive. It is sent at once and never kept.
    case test = "sink.test"

    /// What sinks can ask for.
    public static let subscribable = allCases.filter { $0 != .test }

    /// Whether such an event holds values of indicators.
    public var carriesValues: Bool { self == .valuesPublished || self == .correctionProposed }
}

/// Which events the company's sinks want, and what must not be told in them.
public struct OutboxSubscriptions: Sendable, Hashable {
    /// The sinks, each name once.
    public var sinks: [Subscriber] = []
    /// Indicators whose changes are told with their numbers. Those of others are kept back: before and after, they would tell a
    /// single answer.
    public var indicatorsWithNumbers: Set<String> = []
    /// The company's folders on this machine. Their paths are taken out of what is told.
    public var localFolders: [String] = []

    /// No sink wants anything.
    public init() {}

    /// A sink as the store knows it.
    public struct Subscriber: Sendable, Hashable {
        /// The sink's name.
        public var sink: String
        /// What it is told.
        public var kinds: Set<OutboxEventKind>
        /// Whether it is told of single people, by their employee ids.
        public var toldOfPeople: Bool

        /// A sink that is told of these kinds.
        public init(sink: String, kinds: Set<OutboxEventKind>, toldOfPeople: Bool) {
            (self.sink, self.kinds, self.toldOfPeople) = (sink, kinds, toldOfPeople)
        }
    }
}

/// Something that happened and that sinks are told of.
public struct OutboxEvent: Sendable, Hashable, Identifiable {
    /// The event's number, ascending.
    public let id: OutboxEventID
    /// What the event is known by outside, the same however often it is sent: `evt_` and 32 hexadecimal digits.
    public let key: String
    /// What happened.
    public let kind: OutboxEventKind
    /// When.
    public let occurred: Timestamp

    /// An event.
    public init(id: OutboxEventID, key: String, kind: OutboxEventKind, occurred: Timestamp) {
        (self.id, self.key, self.kind, self.occurred) = (id, key, kind, occurred)
    }
}

/// What becomes of an event at one sink.
public struct Delivery: Sendable, Hashable {
    /// The event.
    public let event: OutboxEvent
    /// The sink's name.
    public let sink: String
    /// How it stands.
    public let state: State
    /// How often it was attempted in all.
    public let attempts: Int
    /// How often it failed since it was written, or since a person asked for it again.
    public let failures: Int
    /// When it is to be attempted next; nil where it is not.
    public let next: Timestamp?
    /// The status of HTTP that the last attempt brought; nil where it brought none.
    public let lastStatus: Int?
    /// Why the last attempt failed; it holds no secret.
    public let lastError: String?
    /// When it was delivered.
    public let delivered: Timestamp?

    /// How a delivery stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// Not attempted yet.
        case waiting
        case delivered
        /// The last attempt failed; it is attempted again.
        case failed
        /// The last attempt of all failed. It is kept and can be asked for again.
        case givenUp = "given_up"
        /// The sink is disabled.
        case disabled
    }
}

/// One attempt to deliver an event.
public struct DeliveryAttempt: Sendable, Hashable {
    /// The sink's name.
    public let sink: String
    /// When it began.
    public let started: Timestamp
    /// When it ended.
    public let ended: Timestamp
    /// The status of HTTP; nil where there was none.
    public let status: Int?
    /// Why it failed; nil where it did not.
    public let error: String?
}

/// What an attempt brought: of several events, where one message told of them all.
public struct DeliveryRecord: Sendable {
    /// The sink's name.
    public var sink: String
    /// What becomes of each event.
    public var results: [OutboxEventID: Result]
    /// When the attempt began.
    public var started: Timestamp
    /// When it ended.
    public var ended: Timestamp
    /// The status of HTTP; nil where there was none.
    public var status: Int?
    /// Why it failed; nil where it did not. It holds no secret.
    public var error: String?
    /// How the sink stands then.
    public var sinkState: SinkState

    /// What an attempt brought.
    public init(
        sink: String, results: [OutboxEventID: Result], started: Timestamp, ended: Timestamp, status: Int?,
        error: String?, sinkState: SinkState
    ) {
        (self.sink, self.results, self.started, self.ended) = (sink, results, started, ended)
        (self.status, self.error, self.sinkState) = (status, error, sinkState)
    }

    /// What becomes of an event.
    public enum Result: Sendable, Hashable {
        case delivered
        /// It is attempted again, not before this moment.
        case again(at: Timestamp)
        case givenUp
    }
}

/// How a sink stands, whichever process delivers to it.
public struct SinkState: Sendable, Hashable {
    /// The sink's name.
    public var name: String
    /// When it was disabled; nil while it is not.
    public var disabled: Timestamp?
    /// Why it is disabled.
    public var disabledReason: String?
    /// Nothing is sent before this moment: the sink asked for a pause, or has just been sent a message.
    public var quietUntil: Timestamp?
    /// How many attempts have failed since the last that did not.
    public var failures = 0
    /// How often the circuit has opened since the last attempt that did not fail.
    public var openings = 0
    /// Until when the circuit is open; nil while it is closed.
    public var openUntil: Timestamp?

    /// A sink that nothing was sent to yet.
    public init(name: String) { self.name = name }

    /// Before when nothing is sent; nil where nothing keeps it.
    public var restsUntil: Timestamp? {
        [quietUntil, openUntil].compactMap { $0 }.max()
    }
}

/// Which deliveries are meant; what is nil is not asked for.
public struct DeliveryFilter: Sendable, Hashable {
    /// The event's number.
    public var event: OutboxEventID?
    /// The sink's name.
    public var sink: String?
    /// How they stand.
    public var states: Set<Delivery.State>?
    /// Only those of events since then.
    public var since: Timestamp?

    /// By default, all deliveries.
    public init(
        event: OutboxEventID? = nil, sink: String? = nil, states: Set<Delivery.State>? = nil, since: Timestamp? = nil
    ) {
        (self.event, self.sink, self.states, self.since) = (event, sink, states, since)
    }
}

/// How much a sink still has to get.
public struct OutboxDepth: Sendable, Hashable {
    /// The sink's name.
    public let sink: String
    /// Deliveries that are not done and are attempted still.
    public let waiting: Int
    /// When the oldest of them happened; nil where none waits.
    public let oldestWaiting: Timestamp?
    /// Deliveries that are attempted no more.
    public let givenUp: Int
    /// Deliveries that wait until the sink is enabled again.
    public let disabled: Int
}

/// Keeps what sinks are to be told, and what became of it.
///
/// An event is written in the transaction of what it tells of, and only where a sink wants its kind.
public protocol OutboxStore: Sendable {
    /// Rings whenever an event was written, or is to be delivered anew, by this store.
    var outboxBell: OutboxBell { get }

    /// Sets what is written from now on. A store that was not told of any sink writes no event.
    func subscribe(_ subscriptions: OutboxSubscriptions)

    /// Notes that a connection could not be opened, so that no run of it began. Told once, until a run of it succeeds.
    func noteConnectionFailure(_ connection: String, reason: String) async throws(StoreError)

    /// Runs `body` while nobody else, in this process or another, delivers to a sink; nil where somebody does already.
    func withSinkClaim<Value: Sendable>(
        _ sink: String, _ body: () async -> Value
    ) async throws(StoreError) -> Value?

    /// How a sink stands.
    func sinkState(_ sink: String) async throws(StoreError) -> SinkState

    /// The deliveries to a sink that are due, the oldest event first. Where the sink wants them in their order, only those
    /// before which none is left that is not due.
    func dueDeliveries(
        to sink: String, at moment: Timestamp, isOrdered: Bool, limit: Int
    ) async throws(StoreError) -> [Delivery]

    /// When something is due at a sink first, its pauses considered; nil where nothing waits or the sink is disabled.
    func nextDelivery(to sink: String, isOrdered: Bool) async throws(StoreError) -> Timestamp?

    /// What an event tells, as JSON.
    func payload(of event: OutboxEventID) async throws(StoreError) -> String

    /// Notes an attempt in ONE transaction. Where it disabled the sink, all that is not delivered waits from then on.
    func note(_ record: DeliveryRecord) async throws(StoreError)

    /// Deliveries, the newest event first.
    func deliveries(_ filter: DeliveryFilter, limit: Int) async throws(StoreError) -> [Delivery]

    /// The attempts to deliver an event, oldest first.
    func attempts(of event: OutboxEventID) async throws(StoreError) -> [DeliveryAttempt]

    /// Lets deliveries be attempted anew from now on, whatever became of them, with an audit entry. Those of disabled sinks
    /// stay.
    /// - Returns: How many.
    func redeliver(_ filter: DeliveryFilter, actor: String) async throws(StoreError) -> Int

    /// Ends a sink's being disabled, and its pauses, with an audit entry: what waited for that is due now.
    /// - Returns: How many deliveries waited.
    func enableSink(_ sink: String, actor: String) async throws(StoreError) -> Int

    /// Forgets what a sink still was to be told, and how it stands, with an audit entry; events that no other sink is told of
    /// go with it. For sinks that the company has no more.
    /// - Returns: How many deliveries they were.
    func dropDeliveries(to sink: String, actor: String, reason: String) async throws(StoreError) -> Int

    /// Deletes events that were delivered to all sinks before a moment, or only counts them.
    /// - Returns: How many.
    func deleteDelivered(before moment: Timestamp, isPreview: Bool) async throws(StoreError) -> Int

    /// How much each sink still has to get, by its name.
    func outboxDepths() async throws(StoreError) -> [OutboxDepth]

    /// How each sink stands that something was sent to, or that waits for something, by its name.
    func sinkStates() async throws(StoreError) -> [SinkState]
}
