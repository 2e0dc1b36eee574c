public import Indicators

/// What an import of the people file changed, by staff number.
public struct PeopleChanges: Sendable, Hashable {
    /// Employees who are new.
    public var added: [String] = []
    /// Employees who are no longer in the file.
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

/// Keeps the employees and their assignments over time, as imported.
public protocol PeopleStore: Sendable {
    /// Puts `entries` in place of all rows, stores what `match` makes of all accounts with them, and marks what is to be
    /// computed again: in ONE transaction with an audit entry. The same entries again change nothing.
    func replacePeople(
        _ entries: [DirectoryEntry], actor: String, markingStale stale: Set<String>,
        matching match: @escaping AccountMatching
    ) async throws(StoreError) -> PeopleChanges

    /// All rows by staff number, in the order of the file within one employee.
    func people() async throws(StoreError) -> [DirectoryEntry]
}
