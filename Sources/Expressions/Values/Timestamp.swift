/// An instant, to the nanosecond.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int64
    /// The nanoseconds after `seconds`, 0 to 999,999,999.
    public let nanoseconds: Int32

    /// An instant; `nanoseconds` may be any number, whole seconds are carried.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        let carry = CivilCalendar.floorDivide(Int(nanoseconds), 1_000_000_000)
        self.seconds = seconds &+ Int64(carry)
        self.nanoseconds = Int32(Int(nanoseconds) - carry * 1_000_000_000)
    }

    /// The instant that is `microseconds` after 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        let seconds = CivilCalendar.floorDivide(Int(microseconds), 1_000_000)
        let rest = Int(microseconds) - seconds * 1_000_000
        self.init(seconds: Int64(seconds), nanoseconds: Int32(rest * 1_000))
    }

    /// Microseconds since 1970-01-01T00:00:00Z, rounded down.
    public var microseconds: Int64 {
        seconds * 1_000_000 + Int64(nanoseconds / 1_000)
    }

    /// The first instant that CEL knows: the start of year 1.
    public static let earliest = Timestamp(seconds: -62_135_596_800)
    /// The last instant that CEL knows: the end of year 9999.
    public static let latest = Timestamp(seconds: 253_402_300_799, nanoseconds: 999_999_999)

    /// Whether the instant lies in the years 1 to 9999.
    public var isRepresentable: Bool { self >= .earliest && self <= .latest }

    /// Whether `left` comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.seconds == right.seconds ? left.nanoseconds < right.nanoseconds : left.seconds < right.seconds
    }

    /// The time from `right` to `left`.
    public static func - (left: Timestamp, right: Timestamp) -> Duration {
        .seconds(left.seconds - right.seconds) + .nanoseconds(Int64(left.nanoseconds) - Int64(right.nanoseconds))
    }

    /// The instant `duration` later; what is smaller than a nanosecond is dropped.
    public static func + (timestamp: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = Int64(timestamp.nanoseconds) + attoseconds / 1_000_000_000
        return Timestamp(seconds: timestamp.seconds &+ seconds, nanoseconds: Int32(nanoseconds))
    }

    /// The instant `duration` earlier.
    public static func - (timestamp: Timestamp, duration: Duration) -> Timestamp {
        timestamp + (.zero - duration)
    }
}

extension Timestamp: CustomStringConvertible {
    /// The same as ``rfc3339``.
    public var description: String { rfc3339 }

    /// The instant in UTC, such as `2026-07-01T01:00:00Z`; a fraction is written only where there is one.
    public var rfc3339: String {
        let days = CivilCalendar.floorDivide(Int(seconds), 86_400)
        let rest = Int(seconds) - days * 86_400
        let day = CivilCalendar.day(days)
        var text: [UInt8] = []
        text.reserveCapacity(30)
        text.append(day.year, digits: 4, then: "-")
        text.append(day.month, digits: 2, then: "-")
        text.append(day.day, digits: 2, then: "T")
        text.append(rest / 3_600, digits: 2, then: ":")
        text.append(rest / 60 % 60, digits: 2, then: ":")
        text.append(rest % 60, digits: 2, then: nanoseconds > 0 ? "." : "Z")
        if nanoseconds > 0 { text.append(fraction: Int(nanoseconds)) }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Writes a number with zeros in front of it, and a sign behind it.
    fileprivate mutating func append(_ number: Int, digits: Int, then sign: Unicode.Scalar) {
        var power = 1
        for _ in 1..<digits { power *= 10 }
        // Only years outside of CEL's have more digits, or a sign of their own.
        guard number >= 0, number / power < 10 else {
            self += String(number).utf8 + [UInt8(ascii: sign)]
            return
        }
        while power > 0 {
            append(UInt8(ascii: "0") + UInt8(number / power % 10))
            power /= 10
        }
        append(UInt8(ascii: sign))
    }

    /// Writes nanoseconds as the digits behind the point, without needless zeros.
    fileprivate mutating func append(fraction nanoseconds: Int) {
        append(nanoseconds, digits: 9, then: "Z")
        while self[count - 2] == UInt8(ascii: "0") { remove(at: count - 2) }
    }
}
