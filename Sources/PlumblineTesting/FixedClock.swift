public import PlumblineKit

/// A clock that stands still, for `ConnectorContext.now`.
public struct FixedClock: Sendable {
    /// The moment it shows.
    public let moment: Instant

    /// A clock that shows `text`, which must be RFC 3339.
    public init(_ text: String = "2026-10-15T00:00:00Z") {
        guard let moment = Instant(rfc3339: text) else { preconditionFailure("'\(text)' is not RFC 3339") }
        self.moment = moment
    }

    /// What the clock shows.
    public func now() -> Instant { moment }
}
