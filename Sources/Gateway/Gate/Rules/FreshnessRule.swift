internal import Expressions
internal import Indicators
internal import ReviewStore

/// A source has had nothing new for longer than its rhythm explains.
///
/// The rhythm is the longest pause, in working days, between what was newest in earlier runs; it takes three different
/// moments to know it. Files that people bring come when they come.
enum FreshnessRule: GateRule {
    static let name = "freshness"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let least = judged.thresholds.freshnessDays, judged.isComplete, judged.mode != .file else { return [] }
        let zone = judged.calendar.zone
        let known = Set(judged.newest.map { zone.day(of: $0) }).sorted()
        let pauses = zip(known, known.dropFirst()).map { judged.calendar.workingDays(after: $0, through: $1) }
        guard known.count >= 3, let longest = pauses.max(), let last = known.last else { return [] }
        let newest = max(last, judged.run.newest.map { zone.day(of: $0) } ?? last)
        let pause = judged.calendar.workingDays(after: newest, through: zone.day(of: judged.run.run.started))
        let limit = max(Int(least.rounded()), 2 * longest)
        guard pause > limit else { return [] }
        return [GateFinding(rule: name, found: "\(newest), \(pause)", expected: "≤ \(limit)")]
    }
}

extension WorkCalendar {
    /// The working days behind `first` up to `last`; 0 where there is none.
    fileprivate func workingDays(after first: Day, through last: Day) -> Int {
        first < last ? workingDays(from: first + 1, through: last) : 0
    }
}
