import PlumblineKit
import RecordFiles

/// What a row that cannot be read may still tell: whose it is, and about when.
extension PunchLogColumns {
    /// Notes when somebody may have punched; nothing where a row does not tell who, or on which day.
    func doubt(_ row: Int, of batch: SourceBatch, in rows: inout PunchRows) {
        let cells = Row(batch: batch, number: row)
        guard let person = try? Self.employee(cells[employee]) else { return }
        for time in times {
            guard let cell = cells[time] else { continue }
            for span in reader.spans(cell, on: cells[date]) { rows.doubt(span, of: person) }
        }
    }
}

extension PunchTimeReader {
    /// When the times of a cell may be: the moment, else the hour, else the day; none where not even that is told.
    func spans(_ cell: String, on date: String?) -> [Range<Instant>] {
        parts(cell).compactMap { part in
            if let moment = try? moment(part, on: date) { return moment..<moment.advanced(bySeconds: 1) }
            return span(part, on: date)
        }
    }

    private func span(_ cell: String, on date: String?) -> Range<Instant>? {
        let (text, later) = Self.normalised(cell)
        let words = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard let named = date ?? words.first.map(String.init), let day = try? day(named) else { return nil }
        let first = day.advanced(by: later).midnight
        let hour = words.dropFirst(date == nil ? 1 : 0).last.flatMap(Self.hour)
        let start = first.advanced(bySeconds: (hour ?? 0) * 3600)
        let end = start.advanced(bySeconds: hour == nil ? 86_400 : 3600)
        return clock.moment(shown: start)..<clock.moment(shown: end)
    }

    /// The hour of `18:61`, where nothing but numbers is written.
    private static func hour(_ time: Substring) -> Int? {
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count > 1, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isNumber } }),
            let hour = Int(parts[0]), hour < 24
        else { return nil }
        return hour
    }
}

extension FoldedDay {
    /// Whether a punch within a span may be one of its own: it is of the day by the clock, or between its punches.
    func mayHave(punchWithin span: Range<Instant>, clock: PunchClock) -> Bool {
        let last = span.upperBound.advanced(bySeconds: -1)
        if (clock.day(of: span.lowerBound)...clock.day(of: last)).contains(day) { return true }
        guard let first = stamps.first?.first, let end = stamps.last?.last else { return false }
        return first <= last && span.lowerBound <= end
    }
}
