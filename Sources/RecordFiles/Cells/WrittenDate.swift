/// In which order a column writes day, month and year.
public enum DateOrder: String, Sendable, Hashable, CaseIterable {
    case yearMonthDay = "ymd"
    case dayMonthYear = "dmy"
    case monthDayYear = "mdy"
}

/// A date as a person writes it, with its time of day where it has one.
public struct WrittenDate: Sendable, Hashable {
    /// `2026-07-01`.
    public let date: String
    /// `14:30:00` or `14:30:00.25`; nil for a date alone.
    public let time: String?
    /// `Z` or `+08:00`; nil for a local time.
    public let offset: String?

    /// The date, or date, `T`, time and offset as in RFC 3339.
    public var text: String { time.map { date + "T" + $0 + (offset ?? "") } ?? date }

    /// Reads the usual forms: `2026-07-01`, `2026/7/1`, `20260701`, `2026年7月1日`, `1.7.2026`, `7/1/2026`, `1-Jul-2026`,
    /// each with a time where there is one: `T09:00:00+08:00`, ` 9:00`, ` 下午2:30`, ` 2:30 PM`, `14时30分`.
    ///
    /// - Parameters:
    ///   - text: The cell's text.
    ///   - order: The column's order; nil where nobody said. Then only what has one meaning is read: a year in front, a
    ///     month by name, a day above 12. A year of two digits needs an order; it lies in 1969 to 2068.
    /// - Throws: `CellFault` where the text is no date, has two meanings, or is a day that the calendar lacks.
    public init(_ text: some StringProtocol, order: DateOrder? = nil) throws(CellFault) {
        guard text.utf8.count <= 100 else { throw CellFault("\(CellText.shown(text)) is no date") }
        var scanner = DateScanner(CellText.narrowed(text), shown: CellText.shown(text))
        date = try scanner.date(order).text
        let time = try scanner.time()
        (self.time, offset) = (time?.time, time?.offset)
        guard scanner.isAtEnd else { throw scanner.fault("is no date") }
    }
}
