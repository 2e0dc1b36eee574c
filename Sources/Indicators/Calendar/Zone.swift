public import Expressions
internal import Foundation

/// A time zone with its offset changes looked up once, so that a civil date costs no call into Foundation.
public struct Zone: Sendable, Hashable {
    /// The zone's name, such as `Asia/Shanghai`.
    public let identifier: String
    /// From when (seconds since 1970) which offset (seconds east of UTC) holds, ascending.
    private let transitions: [(from: Int64, offset: Int64)]

    public static let utc = Zone(identifier: "UTC", transitions: [(.min, 0)])

    /// The zone named `identifier`; nil when there is none.
    public init?(identifier: String) {
        guard let zone = TimeZone(identifier: identifier) else { return nil }
        self.init(identifier: identifier, transitions: Self.transitions(of: zone))
    }

    private init(identifier: String, transitions: [(from: Int64, offset: Int64)]) {
        self.identifier = identifier
        self.transitions = transitions
    }

    /// Seconds east of UTC at an instant.
    public func offset(at seconds: Int64) -> Int64 {
        if transitions.count == 1 { return transitions[0].offset }
        var low = 0
        var high = transitions.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if transitions[middle].from <= seconds { low = middle } else { high = middle }
        }
        return transitions[low].offset
    }

    /// The calendar day of an instant.
    public func day(of instant: Timestamp) -> Day {
        Day(sinceEpoch: (instant.seconds + offset(at: instant.seconds)).flooredQuotient(by: 86400))
    }

    /// The first instant of a day. Where the clock skips midnight it is the first instant after the gap.
    public func start(of day: Day) -> Timestamp {
        instant(day, second: 0)
    }

    /// The instant at `second` seconds of the wall clock of a day. An hour that comes twice is the first one.
    public func instant(_ day: Day, second: Int64) -> Timestamp {
        let wall = day.sinceEpoch * 86400 + second
        let before = offset(at: wall - 86400)
        let after = offset(at: wall + 86400)
        let early = wall - max(before, after)
        if early + offset(at: early) == wall { return Timestamp(seconds: early, nanoseconds: 0) }
        return Timestamp(seconds: wall - min(before, after), nanoseconds: 0)
    }

    public static func == (left: Self, right: Self) -> Bool { left.identifier == right.identifier }

    public func hash(into hasher: inout Hasher) { hasher.combine(identifier) }

    private static func transitions(of zone: TimeZone) -> [(from: Int64, offset: Int64)] {
        var date = Date(timeIntervalSince1970: -5_000_000_000)
        var result: [(from: Int64, offset: Int64)] = [(.min, Int64(zone.secondsFromGMT(for: date)))]
        let end = Date(timeIntervalSince1970: 4_102_444_800)
        while let next = zone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
            result.append((Int64(next.timeIntervalSince1970), Int64(zone.secondsFromGMT(for: next))))
            date = next
        }
        return result
    }
}

extension Int64 {
    /// The quotient rounded towards negative infinity.
    func flooredQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
