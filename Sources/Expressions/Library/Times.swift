internal import BigInt

extension StandardLibrary {
    static func addTimes(to table: inout FunctionTable) {
        addPart("getFullYear", to: &table) { Int64($0.day.year) }
        addPart("getMonth", to: &table) { Int64($0.day.month - 1) }
        addPart("getDate", to: &table) { Int64($0.day.day) }
        addPart("getDayOfMonth", to: &table) { Int64($0.day.day - 1) }
        addPart("getDayOfWeek", to: &table) { Int64(CivilCalendar.weekday(CivilCalendar.days($0.day))) }
        addPart("getDayOfYear", to: &table) { Int64($0.dayOfYear) }
        addPart("getHours", to: &table) { Int64($0.second / 3_600) }
        addPart("getMinutes", to: &table) { Int64($0.second / 60 % 60) }
        addPart("getSeconds", to: &table) { Int64($0.second % 60) }
        addPart("getMilliseconds", to: &table) { Int64($0.nanoseconds / 1_000_000) }
        addDurationParts(to: &table)
    }

    private static func addDurationParts(to table: inout FunctionTable) {
        table.add("getHours", isMember: true) { (duration: Duration) in duration.components.seconds / 3_600 }
        table.add("getMinutes", isMember: true) { (duration: Duration) in duration.components.seconds / 60 }
        table.add("getSeconds", isMember: true) { (duration: Duration) in duration.components.seconds }
        table.add("getMilliseconds", isMember: true) { (duration: Duration) in
            duration.components.attoseconds / 1_000_000_000_000_000
        }
    }

    /// A part of a time in UTC, or in the zone that is given by name or offset.
    private static func addPart(
        _ name: String, to table: inout FunctionTable, _ part: @escaping @Sendable (CivilTime) -> Int64
    ) {
        table.add(name, isMember: true) { (time: Timestamp) in part(CivilTime(time, in: .utc)) }
        table.add(name, isMember: true) { (time: Timestamp, zone: String) throws(EvaluationError) in
            guard let rules = TimeZoneRules.named(zone) else {
                throw .invalidArgument(
                    zh: "没有时区“\(value: zone.excerpt)”", en: "there is no time zone '\(value: zone.excerpt)'")
            }
            return part(CivilTime(time, in: rules))
        }
    }
}

/// What clocks and calendars of a zone show at an instant.
private struct CivilTime {
    let day: CivilCalendar.Day
    let second: Int
    let nanoseconds: Int32

    init(_ timestamp: Timestamp, in zone: TimeZoneRules) {
        (day, second) = zone.civil(timestamp)
        nanoseconds = timestamp.nanoseconds
    }

    var dayOfYear: Int {
        CivilCalendar.days(day) - CivilCalendar.days(year: day.year, month: 1, day: 1)
    }
}

extension Duration {
    /// The duration in seconds as CEL writes it: `90s`, `1.5s`.
    var celText: String {
        let (seconds, attoseconds) = components
        let isNegative = seconds < 0 || attoseconds < 0
        let nanoseconds = attoseconds.magnitude / 1_000_000_000
        let total = Rational(unsigned: seconds.magnitude) + fraction(nanoseconds)
        return (isNegative ? "-" : "") + total.description + "s"
    }

    private func fraction(_ nanoseconds: UInt64) -> Rational {
        Rational(unsigned: nanoseconds) * Duration.nanosecond
    }

    private static let nanosecond = Rational(reducing: Int128(1), Int128(1_000_000_000))

    /// The duration of a text such as `1h30m`, `-1.5s` or `250ms`; nil for other forms and beyond 292 years.
    init?(celText text: String) {
        var rest = Substring(text)
        let sign = rest.first == "-" ? Rational(-1) : .one
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        if rest == "0" { rest = "0s" }
        var total = Rational.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let part = Duration.part(&rest) else { return nil }
            total = total + part
        }
        guard let nanoseconds = Int64((sign * total).truncatedText) else { return nil }
        self = .nanoseconds(nanoseconds)
    }

    /// The nanoseconds of a number and its unit.
    private static func part(_ rest: inout Substring) -> Rational? {
        let number = rest.prefix(while: isNumeric)
        rest = rest.dropFirst(number.count)
        let unit = rest.prefix { !isNumeric($0) }
        rest = rest.dropFirst(unit.count)
        guard number != "." else { return nil }
        let digits = (number.first == "." ? "0" : "") + number + (number.last == "." ? "0" : "")
        guard let nanoseconds = units[String(unit)], let count = Rational(decimalText: digits) else { return nil }
        return count * Rational(nanoseconds)
    }

    private static func isNumeric(_ character: Character) -> Bool {
        "0"..."9" ~= character || character == "."
    }

    private static let units: [String: Int64] = [
        "h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "µs": 1_000,
        "μs": 1_000, "ns": 1,
    ]
}

extension Rational {
    /// The whole part as text.
    fileprivate var truncatedText: String {
        (big.numerator / big.denominator).description
    }
}
