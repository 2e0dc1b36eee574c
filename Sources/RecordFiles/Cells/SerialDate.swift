/// Dates as spreadsheets store them: days since an epoch, the time of day as a fraction.
public enum SerialDate {
    /// The day from which a workbook counts.
    public enum Epoch: Sendable, Hashable {
        /// 1900-01-01 is 1. The count holds a 29 February 1900, which never was, as 60.
        case year1900
        /// 1904-01-01 is 0.
        case year1904
    }

    /// The local date of a serial number, with its time where it has one, to the millisecond.
    ///
    /// - Parameters:
    ///   - serial: A number without exponent, such as `46204.5`.
    ///   - epoch: The workbook's epoch.
    /// - Returns: `2026-07-01`, `2026-07-01T12:00:00` or `2026-07-01T12:00:00.250`.
    /// - Throws: `CellFault` for a number before the epoch, after 9999, or of the day that never was.
    /// - Source: ECMA-376 part 1, 18.17.4.1.
    public static func text(of serial: some StringProtocol, epoch: Epoch = .year1900) throws(CellFault) -> String {
        let parts = serial.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard serial.first != "-" else {
            throw CellFault("\(CellText.shown(serial)) lies before the first day of the sheet's calendar")
        }
        guard let first = parts.first, var day = number(first, most: 9),
            let milliseconds = milliseconds(parts.dropFirst().first)
        else { throw CellFault("\(CellText.shown(serial)) is no serial date") }
        var rest = milliseconds
        if rest == 86_400_000 { (day, rest) = (day + 1, 0) }
        return try date(day, serial, epoch).text + time(rest)
    }

    private static func date(
        _ day: Int, _ serial: some StringProtocol, _ epoch: Epoch
    ) throws(CellFault) -> CivilDate {
        if epoch == .year1900, day == 0 { throw CellFault("\(CellText.shown(serial)) is a time without a date") }
        if epoch == .year1900, day == 60 {
            throw CellFault("\(CellText.shown(serial)) is 29 February 1900, a day that never was")
        }
        let first = epoch == .year1904 ? -24_107 : day < 60 ? -25_568 : -25_569
        guard let date = CivilDate(dayNumber: first + day) else {
            throw CellFault("\(CellText.shown(serial)) is a date after the year 9999")
        }
        return date
    }

    /// The time of day of a fraction, rounded to milliseconds.
    private static func milliseconds(_ fraction: (some StringProtocol)?) -> Int? {
        guard let fraction else { return 0 }
        guard !fraction.isEmpty, fraction.allSatisfy(\.isNarrowDigit) else { return nil }
        let digits = fraction.prefix(17)
        guard let value = UInt128(digits) else { return nil }
        let whole = (0..<digits.count).reduce(UInt128(1)) { power, _ in power * 10 }
        return Int((value * 86_400_000 * 2 + whole) / (whole * 2))
    }

    private static func time(_ milliseconds: Int) -> String {
        guard milliseconds > 0 else { return "" }
        let seconds = milliseconds / 1000
        let rest = milliseconds % 1000
        return "T\((seconds / 3600).padded(2)):\((seconds / 60 % 60).padded(2)):\((seconds % 60).padded(2))"
            + (rest > 0 ? ".\(rest.padded(3))" : "")
    }

    private static func number(_ text: some StringProtocol, most digits: Int) -> Int? {
        text.count <= digits && text.allSatisfy(\.isNarrowDigit) ? Int(text) : nil
    }
}
