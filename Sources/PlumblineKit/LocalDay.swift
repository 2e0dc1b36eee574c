/// A day of the calendar, for sources whose records belong to days.
public struct LocalDay: Sendable, Hashable, Comparable {
    /// Days since 1970-01-01.
    public let number: Int

    /// The day so many days after 1970-01-01.
    public init(number: Int) { self.number = number }

    /// The day that clocks show at a moment, so many seconds ahead of UTC (`ConnectorContext.utcOffset`).
    public init(of moment: Instant, secondsAhead offset: Int) {
        let micros = moment.microseconds + Int64(offset) * 1_000_000
        let (quotient, rest) = micros.quotientAndRemainder(dividingBy: 86_400_000_000)
        number = Int(rest < 0 ? quotient - 1 : quotient)
    }

    /// A day such as `2026-07-01`; nil for other text.
    public init?(_ text: String) {
        guard let midnight = Instant(rfc3339: text + "T00:00:00Z") else { return nil }
        self.init(of: midnight, secondsAhead: 0)
    }

    /// Whether the first day is earlier.
    public static func < (one: LocalDay, other: LocalDay) -> Bool { one.number < other.number }

    /// The day so many days later, or earlier where negative.
    public func advanced(by days: Int) -> LocalDay { LocalDay(number: number + days) }

    /// Midnight of this day in UTC.
    public var midnight: Instant { Instant(microseconds: Int64(number) * 86_400_000_000) }

    /// The day as `2026-07-01`.
    public var text: String { String(midnight.rfc3339.prefix(10)) }
}
