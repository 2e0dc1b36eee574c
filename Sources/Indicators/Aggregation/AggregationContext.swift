public import Expressions

/// Everything besides the records that values depend on.
public struct AggregationContext: Sendable {
    /// The working calendar, which also gives the company's zone.
    public let calendar: WorkCalendar
    /// Who works where.
    public let directory: EmployeeDirectory
    /// Accounts whose employee depends on the day.
    public let accounts: DatedAccounts
    /// What expressions read as `constants`.
    public let constants: MapValue
    /// The kinds of periods that get values.
    public let periodKinds: [PeriodKind]
    /// The first day that gets values: a period that begins before it has none, for part of it would be missing.
    public let firstDay: Day
    /// The moment of reading, which decides whether a period is over.
    public let now: Timestamp
    /// Where `lookup` finds other records.
    public let lookup: any RecordLookup
    /// By record type, since when its records may lack: later ones wait for a person.
    public let lackingSince: [String: Timestamp]

    /// A context; without `accounts`, no account changed hands.
    public init(
        calendar: WorkCalendar, directory: EmployeeDirectory, accounts: DatedAccounts = .none,
        constants: MapValue, periodKinds: [PeriodKind],
        firstDay: Day, now: Timestamp, lookup: any RecordLookup, lackingSince: [String: Timestamp] = [:]
    ) {
        self.calendar = calendar
        self.directory = directory
        self.accounts = accounts
        self.constants = constants
        self.periodKinds = periodKinds
        self.firstDay = firstDay
        self.now = now
        self.lookup = lookup
        self.lackingSince = lackingSince
    }

    /// The moment up to which all records of these types are known.
    func knownUntil(_ recordTypes: Set<String>) -> Timestamp {
        recordTypes.compactMap { lackingSince[$0] }.reduce(now, min)
    }

    /// The company's zone, in which periods and days begin.
    public var zone: Zone { calendar.zone }

    /// The periods that hold a day; none that begin before the first day that gets values, and none of the year 9999.
    func periods(on day: Day) -> [Period] {
        if day < firstDay || day > Period.lastDay { return [] }
        return periodKinds.map { Period(kind: $0, containing: day) }.filter { $0.firstDay >= firstDay }
    }

    /// All periods that begin from the first day until now.
    public var allPeriods: [Period] {
        let today = zone.day(of: now)
        return periodKinds.flatMap { kind in
            sequence(first: Period(kind: kind, containing: firstDay)) { $0.next }
                .drop { $0.firstDay < firstDay }.prefix { $0.firstDay <= today }
        }
    }
}

extension [PeriodKind] {
    /// The kind itself where it is among these, else the longest that is shorter, else the shortest.
    func nearest(to kind: PeriodKind) -> PeriodKind? { filter { $0 <= kind }.max() ?? self.min() }
}

extension CompiledIndicator {
    /// The kinds of periods that it has values for, of those that get values.
    ///
    /// Anonymous indicators have values for one kind of period: a quarter less two of its months would tell the answers
    /// of the third.
    public func ownPeriodKinds(of kinds: [PeriodKind]) -> [PeriodKind] {
        guard definition.anonymous else { return kinds }
        return kinds.nearest(to: definition.defaultPeriod).map { [$0] } ?? []
    }
}
