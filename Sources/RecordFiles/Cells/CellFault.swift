/// Why a cell's text is not the value that was wanted.
public struct CellFault: Error, Sendable, Hashable, CustomStringConvertible {
    /// What stands there and why it cannot be taken.
    public let reason: String

    /// A fault with this reason.
    public init(_ reason: String) {
        self.reason = reason
    }

    /// As `reason`.
    public var description: String { reason }
}
