internal import PlumblineKit

/// A date or time of a workbook: days since the epoch, whose fraction is the time of day.
///
/// - Source: ECMA-376 part 1, 18.17.4.1 (the two epochs); the 29 February 1900 that Excel counts never was.
struct SerialTime {
    let day: Int
    /// Of the day, rounded to the nearest.
    let second: Int

    /// Why a number is no date.
    enum Fault: Error, CaseIterable {
        case negative
        /// Before the first day of the epoch: Excel shows the 0 January 1900.
        case dayZero
        /// The 29 February 1900.
        case day60
        /// Behind the year 9999.
        case tooLate

        var texts: LocalizedText {
            switch self {
            case .negative: LocalizedText(zh: "负数不是日期", en: "a negative number is no date")
            case .dayZero:
                LocalizedText(
                    zh: "0 不是日期（Excel 显示为 1900-01-00），请清空单元格或填写日期",
                    en: "0 is no date (Excel shows it as 1900-01-00); empty the cell or write the date")
            case .day60:
                LocalizedText(
                    zh: "60 不是日期（Excel 显示为 1900-02-29，这一天并不存在）",
                    en: "60 is no date (Excel shows it as 1900-02-29, a day that never was)")
            case .tooLate:
                LocalizedText(zh: "该数超出最后的日期 9999-12-31", en: "the number is beyond the last date, 9999-12-31")
            }
        }
    }

    /// The days and seconds of a number that is not negative.
    init(_ number: DecimalText) throws(Fault) {
        guard !number.isNegative || number.coefficient == 0 else { throw .negative }
        var (coefficient, decimals) = (number.coefficient, -number.exponent)
        while decimals < 0 {
            guard coefficient < 1 << 40 else { throw .tooLate }
            coefficient *= 10
            decimals = coefficient == 0 ? 0 : decimals + 1
        }
        // 14 decimals of a day are a nanosecond, and as many as the arithmetic below can hold.
        if decimals > 14 {
            coefficient /= DecimalText.power(of: min(decimals - 14, 19))
            decimals = 14
        }
        let unit = DecimalText.power(of: decimals)
        let (whole, rest) = coefficient.quotientAndRemainder(dividingBy: unit)
        let seconds = Int((rest * 86_400 + unit / 2) / unit)
        guard whole < 1 << 40 else { throw .tooLate }
        day = Int(whole) + seconds / 86_400
        second = seconds % 86_400
    }

    /// Appends the time as it is shown under `format`.
    ///
    /// A day that carries a time is written with it, even where its format shows the day alone; a time of day that
    /// carries a day likewise.
    func write(_ format: NumberFormat, since1904 epoch1904: Bool, to text: inout [UInt8]) throws(Fault) {
        if format == .elapsed || (format == .time && day == 0) { return writeClock(hours: day * 24, to: &text) }
        let isTimed = format == .dateTime || second > 0
        let (year, month, date) = Self.civil(try unixDay(since1904: epoch1904))
        Self.write(year / 100, to: &text)
        Self.write(year % 100, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.write(month, to: &text)
        text.append(UInt8(ascii: "-"))
        Self.write(date, to: &text)
        guard isTimed else { return }
        text.append(UInt8(ascii: "T"))
        writeClock(hours: 0, to: &text)
    }

    /// The days since 1970-01-01.
    private func unixDay(since1904 epoch1904: Bool) throws(Fault) -> Int {
        if epoch1904 {
            guard day <= 2_957_003 else { throw .tooLate }
            return day - 24_107
        }
        guard day > 0 else { throw .dayZero }
        guard day != 60 else { throw .day60 }
        guard day <= 2_958_465 else { throw .tooLate }
        return day - 25_569 + (day < 60 ? 1 : 0)
    }

    private func writeClock(hours: Int, to text: inout [UInt8]) {
        let hour = hours + second / 3600
        if hour < 100 { Self.write(hour, to: &text) } else { text.append(contentsOf: String(hour).utf8) }
        text.append(UInt8(ascii: ":"))
        Self.write(second / 60 % 60, to: &text)
        text.append(UInt8(ascii: ":"))
        Self.write(second % 60, to: &text)
    }

    private static func write(_ twoDigits: Int, to text: inout [UInt8]) {
        text.append(UInt8(truncatingIfNeeded: 48 + twoDigits / 10))
        text.append(UInt8(truncatingIfNeeded: 48 + twoDigits % 10))
    }

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    private static func civil(_ unixDay: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = unixDay + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
