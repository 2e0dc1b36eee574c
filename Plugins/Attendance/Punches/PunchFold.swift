import PlumblineKit

/// One moment of somebody's log.
struct LoggedPunch: Sendable, Hashable {
    let at: Instant
    /// Nil where the log does not tell.
    let isIn: Bool?
    let shift: String?
}

/// A punch with those that repeat it.
struct PunchStamp: Sendable, Hashable {
    let first: Instant
    private(set) var last: Instant
    /// Nil where none of them tells.
    private(set) var isIn: Bool?
    private(set) var shift: String?

    init(_ punch: LoggedPunch) { (first, last, isIn, shift) = (punch.at, punch.at, punch.isIn, punch.shift) }

    /// The moment that counts: somebody came with the first one, and went with the last.
    var at: Instant { isIn == false ? last : first }

    var json: JSON { ["at": .time(at), "type": .text(isIn.map { $0 ? "in" : "out" })] }

    /// Whether a later punch only repeats it.
    func isRepeated(by punch: LoggedPunch, within seconds: Int) -> Bool {
        guard punch.at <= last.advanced(bySeconds: seconds) else { return false }
        return isIn == nil || punch.isIn == nil || punch.isIn == isIn
    }

    mutating func add(_ punch: LoggedPunch) {
        (last, isIn, shift) = (punch.at, isIn ?? punch.isIn, shift ?? punch.shift)
    }
}

/// Makes days of somebody's punches. What becomes of a day depends on no punch that is further away than the longest shift.
struct PunchFold: Sendable {
    let clock: PunchClock
    let duplicatesWithin: Int
    let longestShift: Duration

    init(_ settings: Settings, clock: PunchClock) {
        self.clock = clock
        duplicatesWithin = Int(settings[PunchSettings.duplicatesWithin].components.seconds)
        longestShift = settings[PunchSettings.longestShift]
    }

    /// The days of a person, in any order.
    func days(of employee: String, _ punches: [LoggedPunch], named: [LocalDay: String?]) -> [FoldedDay] {
        var days = days(of: stamps(of: punches))
        for day in named.keys where days[day] == nil { days[day] = [] }
        return days.map { day, stamps in
            FoldedDay(employee: employee, day: day, stamps: stamps, namedShift: named[day] ?? nil)
        }
    }

    private func stamps(of punches: [LoggedPunch]) -> [PunchStamp] {
        var stamps: [PunchStamp] = []
        for punch in punches.sorted(by: Self.isEarlier) {
            if let last = stamps.last, last.isRepeated(by: punch, within: duplicatesWithin) {
                stamps[stamps.count - 1].add(punch)
            } else {
                stamps.append(PunchStamp(punch))
            }
        }
        return stamps
    }

    /// The order of the file does not matter.
    private static func isEarlier(_ one: LoggedPunch, _ other: LoggedPunch) -> Bool {
        func rank(_ punch: LoggedPunch) -> Int { punch.isIn.map { $0 ? 0 : 1 } ?? 2 }
        return (one.at, rank(one), one.shift ?? "") < (other.at, rank(other), other.shift ?? "")
    }

    /// With direction a clock-out belongs to the day of its clock-in; without, each punch to the day of its own time.
    private func days(of stamps: [PunchStamp]) -> [LocalDay: [PunchStamp]] {
        let directed = stamps.indices.compactMap { place in
            stamps[place].isIn.map { Punch(at: stamps[place].at, isIn: $0, number: place) }
        }
        var places: [LocalDay: [Int]] = PunchedDay.days(
            of: directed, longestShift: longestShift, dayOf: clock.day
        ).mapValues { $0.punches.map(\.number) }
        for place in stamps.indices where stamps[place].isIn == nil {
            places[clock.day(of: stamps[place].first), default: []].append(place)
        }
        return places.mapValues { $0.sorted().map { stamps[$0] } }
    }
}
