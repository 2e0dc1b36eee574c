internal import Synchronization

/// What became of the requests to the addresses of connections since the process began.
public final class HookTally: Sendable {
    /// What is counted: a connection and what became of requests to it.
    public struct Key: Sendable, Hashable {
        /// The connection's name; empty for requests to a name that no connection has.
        public let connection: String
        /// What became of them, such as `received`; or why they were refused, such as `too_large`.
        public let what: String

        /// What became of requests to a connection.
        public init(connection: String, what: String) { (self.connection, self.what) = (connection, what) }
    }

    private let counts = Mutex<(outcomes: [Key: Int], refusals: [Key: Int])>(([:], [:]))

    /// A tally of nothing.
    public init() {}

    /// A request was answered. `outcome` is one of a few fixed words.
    public func answered(_ connection: String, outcome: String) {
        counts.withLock { $0.outcomes[Key(connection: connection, what: outcome), default: 0] += 1 }
    }

    /// A request was refused. `reason` is one of a few fixed words, never anything that was sent.
    public func refused(_ connection: String, reason: String) {
        counts.withLock { $0.refusals[Key(connection: connection, what: reason), default: 0] += 1 }
    }

    /// How many requests were answered how.
    public var outcomes: [Key: Int] { counts.withLock { $0.outcomes } }

    /// How many requests were refused why.
    public var refusals: [Key: Int] { counts.withLock { $0.refusals } }
}
