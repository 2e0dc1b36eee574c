/// Days from one until another, half-open; without a start since ever, without an end for ever.
struct DaySpan: Sendable, Hashable {
    let from: Day?
    let to: Day?

    func contains(_ day: Day) -> Bool { startsBefore(day + 1) && endsAfter(day) }

    /// Whether the two have a day in common.
    func overlaps(_ period: Period) -> Bool { startsBefore(period.endDay) && endsAfter(period.firstDay) }

    private func startsBefore(_ day: Day) -> Bool { from.map { $0 < day } ?? true }

    private func endsAfter(_ day: Day) -> Bool { to.map { $0 > day } ?? true }
}
