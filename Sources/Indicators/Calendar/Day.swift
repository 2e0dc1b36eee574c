/// A calendar day, without a zone.
public struct Day: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Days since 1970-01-01.
    public let sinceEpoch: Int64

    public init(sinceEpoch: Int64) { self.sinceEpoch = sinceEpoch }

    /// The day of a proleptic Gregorian date; nil where the date does not exist.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...12).contains(month), (1...Self.length(ofMonth: month, year: year)).contains(day) else { return nil }
        self.init(sinceEpoch: Self.days(year: year, month: month, day: day))
    }

    /// Reads `2026-07-01`; nil for anything else.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The year, the month (1 to 12) and the day of the month.
    public var civil: (year: Int, month: Int, day: Int) {
        // Days are counted from 0000-03-01, so that the leap day is the last of its year.
        let shifted = sinceEpoch + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let civilMonth = month < 10 ? month + 3 : month - 9
        return (
            Int(yearOfEra + era * 400) + (civilMonth <= 2 ? 1 : 0), Int(civilMonth),
            Int(dayOfYear - (153 * month + 2) / 5 + 1)
        )
    }

    /// 1 for Monday to 7 for Sunday, as in ISO 8601.
    public var weekday: Int {
        Int((sinceEpoch + 3) - (sinceEpoch + 3).flooredQuotient(by: 7) * 7) + 1
    }

    public var description: String {
        let (year, month, day) = civil
        return "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
    }

    public static func < (left: Self, right: Self) -> Bool { left.sinceEpoch < right.sinceEpoch }

    public static func + (day: Self, count: Int) -> Self { Day(sinceEpoch: day.sinceEpoch + Int64(count)) }

    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    private static func days(year: Int, month: Int, day: Int) -> Int64 {
        let shiftedYear = Int64(month <= 2 ? year - 1 : year)
        let era = shiftedYear.flooredQuotient(by: 400)
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// `number` with zeros in front, at least `width` characters.
func padded(_ number: Int, to width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
}
