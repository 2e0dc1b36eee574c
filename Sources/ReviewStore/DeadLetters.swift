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
    /// The letter's number, ascending.
    public let id: Int64
    /// The connection that brought the record.
    public let connection: String
    /// The stream that brought the record.
    public let stream: String
    /// The record's id at the source; nil where it could not be read.
    public let externalID: String?
    /// How new the rejected state is; nil where nothing says that.
    public let version: RecordVersion?
    /// Why the record could not be used.
    public let reason: String
    /// The expression that failed; nil where none did.
    public let expression: String?
    /// `file:line` of the expression.
    public let place: String?
    /// The run that met it last.
    public let run: RunID
    /// When the record was first rejected.
    public let created: Timestamp
    /// Where the letter stands.
    public let state: DeadLetterState
    /// The length of the input in bytes: all that is shown of it.
    public let inputByteCount: Int
}

/// Which dead letters are meant.
public struct DeadLetterFilter: Sendable, Hashable {
    /// The connection; nil for all.
    public var connection: String?
    /// The stream; nil for all.
    public var stream: String?
    /// The letters in any of these states.
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

    /// The raw input of an open letter, for replay.
    ///
    /// - Throws: `StoreError.notFound` once the letter is closed: its input has been erased.
    func openDeadLetter(_ id: Int64) async throws(StoreError) -> [UInt8]

    /// Closes letters as resolved or discarded and erases their input. Letters that are closed already stay as they are.
    func closeDeadLetters(_ ids: [Int64], as state: DeadLetterState, actor: String) async throws(StoreError)

    /// Notes that the records of letters were replayed, with an audit entry; closes those that the replay itself has not.
    func finishReplay(of ids: [Int64], actor: String) async throws(StoreError)

    /// How many letters, open ones too, were made before `moment`.
    func countDeadLetters(before moment: Timestamp) async throws(StoreError) -> Int

    /// Deletes letters, open ones too, that were made before `moment`; gives their number.
    func deleteDeadLetters(before moment: Timestamp, actor: String) async throws(StoreError) -> Int
}
