import PlumblineKit

/// One moment at which somebody clocked in or out.
struct Punch: Hashable {
    let at: Instant
    let isIn: Bool
    /// The source's number, which orders punches of the same moment.
    let number: Int
}

/// The punches of one person and day.
struct PunchedDay {
    let punches: [Punch]

    /// Punches by the day they belong to: a clock-out to the day of the last clock-in, where that is not too long ago.
    static func days(
        of punches: [Punch], longestShift: Duration, dayOf: (Instant) -> LocalDay
    ) -> [LocalDay: PunchedDay] {
        var days: [LocalDay: [Punch]] = [:]
        var opened: Punch?
        for punch in punches.sorted(by: { ($0.at, $0.number) < ($1.at, $1.number) }) {
            if punch.isIn { opened = punch }
            let limit = opened?.at.advanced(bySeconds: Int(longestShift.components.seconds))
            let start = limit.map { punch.at <= $0 } == true ? opened?.at : nil
            days[dayOf(start ?? punch.at), default: []].append(punch)
        }
        return days.mapValues { PunchedDay(punches: $0) }
    }

    var firstIn: Instant? { punches.first(where: \.isIn)?.at }

    /// Nil while the last thing that happened was a clock-in.
    var lastOut: Instant? { punches.last.flatMap { $0.isIn ? nil : $0.at } }

    /// Whether the day begins without a clock-in or ends without a clock-out.
    var lacksPunch: Bool { !punches.isEmpty && (punches.first?.isIn == false || lastOut == nil) }

    /// Whole seconds between each clock-in and the clock-out behind it.
    var workedSeconds: Int {
        var (total, opened): (Int64, Instant?) = (0, nil)
        for punch in punches {
            if punch.isIn {
                opened = punch.at
            } else if let start = opened {
                total += punch.at.microseconds - start.microseconds
                opened = nil
            }
        }
        return Int(total / 1_000_000)
    }
}
