public import Expressions

/// What a pass over the outbox did.
public struct DeliveryReport: Sendable, Hashable {
    /// What was done at each sink, in the order of their files.
    public internal(set) var sinks: [SinkReport] = []

    /// Whether every attempt succeeded.
    public var isComplete: Bool { sinks.allSatisfy { $0.failed == 0 && $0.fault == nil } }
}

/// What a pass did at one sink.
public struct SinkReport: Sendable, Hashable {
    /// The sink's name.
    public let sink: String
    /// Events that were delivered.
    public internal(set) var delivered = 0
    /// Events whose attempt failed.
    public internal(set) var failed = 0
    /// Why the last attempt failed; nil where none did.
    public internal(set) var lastError: String?
    /// Why nothing could be sent: a secret that is absent, say.
    public internal(set) var fault: String?
    /// Whether another process was delivering to it.
    public internal(set) var isBusy = false
    /// When something is due next; nil where nothing waits.
    public internal(set) var next: Timestamp?

    init(sink: String) { self.sink = sink }
}

/// How far a pass has come.
public struct DeliveryProgress: Sendable {
    /// The sink's name.
    public let sink: String
    /// Events that were attempted at it so far.
    public let attempted: Int
}
