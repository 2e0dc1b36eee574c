public import Expressions

/// A company's time zone: where days begin and end.
public struct Zone: Sendable, Hashable {
    private let rules: TimeZoneRules

    /// Coordinated universal time.
    public static let utc = Zone(rules: .utc)

    /// The zone named `identifier`, such as `Asia/Shanghai` or `+08:00`; nil when there is none.
    public init?(identifier: String) {
        guard let rules = TimeZoneRules.named(identifier) else { return nil }
        self.rules = rules
    }

    private init(rules: TimeZoneRules) { self.rules = rules }

    /// The name of the zone, such as `Asia/Shanghai`.
    public var identifier: String { rules.identifier }

    /// The seconds by which clocks are ahead of UTC at an instant.
    public func secondsAhead(at instant: Timestamp) -> Int { rules.offset(at: instant) }

    /// The calendar day of an instant.
    public func day(of instant: Timestamp) -> Day {
        let local = instant.seconds + Int64(rules.offset(at: instant))
        return Day(sinceEpoch: local.flooredQuotient(by: 86400))
    }

    /// What clocks show at an instant: the day, and the seconds since its midnight.
    public func clock(at instant: Timestamp) -> (day: Day, second: Int) {
        let (day, second) = rules.civil(instant)
        return (Day(sinceEpoch: Int64(CivilCalendar.days(day))), second)
    }

    /// The first instant of a day. Where the clock skips midnight it is the first instant after the gap.
    public func start(of day: Day) -> Timestamp { firstInstant(day, second: 0) }

    /// The first instant from which the wall clock of a day shows `second` seconds or more: where the clock skips them,
    /// the first after the gap.
    public func firstInstant(_ day: Day, second: Int64) -> Timestamp {
        rules.firstTimestamp(of: day.civil, second: Int(second))
    }

    /// The instant at which the wall clock of a day shows `second` seconds; the first of two.
    public func instant(_ day: Day, second: Int64) -> Timestamp {
        rules.timestamp(of: day.civil, second: Int(second))
    }

    /// The instant on the wall clock `count` calendar days later.
    public func adding(days count: Int, to instant: Timestamp) -> Timestamp {
        let (day, second) = rules.civil(instant)
        let moved = Day(sinceEpoch: Int64(CivilCalendar.days(day) + count))
        return Timestamp(
            seconds: self.instant(moved, second: Int64(second)).seconds, nanoseconds: instant.nanoseconds)
    }

    /// Whether the zones have the same name; two names of one zone are different.
    public static func == (left: Self, right: Self) -> Bool { left.identifier == right.identifier }

    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}

extension Int64 {
    /// The quotient rounded towards negative infinity.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
