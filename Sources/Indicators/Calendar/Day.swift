public import Expressions

/// A calendar day, without a zone.
public struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The days of the years 1 to 9999: those whose text can be read again.
    public static let readable = Day(sinceEpoch: -719_162)...Day(sinceEpoch: 2_932_896)

    /// Days since 1970-01-01.
    public let sinceEpoch: Int64

    /// The day so many days after 1970-01-01, or before it where negative.
    public init(sinceEpoch: Int64) { self.sinceEpoch = sinceEpoch }

    /// The day of a Gregorian date; nil where the date does not exist.
    public init?(year: Int, month: Int, day: Int) {
        guard day >= 1, day <= CivilCalendar.daysInMonth(year: year, month: month) else { return nil }
        self.init(sinceEpoch: Int64(CivilCalendar.days(year: year, month: month, day: day)))
    }

    /// Reads `2026-07-01`; nil for anything else.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            let year = parts[0].asciiNumber, let month = parts[1].asciiNumber, let day = parts[2].asciiNumber
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The year, the month and the day of the month.
    public var civil: CivilCalendar.Day { CivilCalendar.day(Int(sinceEpoch)) }

    /// 1 for Monday to 7 for Sunday, as in ISO 8601.
    public var weekday: Int {
        let fromSunday = CivilCalendar.weekday(Int(sinceEpoch))
        return fromSunday == 0 ? 7 : fromSunday
    }

    /// The date as `2026-07-01`.
    public var description: String {
        let civil = civil
        return "\(padded(civil.year, to: 4))-\(padded(civil.month, to: 2))-\(padded(civil.day, to: 2))"
    }

    /// Whether the first day is earlier.
    public static func < (left: Self, right: Self) -> Bool { left.sinceEpoch < right.sinceEpoch }

    /// The day `count` days later, or earlier where negative.
    public static func + (day: Self, count: Int) -> Self { Day(sinceEpoch: day.sinceEpoch + Int64(count)) }
}

extension StringProtocol {
    /// The number that ASCII digits write; nil for anything else, also for a sign.
    var asciiNumber: Int? { utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? Int(self) : nil }
}

/// `number` with zeros in front, at least `width` characters.
func padded(_ number: Int, to width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}
