/// A moment in one of the three forms HTTP knows (RFC 9110, section 5.6.7), read without a locale or a time zone table.
///
/// `Sun, 06 Nov 1994 08:49:37 GMT` is today's form; `Sunday, 06-Nov-94 08:49:37 GMT` and
/// `Sun Nov  6 08:49:37 1994` are older and must still be understood.
public struct HTTPDate: Sendable, Hashable {
    /// Seconds since 1970-01-01 00:00:00 UTC.
    public let seconds: Int64

    /// Reads a date; nil when the text is in none of the three forms or names no real day.
    ///
    /// A year of two digits is taken from the century that puts it closest to `now`, at most 50 years ahead of it.
    public init?(_ text: some StringProtocol, now: Int64 = 0) {
        let words = text.trimmingHTTPSpace().split(separator: " ").map(String.init)
        let parts: (day: String, month: String, year: String, time: String)
        switch words.count {
        case 6 where words[0].hasSuffix(",") && Self.isUTC(words[5]):
            parts = (words[1], words[2], words[3], words[4])
        case 4 where words[0].hasSuffix(",") && Self.isUTC(words[3]):
            let date = words[1].split(separator: "-").map(String.init)
            guard date.count == 3 else { return nil }
            parts = (date[0], date[1], date[2], words[2])
        case 5:
            parts = (words[2], words[1], words[4], words[3])
        default: return nil
        }
        guard let month = Self.months.firstIndex(of: parts.month.lowercased()).map({ $0 + 1 }),
            let day = Self.number(parts.day), let year = Self.year(parts.year, now: now),
            let time = Self.secondOfDay(parts.time), (1...Self.length(of: month, in: year)).contains(day)
        else { return nil }
        seconds = Int64(Self.days(year: year, month: month, day: day)) * 86_400 + Int64(time)
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func isUTC(_ zone: String) -> Bool { zone == "GMT" || zone == "UTC" }

    private static func number(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }

    private static func year(_ text: String, now: Int64) -> Int? {
        guard let number = number(text), text.count == 4 || text.count == 2 else { return nil }
        guard text.count == 2 else { return number }
        let current = 1970 + Int(now / 31_556_952)
        let near = current - current % 100 + number
        return near > current + 50 ? near - 100 : near <= current - 50 ? near + 100 : near
    }

    private static func secondOfDay(_ text: String) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).compactMap(number)
        guard parts.count == 3, parts[0] < 24, parts[1] < 60, parts[2] <= 60 else { return nil }
        return parts[0] * 3600 + parts[1] * 60 + parts[2]
    }

    private static func length(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    /// Days since 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day comes last.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }
}

/// The waiting time that a `Retry-After` header asks for (RFC 9110, section 10.2.3).
public enum RetryAfter {
    /// The header's value as a time to wait from `now` (seconds since 1970); nil when it is neither a whole number of
    /// seconds nor a date. A date in the past gives zero.
    public static func wait(_ value: String, now: Int64) -> Duration? {
        let text = value.trimmingHTTPSpace()
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // A number too long for an Int64 still means "very long"; callers cap it.
            return .seconds(min(Int64(text) ?? .max, 31_536_000))
        }
        guard let date = HTTPDate(text, now: now) else { return nil }
        return .seconds(min(max(date.seconds - now, 0), 31_536_000))
    }
}
