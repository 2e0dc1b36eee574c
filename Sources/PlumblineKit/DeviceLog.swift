/// What the devices of a connection have told, numbered in the order in which it came.
///
/// An entry that was once there goes only with the time that it tells of: see ``keptSince()``. One that comes again is not
/// there twice.
public protocol DeviceLog: Sendable {
    /// The number of the last entry; 0 where there is none.
    ///
    /// - Throws: `ConnectorError.unavailable` where the host cannot read now; so do all others.
    func lastNumber() async throws(ConnectorError) -> Int64

    /// Up to `limit` entries whose numbers lie in a range, ascending; where `placed` is given, only those that stand in it.
    func entries(
        in numbers: Range<Int64>, placed: Range<Instant>?, limit: Int
    ) async throws(ConnectorError) -> [NumberedEntry]

    /// All entries of an account that stand in a span of time, ascending by number.
    func entries(of account: String, placed: Range<Instant>) async throws(ConnectorError) -> [NumberedEntry]

    /// Before this moment entries may be gone; nil where none ever went.
    func keptSince() async throws(ConnectorError) -> Instant?

    /// When each device has called last, by serial number, as far as is known.
    func contacts() async throws(ConnectorError) -> [String: Instant]
}

/// An entry with its number.
public struct NumberedEntry: Sendable, Hashable {
    /// Ascending in the order in which entries came.
    public let number: Int64
    /// What a device told.
    public let entry: DeviceEntry

    /// An entry of this number.
    public init(number: Int64, entry: DeviceEntry) { (self.number, self.entry) = (number, entry) }
}
