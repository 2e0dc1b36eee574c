/// The people of the company as the host knows them: HR's file and the directories that it follows.
public protocol CompanyDirectory: Sendable {
    /// The rows that count, by staff number and day.
    ///
    /// - Throws: `ConnectorError.unavailable` where the host cannot read them now.
    func assignments() async throws(ConnectorError) -> [Assignment]
}

/// Where an employee works from one day until another.
public struct Assignment: Sendable, Hashable {
    /// The staff number.
    public let employee: String
    /// A path from the root unit, such as `Plumb/Support`; nil where it is not known.
    public let unit: String?
    /// The job, in the company's own words.
    public let position: String?
    /// The manager's staff number.
    public let manager: String?
    /// What HR says of how the employee left.
    public let leftAs: String?
    /// The first day, such as `2026-07-01`; nil for always.
    public let from: String?
    /// The first day after it; nil while it lasts.
    public let until: String?

    /// An assignment.
    public init(
        employee: String, unit: String?, position: String?, manager: String?, leftAs: String?, from: String?,
        until: String?
    ) {
        self.employee = employee
        self.unit = unit
        self.position = position
        self.manager = manager
        self.leftAs = leftAs
        self.from = from
        self.until = until
    }
}
