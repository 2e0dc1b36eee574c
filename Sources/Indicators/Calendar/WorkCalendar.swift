public import Expressions

/// When a company works: hours of its working days, statutory holidays, and make-up days on weekends.
public struct WorkCalendar: Sendable {
    /// A span of the wall clock, in seconds of the day.
    public typealias Hours = Range<Int64>

    /// As a workspace names the calendar, such as `cn-2026`.
    public let name: String
    /// The zone of its wall clock, in which its days begin and end.
    public let zone: Zone
    /// 1 for Monday to 7 for Sunday.
    public let weekdays: Set<Int>
    /// Ascending, not overlapping.
    public let hours: [Hours]
    /// Days off by law or by the company, whatever their weekday.
    public let offDays: Set<Day>
    /// Days on which people work although they are weekends; they win over `offDays`.
    public let makeUpDays: Set<Day>

    /// A calendar; `hours` may come in any order, but must not overlap.
    public init(
        name: String, zone: Zone, weekdays: Set<Int>, hours: [Hours], offDays: Set<Day>, makeUpDays: Set<Day>
    ) {
        self.name = name
        self.zone = zone
        self.weekdays = weekdays
        self.hours = hours.sorted { $0.lowerBound < $1.lowerBound }
        self.offDays = offDays
        self.makeUpDays = makeUpDays
    }

    /// Recognises the calendar: changes with anything that changes working time.
    public var fingerprint: String {
        let days = [offDays, makeUpDays].map { $0.sorted().map(\.description).joined(separator: " ") }
        let hours = hours.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: " ")
        return ([zone.identifier, "\(weekdays.sorted())", hours] + days).joined(separator: ";")
    }

    /// Whether people work on `day`: a make-up day always, a statutory holiday never, else by the weekday.
    public func isWorkday(_ day: Day) -> Bool {
        if makeUpDays.contains(day) { return true }
        return !offDays.contains(day) && weekdays.contains(day.weekday)
    }

    /// The most days that working time is measured over: a hundred years.
    static let longestSpan = 36_525

    /// The number of working days from `first` to `last`, both included; 0 where `last` is earlier.
    public func workingDays(from first: Day, through last: Day) -> Int {
        guard first <= last else { return 0 }
        let span = first...last
        let makeUp = makeUpDays.count { span.contains($0) && !weekdays.contains($0.weekday) }
        let off = offDays.count {
            span.contains($0) && weekdays.contains($0.weekday) && !makeUpDays.contains($0)
        }
        return usualDays(of: span) + makeUp - off
    }

    /// The number of days whose weekday is a working one.
    private func usualDays(of span: ClosedRange<Day>) -> Int {
        let days = Int(span.upperBound.sinceEpoch - span.lowerBound.sinceEpoch) + 1
        let rest = (0..<days % 7).count { weekdays.contains((span.lowerBound + $0).weekday) }
        return days / 7 * weekdays.count + rest
    }

    /// The working time between two instants without what lies inside `pauses`; zero where `end` is not after `start`.
    /// Pauses may overlap, and count once.
    public func workingTime(
        from start: Timestamp, to end: Timestamp, without pauses: [Range<Timestamp>] = []
    ) -> Duration {
        guard start < end else { return .zero }
        let total = workingTime(in: start..<end)
        return merged(pauses, within: start..<end).reduce(total) { $0 - workingTime(in: $1) }
    }

    /// The instant at which `duration` of working time after `start` has passed. A window that is exactly filled ends
    /// there, not at the start of the next one. A calendar without weekdays or hours adds nothing; nil where that would
    /// take more than a hundred years.
    public func adding(_ duration: Duration, to start: Timestamp) -> Timestamp? {
        guard duration > .zero, !hours.isEmpty, !weekdays.isEmpty else { return start }
        var left = duration
        let first = zone.day(of: start)
        for count in 0..<Self.longestSpan where isWorkday(first + count) {
            for hours in hours {
                let window = window(hours, of: first + count)
                let from = max(window.lowerBound, start)
                guard from < window.upperBound else { continue }
                let length = window.upperBound - from
                if left <= length { return from + left }
                left -= length
            }
        }
        return nil
    }

    private func workingTime(in span: Range<Timestamp>) -> Duration {
        var total = Duration.zero
        var day = zone.day(of: span.lowerBound)
        let last = zone.day(of: span.upperBound)
        while day <= last {
            if isWorkday(day) {
                for hours in hours { total += window(hours, of: day).clamped(to: span).length }
            }
            day = day + 1
        }
        return total
    }

    private func window(_ hours: Hours, of day: Day) -> Range<Timestamp> {
        zone.firstInstant(day, second: hours.lowerBound)..<zone.firstInstant(day, second: hours.upperBound)
    }
}

/// The spans united and cut to `limits`, ascending.
func merged(_ spans: [Range<Timestamp>], within limits: Range<Timestamp>) -> [Range<Timestamp>] {
    var result: [Range<Timestamp>] = []
    for span in spans.map({ $0.clamped(to: limits) }).sorted(by: { $0.lowerBound < $1.lowerBound })
    where !span.isEmpty {
        guard let last = result.last, span.lowerBound <= last.upperBound else {
            result.append(span)
            continue
        }
        result[result.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
    }
    return result
}

extension Range<Timestamp> {
    var length: Duration { upperBound - lowerBound }
}
