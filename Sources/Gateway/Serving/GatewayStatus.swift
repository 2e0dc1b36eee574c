public import Expressions

/// How a serving gateway is, for those who watch it. What is not known is nil, and never zero.
public struct GatewayStatus: Sendable, Hashable {
    /// When this was so.
    public var moment: Timestamp
    /// The workspace's connections in the order of their files.
    public var connections: [ConnectionStatus]
    /// What waits to go out.
    public var sinks: [SinkStatus]

    /// A status.
    public init(moment: Timestamp, connections: [ConnectionStatus], sinks: [SinkStatus] = []) {
        (self.moment, self.connections, self.sinks) = (moment, connections, sinks)
    }
}

/// How one connection is.
public struct ConnectionStatus: Sendable, Hashable {
    /// The connection's name.
    public var name: String
    /// When the stream that was read longest ago was read to its end; nil where one never was.
    public var lastSuccess: Timestamp?
    /// Open rejects.
    public var openRejects: Int
    /// Open holds of the quality gate.
    public var openHolds: Int
    /// How many events were received and are not mapped yet.
    public var inboxDepth: Int?
    /// When the first of them was received.
    public var inboxOldest: Timestamp?
    /// When the hour began in which its system sent something last; nil where it never did.
    public var lastEvent: Timestamp?
    /// What is unusual in what its system sends, such as `silence`.
    public var unusual: [String] = []
    /// How many records of events that are kept no stream takes.
    public var inboxUntaken: Int?
    /// When each of its devices has called last, by serial number; those that never did are not there.
    public var deviceCalls: [String: Timestamp] = [:]

    /// A status of a connection; what is left out is not known.
    public init(
        name: String, lastSuccess: Timestamp? = nil, openRejects: Int, openHolds: Int, inboxDepth: Int? = nil,
        inboxOldest: Timestamp? = nil, inboxUntaken: Int? = nil
    ) {
        self.name = name
        self.lastSuccess = lastSuccess
        self.openRejects = openRejects
        self.openHolds = openHolds
        self.inboxDepth = inboxDepth
        self.inboxOldest = inboxOldest
        self.inboxUntaken = inboxUntaken
    }
}

/// What waits for one sink.
public struct SinkStatus: Sendable, Hashable {
    /// The sink's name.
    public var name: String
    /// How many events are to go out.
    public var depth: Int

    /// What waits for a sink.
    public init(name: String, depth: Int) { (self.name, self.depth) = (name, depth) }
}

/// Tells how a gateway is.
public protocol GatewayStatusReading: Sendable {
    /// How it is now.
    func status() async throws(HostError) -> GatewayStatus
}
