internal import Expressions
internal import Indicators
internal import ReviewStore

/// What a connection's system sends over a day, and for how long it has sent nothing, beside what is usual of it.
///
/// A run of what was sent is small and proves little, so a whole window is looked at. What is found is only told, by
/// `doctor`, `/metrics`, an alarm and, of a silence, the notice of a connection that fails. Nothing is held because of it:
/// the records of the window are in effect already, and are right one by one. Held is what a run shows by itself, as that
/// of a pull: more than `min_records` of it that are empty, rejected or of another kind than before, accounts that nobody
/// knows, and single records whose times cannot be.
struct PushedRhythm {
    let connection: String
    private let thresholds: GateThresholds
    private let calendar: WorkCalendar
    private let now: Timestamp
    /// When the hours began in which events came, in their order.
    private let eventHours: [Timestamp]
    private let counts: [Day: Count]
    private let firstDay: Day?

    private struct Count {
        var events = 0
        var used = 0
        var rejected = 0
    }

    /// The rhythm of a connection of which the hours are known in which something was sent or used, in their order.
    init(
        _ connection: String, _ hours: [PushedHour], _ thresholds: GateThresholds, _ calendar: WorkCalendar,
        now: Timestamp
    ) {
        (self.connection, self.thresholds, self.calendar, self.now) = (connection, thresholds, calendar, now)
        eventHours = hours.filter { $0.events > 0 }.map(\.start)
        firstDay = hours.first.map { calendar.zone.day(of: $0.start) }
        counts = hours.reduce(into: [:]) { counts, hour in
            let day = calendar.zone.day(of: hour.start)
            counts[day, default: Count()].events += hour.events
            counts[day, default: Count()].used += hour.used
            counts[day, default: Count()].rejected += hour.rejected
        }
    }

    static let silence = "silence"
    static let volume = "pushed_volume"
    static let rejects = "pushed_rejects"

    /// So many days must be known before one is compared with them.
    private static let fewestDays = 5
    /// And so many before there is a rhythm that a silence breaks.
    private static let fewestOfRhythm = 3

    /// When the hour began in which the last event came; nil where none ever did.
    var lastEvent: Timestamp? { eventHours.last }

    /// What is unusual: a silence, the number of events of the last full day, and what of it, or of today, was rejected.
    var findings: [GateFinding] {
        let (silence, isQuiet) = (self.silence, events(on: yesterday) == 0)
        return [silence, silence != nil && isQuiet ? nil : volume, rejects].compactMap(\.self)
    }

    private var today: Day { calendar.zone.day(of: now) }
    private var yesterday: Day { today + -1 }

    // MARK: Silence

    /// The rhythm is the second longest pause between events, in working hours: one failure does not hide the next.
    private var silence: GateFinding? {
        guard let least = thresholds.silenceHours, let last = eventHours.last,
            counts.values.count(where: { $0.events > 0 }) >= Self.fewestOfRhythm
        else { return nil }
        let pauses = zip(eventHours, eventHours.dropFirst()).map { workingHours(from: $0, to: $1) }.sorted(by: >)
        let limit = max(least, 2 * (pauses.count > 1 ? pauses[1] : pauses[0]))
        let pause = workingHours(from: last, to: now)
        guard pause > limit else { return nil }
        return GateFinding(rule: Self.silence, subject: last.rfc3339, found: pause.whole, expected: "≤ \(limit.whole)")
    }

    private func workingHours(from start: Timestamp, to end: Timestamp) -> Double {
        Double(calendar.workingTime(from: start, to: end).components.seconds) / 3_600
    }

    // MARK: Days

    private var volume: GateFinding? {
        guard let change = thresholds.volumeChange, let usual = Spread(comparable.map { Double(events(on: $0)) }) else {
            return nil
        }
        let margin = max(
            change * usual.median, thresholds.deviations * usual.deviation, Double(thresholds.minRecords))
        let range = max(0, usual.median - margin)...usual.median + margin
        let found = events(on: yesterday)
        guard !range.contains(Double(found)) else { return nil }
        return GateFinding(
            rule: Self.volume, subject: "\(yesterday)", found: "\(found)",
            expected: "\(range.lowerBound.whole)–\(range.upperBound.whole)")
    }

    private var rejects: GateFinding? {
        guard let rise = thresholds.rejectedShare, let usual = Spread(days.compactMap(rejectedShare)) else {
            return nil
        }
        let limit = usual.median + max(rise, thresholds.deviations * usual.deviation)
        for day in [today, yesterday] {
            guard let found = rejectedShare(on: day), found > limit else { continue }
            return GateFinding(
                rule: Self.rejects, subject: "\(day)", found: found.percent, expected: "≤ \(limit.percent)")
        }
        return nil
    }

    /// The days before the last full one, the latest first, without the first, of which only a part is known.
    private var days: [Day] {
        guard let first = firstDay.map({ $0 + 1 }) else { return [] }
        let known = sequence(first: yesterday + -1) { $0 > first ? $0 + -1 : nil }.prefix { $0 >= first }
        let days = Array(known.prefix(7 * thresholds.comparedRuns))
        return days.count < Self.fewestDays ? [] : days
    }

    /// Working days are compared with working days, days off with days off.
    private var comparable: [Day] {
        let days = days.filter { calendar.isWorkday($0) == calendar.isWorkday(yesterday) }
        return days.count < Self.fewestDays ? [] : Array(days.prefix(thresholds.comparedRuns))
    }

    private func events(on day: Day) -> Int { counts[day]?.events ?? 0 }

    /// Nil where too little was used.
    private func rejectedShare(on day: Day) -> Double? {
        guard let count = counts[day], count.used >= thresholds.minRecords else { return nil }
        return Double(count.rejected) / Double(count.used)
    }
}

extension Workspace {
    /// The rhythms of the connections whose systems may send, in the order of the files.
    func rhythms(_ hours: [PushedHour], now: Timestamp) -> [PushedRhythm] {
        let hours = Dictionary(grouping: hours, by: \.connection)
        return connections.filter { $0.callback != nil }.map { connection in
            PushedRhythm(connection.name, hours[connection.name] ?? [], connection.gate, calendar, now: now)
        }
    }
}
