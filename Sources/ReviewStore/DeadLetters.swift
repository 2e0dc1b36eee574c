public import Expressions

/// Where a dead letter stands.
public enum DeadLetterState: String, Sendable, Hashable, CaseIterable {
    case open
    /// The record came again and mapped well, or the letter was replayed.
    case resolved
    /// A person decided that it is not needed.
    case discarded
}

/// A record that could not be used, without its contents.
public struct DeadLetter: Sendable, Hashable, Identifiable {
    public let id: Int64
    public let connection: String
    public let stream: String
    public let externalID: String?
    public let reason: String
    public let expression: String?
    /// `file:line` of the expression.
    public let place: String?
    /// The run that met it last.
    public let run: RunID
    public let created: Timestamp
    public let state: DeadLetterState
    /// The length of the input in bytes: all that is shown of it.
    public let inputByteCount: Int
}

/// Which dead letters are meant.
public struct DeadLetterFilter: Sendable, Hashable {
    public var connection: String?
    public var stream: String?
    public var states: Set<DeadLetterState>

    /// By default, all open ones.
    public init(connection: String? = nil, stream: String? = nil, states: Set<DeadLetterState> = [.open]) {
        self.connection = connection
        self.stream = stream
        self.states = states
    }
}

/// Keeps what could not be used, sealed, until it is mended or its time is over. A stream has at most one open letter
/// for a record: the last reason counts.
public protocol DeadLetterStore: Sendable {
    /// Up to `limit` letters after the one named, oldest first.
    func deadLetters(
        _ filter: DeadLetterFilter, after id: Int64?, limit: Int
    ) async throws(StoreError) -> [DeadLetter]

    /// The number of letters.
    func deadLetterCount(_ filter: DeadLetterFilter) async throws(StoreError) -> Int

    /// The raw input of an open letter, for replay.
    ///
    /// - Throws: `StoreError.notFound` once the letter is closed: its input has been erased.
    func openDeadLetter(_ id: Int64) async throws(StoreError) -> [UInt8]

    /// Closes letters as resolved or discarded and erases their input. Letters that are closed already stay as they are.
    func closeDeadLetters(_ ids: [Int64], as state: DeadLetterState, actor: String) async throws(StoreError)

    /// Deletes letters, open ones too, that were made before `moment`; gives their number.
    func deleteDeadLetters(before moment: Timestamp, actor: String) async throws(StoreError) -> Int
}
