public import Expressions
public import Indicators

/// What an import of the people file, or a look at a directory, changed in the people who count, by staff number.
public struct PeopleChanges: Sendable, Hashable {
    /// Employees who are new.
    public var added: [String] = []
    /// Employees who are no longer there.
    public var removed: [String] = []
    /// Employees with other rows than before.
    public var changed: [String] = []
    /// The number of employees with the same rows.
    public var unchanged = 0

    /// No change.
    public init() {}

    /// Whether the import left everything as it was.
    public var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty }
}

/// Keeps the employees and their assignments over time: HR's file, what directories tell, and what comes of the two
/// (``PeopleLayers``).
public protocol PeopleStore: Sendable {
    /// Puts `entries` in place of all rows of the file, stores what `match` makes of all accounts with the people who count
    /// then, and marks what is to be computed again: in ONE transaction with an audit entry. The same entries again change
    /// nothing.
    func replacePeople(
        _ entries: [DirectoryEntry], actor: String, markingStale stale: Set<String>,
        matching match: @escaping AccountMatching
    ) async throws(StoreError) -> PeopleChanges

    /// The rows that count, by staff number; those of one employee in their order.
    func people() async throws(StoreError) -> [DirectoryEntry]

    /// The rows of HR's file alone, by staff number; those of one employee in the order of the file.
    func peopleFile() async throws(StoreError) -> [DirectoryEntry]

    /// The directories that are followed, by connection: of a person whom several know, the first counts.
    func directories() async throws(StoreError) -> [FollowedDirectory]

    /// How following each directory goes, by connection.
    func directoryStates() async throws(StoreError) -> [DirectoryState]

    /// Puts what `follow` makes of a directory's history in its place, or notes why the snapshot is not believed; then all
    /// as ``replacePeople(_:actor:markingStale:matching:)`` does, in ONE transaction with an audit entry. A look that tells
    /// nothing new is noted with its time alone.
    func followDirectory(
        of connection: String, actor: String, markingStale stale: Set<String>,
        following follow: @escaping DirectoryFollowing, matching match: @escaping AccountMatching
    ) async throws(StoreError) -> FollowedSnapshot

    /// Deletes what a directory told, as if it had never been followed; nil where it never was.
    func forgetDirectory(
        of connection: String, actor: String, markingStale stale: Set<String>,
        matching match: @escaping AccountMatching
    ) async throws(StoreError) -> PeopleChanges?
}

/// A connection's directory as it has been followed so far.
public struct FollowedDirectory: Sendable, Hashable {
    /// When it was looked at, and how that went.
    public var state: DirectoryState
    /// Who worked where.
    public var history: DirectoryHistory

    /// A directory.
    public init(state: DirectoryState, history: DirectoryHistory) {
        self.state = state
        self.history = history
    }
}

/// How following a connection's directory goes.
public struct DirectoryState: Sendable, Hashable {
    /// The connection.
    public let connection: String
    /// When it was looked at last.
    public var looked: Timestamp
    /// When a snapshot was last believed; nil where none ever was.
    public var believed: Timestamp?
    /// Why the last snapshot was not; nil where it was.
    public var doubt: DirectoryDoubt?

    /// A state.
    public init(connection: String, looked: Timestamp, believed: Timestamp?, doubt: DirectoryDoubt?) {
        self.connection = connection
        self.looked = looked
        self.believed = believed
        self.doubt = doubt
    }
}

/// What becomes of a directory's history by a snapshot; with a doubt, the history stays as it is.
public typealias DirectoryFollowing =
    @Sendable (
        DirectoryHistory
    ) -> (history: DirectoryHistory, news: DirectoryNews, doubt: DirectoryDoubt?)

/// What a look at a directory told.
public struct FollowedSnapshot: Sendable, Hashable {
    /// What was new; where the snapshot is not believed, what would have been.
    public let news: DirectoryNews
    /// Why the snapshot is not believed; nil where it is.
    public let doubt: DirectoryDoubt?
    /// What changed in the people who count.
    public let changes: PeopleChanges

    /// A look.
    public init(news: DirectoryNews, doubt: DirectoryDoubt?, changes: PeopleChanges) {
        self.news = news
        self.doubt = doubt
        self.changes = changes
    }
}
