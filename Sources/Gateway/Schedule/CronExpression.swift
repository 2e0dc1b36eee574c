public import Expressions
public import Indicators

/// The times of a crontab line: minute, hour, day of the month, month, day of the week.
///
/// - A field is `*`, a number, a range `9-17`, a step `*/15` or `9-17/2`, or a list of those. Months and days of the week
///   have names, `JAN` and `MON`; Sunday is 0 and 7. `@hourly`, `@daily`, `@weekly` and `@monthly` stand for a whole line.
/// - **Days.** Where the day of the month and the day of the week are both restricted, a day that fits either of them is
///   meant: `0 8 1,15 * MON` is the 1st, the 15th and every Monday. A field that begins with `*` restricts nothing in
///   this sense, so `0 8 */2 * MON` is the Mondays with an odd date. Source: POSIX, crontab; the month always has to fit,
///   and `*/2` counts as `*`, as in Vixie cron.
/// - **Summer time.** An hour field that begins with `*` follows real time: whatever the clock shows, the expression fires
///   when it fits; an hour that the clock repeats fires again, one that it skips does not fire. Any other hour field means
///   times of the day, and each of them fires exactly once a day: at the first moment after the gap where the clock skips
///   it (several skipped times fire together, once), at the first of the two where the clock shows it twice. That is what
///   Vixie cron does in Debian (cron(8), Notes), but for `* 2 * * *`, which is wild there and a time of the day here. A
///   systemd timer leaves a skipped time out (systemd issue 5595).
public struct CronExpression: Sendable, Hashable {
    /// The line as it was written.
    public let text: String
    let minutes: CronField
    let hours: CronField
    let days: CronField
    let months: CronField
    let weekdays: CronField

    /// Every midnight.
    static let daily = CronExpression(hour: 0, minute: 0)

    /// One time of every day.
    init(hour: Int, minute: Int) {
        self.init(
            text: "\(minute) \(hour) * * *", minutes: CronField(minute...minute), hours: CronField(hour...hour),
            days: .wild(1...31), months: .wild(1...12), weekdays: .wild(0...6))
    }

    init(text: String, minutes: CronField, hours: CronField, days: CronField, months: CronField, weekdays: CronField) {
        (self.text, self.minutes, self.hours) = (text, minutes, hours)
        (self.days, self.months, self.weekdays) = (days, months, weekdays)
    }

    /// The first time after an instant by the clock of a zone, on days that `isWanted`; nil where there is none in 400
    /// years, after which the calendar repeats itself.
    public func next(
        after instant: Timestamp, in zone: Zone, onlyOn isWanted: (Day) -> Bool = { _ in true }
    ) -> Timestamp? {
        let next =
            hours.isWild
            ? nextInRealTime(after: instant, zone, isWanted) : nextTimeOfDay(after: instant, zone, isWanted)
        return next.flatMap { $0.isRepresentable ? $0 : nil }
    }

    /// Whether a day fits, whatever the zone.
    func includes(_ day: Day) -> Bool {
        let civil = day.civil
        guard months.contains(civil.month) else { return false }
        let (byDate, byWeekday) = (days.contains(civil.day), weekdays.contains(day.weekday % 7))
        return days.isWild || weekdays.isWild ? byDate && byWeekday : byDate || byWeekday
    }

    /// Whether there is any day that fits. The 29th of February falls on every day of the week now and then.
    var hasDays: Bool {
        if !days.isWild, !weekdays.isWild { return true }
        return (1...12).contains { month in
            months.contains(month)
                && (1...CivilCalendar.daysInMonth(year: 2000, month: month)).contains { days.contains($0) }
        }
    }

    private func nextTimeOfDay(after instant: Timestamp, _ zone: Zone, _ isWanted: (Day) -> Bool) -> Timestamp? {
        var from = zone.day(of: instant)
        while let day = firstDay(onOrAfter: from, isWanted) {
            for hour in 0..<24 where hours.contains(hour) {
                for minute in 0..<60 where minutes.contains(minute) {
                    let time = zone.firstInstant(day, second: Int64(hour * 3600 + minute * 60))
                    if time > instant { return time }
                }
            }
            from = day + 1
        }
        return nil
    }

    /// Goes from minute to minute on days that fit and those beside them, and jumps over all others: so an hour that is
    /// repeated across midnight is not missed.
    private func nextInRealTime(after instant: Timestamp, _ zone: Zone, _ isWanted: (Day) -> Bool) -> Timestamp? {
        var time = Timestamp(seconds: instant.seconds + 1)
        while true {
            let (today, second) = zone.clock(at: time)
            guard let day = firstDay(onOrAfter: today + -1, isWanted) else { return nil }
            if second % 60 != 0 {
                time = time + .seconds(60 - second % 60)
            } else if day > today + 1, zone.start(of: day + -1) > time {
                time = zone.start(of: day + -1)
            } else if includes(today), isWanted(today), hours.contains(second / 3600),
                minutes.contains(second / 60 % 60)
            {
                return time
            } else {
                time = time + .seconds(60)
            }
        }
    }

    private static let daysOfCycle = 146_097

    private func firstDay(onOrAfter first: Day, _ isWanted: (Day) -> Bool) -> Day? {
        (0...Self.daysOfCycle).lazy.map { first + $0 }.prefix { $0 <= Day.readable.upperBound }
            .first { includes($0) && isWanted($0) }
    }
}

/// The numbers that one field of a crontab line lets pass.
struct CronField: Sendable, Hashable {
    private var bits: UInt64 = 0
    /// Whether the field begins with `*`.
    var isWild = false

    init(_ numbers: ClosedRange<Int>? = nil) {
        for number in numbers ?? 0...0 where numbers != nil { insert(number) }
    }

    /// A field that restricts nothing.
    static func wild(_ range: ClosedRange<Int>) -> CronField {
        var field = CronField(range)
        field.isWild = true
        return field
    }

    func contains(_ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }
}
