internal import Expressions

/// Remembers for whom an account's records count, for as many days as nothing changes about it.
struct RosterCache {
    private let roster: SubjectRoster
    private let context: AggregationContext
    private var known: [String: [Entry]] = [:]

    /// Whose record it is, and the subjects that it counts for, by their numbers in a table.
    struct Found {
        let person: String
        let numbers: [Int]
    }

    private struct Entry {
        let days: DaySpan
        let found: Found
    }

    init(scope: SubjectKind, context: AggregationContext) {
        roster = SubjectRoster(scope: scope, directory: context.directory)
        self.context = context
    }

    /// The subjects that a record of `id`, a staff number, unit or account, counts for on a day.
    mutating func subjects(of id: String, on day: Day, _ table: inout CellTable) throws(Exclusion.Failure) -> Found {
        if let entry = known[id]?.first(where: { $0.days.contains(day) }) { return entry.found }
        let person = context.accounts.employee(id, on: day) ?? id
        var numbers: [Int] = []
        for subject in try roster.subjects(of: person, on: day) { numbers.append(table.number(of: subject)) }
        let found = Found(person: person, numbers: numbers)
        known[id, default: []].append(Entry(days: unchangedDays(of: id, person, around: day), found: found))
        return found
    }

    /// An account that changes hands is looked up for each day.
    private func unchangedDays(of id: String, _ person: String, around day: Day) -> DaySpan {
        person == id ? context.directory.unchangedDays(of: person, around: day) : DaySpan(from: day, to: day + 1)
    }
}

/// Remembers the periods of days.
struct PeriodCache {
    private let context: AggregationContext
    private var known: [Day: Found] = [:]
    /// Records of one day often stand together.
    private var last: (day: Day, found: Found)?

    /// The periods that hold a day, and their numbers in a table.
    struct Found {
        let periods: [Period]
        let numbers: [Int]
    }

    init(context: AggregationContext) { self.context = context }

    /// The periods that hold an instant; none before the first day.
    mutating func periods(containing instant: Timestamp, _ table: inout CellTable) -> Found {
        let day = context.zone.day(of: instant)
        if let last, last.day == day { return last.found }
        let found = find(day, &table)
        last = (day, found)
        return found
    }

    private mutating func find(_ day: Day, _ table: inout CellTable) -> Found {
        if let found = known[day] { return found }
        let periods = context.periods(on: day)
        let found = Found(periods: periods, numbers: periods.map { table.number(of: $0) })
        known[day] = found
        return found
    }
}
