public import Expressions

/// Something that should not happen at a connection's address, counted; or that is unusual there.
public struct Alarm: Sendable, Hashable {
    /// The connection whose address it is.
    public let connection: String
    /// What kind of thing it is.
    public let kind: Kind
    /// What it is in particular, such as the part of a request that was wrong; never anything secret or personal.
    public let detail: String
    /// How often it has happened.
    public let count: Int
    /// When it happened first.
    public let first: Timestamp
    /// When it happened last.
    public let last: Timestamp

    /// What should not happen.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A request did not prove to be the system's own.
        case refused
        /// An event came under the key of another one.
        case contradicted
        /// The system sent what its connection may not write.
        case notAllowed = "not_allowed"
        /// The system sends otherwise than it used to: nothing for long, far more or less in a day, or much that cannot be
        /// used.
        case unusual
    }

    /// What has happened so far.
    public init(connection: String, kind: Kind, detail: String, count: Int, first: Timestamp, last: Timestamp) {
        self.connection = connection
        self.kind = kind
        self.detail = detail
        self.count = count
        self.first = first
        self.last = last
    }
}

/// Keeps what should not happen until a person has seen it.
public protocol AlarmStore: Sendable {
    /// Adds what has happened to what is kept.
    func raise(_ alarms: [Alarm]) async throws(StoreError)

    /// All alarms, the newest first.
    func alarms() async throws(StoreError) -> [Alarm]

    /// Forgets the alarms of a connection, or all, which a person has seen; with an audit entry.
    /// - Returns: How many they were.
    func clearAlarms(of connection: String?, actor: String) async throws(StoreError) -> Int
}
