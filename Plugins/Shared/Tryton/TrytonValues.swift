package import PlumblineKit

/// Values as Tryton writes them in JSON: `{"__class__":"date","year":2026,"month":7,"day":1}` and the like.
extension JSON {
    /// The day of a date, as `2026-07-01`; nil for anything else.
    package var trytonDay: String? {
        guard self["__class__"] == "date" else { return nil }
        return civilMoment.map { String($0.rfc3339.prefix(10)) }
    }

    /// The moment of a time, which the server writes in UTC without saying so; nil for anything else.
    package var trytonTime: Instant? {
        guard self["__class__"] == "datetime" else { return nil }
        return civilMoment
    }

    /// The seconds of a span, as the server writes them; nil for anything else.
    package var trytonSeconds: JSON? {
        guard self["__class__"] == "timedelta", case .number(let text)? = self["seconds"] else { return nil }
        return .number(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// An amount; nil for anything else, and where it has more digits than an amount has.
    package var trytonAmount: Amount? {
        guard self["__class__"] == "Decimal" else { return nil }
        return self["decimal"]?.string.flatMap(Amount.init)
    }

    private var civilMoment: Instant? {
        guard let year = self["year"]?.int, let month = self["month"]?.int, let day = self["day"]?.int else {
            return nil
        }
        return Instant(
            year: year, month: month, day: day, hour: self["hour"]?.int ?? 0, minute: self["minute"]?.int ?? 0,
            second: self["second"]?.int ?? 0, microsecond: self["microsecond"]?.int ?? 0)
    }

    /// The value behind links: `employee.party.code` of a row that was read with this field.
    package func linked(_ path: String) -> JSON? {
        let parts = path.split(separator: ".")
        let row = parts.dropLast().reduce(Optional(self)) { row, link in row?["\(link)."] }
        return parts.last.flatMap { row?[String($0)] }
    }

    /// The text behind links; nil where there is none or it is empty.
    package func linkedText(_ path: String) -> String? {
        guard let text = linked(path)?.scalarText, !text.isEmpty else { return nil }
        return text
    }
}

/// Values for the server, in its own form.
extension JSON {
    /// A moment for a domain.
    package static func tryton(_ moment: Instant) -> JSON {
        let text = Array(moment.rfc3339.utf8)
        let number = { (range: Range<Int>) in JSON.int(Int(String(decoding: text[range], as: UTF8.self)) ?? 0) }
        let inSecond = Int(((moment.microseconds % 1_000_000) + 1_000_000) % 1_000_000)
        return [
            "__class__": "datetime", "year": number(0..<4), "month": number(5..<7), "day": number(8..<10),
            "hour": number(11..<13), "minute": number(14..<16), "second": number(17..<19),
            "microsecond": .int(inSecond),
        ]
    }

    /// A day such as `2026-07-01` for a domain.
    package static func tryton(day: String) -> JSON {
        let parts = day.split(separator: "-").map { JSON.int(Int($0) ?? 0) }
        guard parts.count == 3 else { return .null }
        return ["__class__": "date", "year": parts[0], "month": parts[1], "day": parts[2]]
    }
}
