public import Expressions

/// Everything besides the records that values depend on.
public struct AggregationContext: Sendable {
    public let calendar: WorkCalendar
    public let directory: EmployeeDirectory
    /// Accounts whose employee depends on the day.
    public let accounts: DatedAccounts
    public let constants: MapValue
    /// The kinds of periods that get values.
    public let periodKinds: [PeriodKind]
    /// The first day that gets values.
    public let firstDay: Day
    /// The moment of reading, which decides whether a period is over.
    public let now: Timestamp
    public let lookup: any RecordLookup

    public init(
        calendar: WorkCalendar, directory: EmployeeDirectory, accounts: DatedAccounts = .none,
        constants: MapValue, periodKinds: [PeriodKind],
        firstDay: Day, now: Timestamp, lookup: any RecordLookup
    ) {
        self.calendar = calendar
        self.directory = directory
        self.accounts = accounts
        self.constants = constants
        self.periodKinds = periodKinds
        self.firstDay = firstDay
        self.now = now
        self.lookup = lookup
    }

    public var zone: Zone { calendar.zone }

    /// The periods that hold an instant; none before the first day.
    public func periods(containing instant: Timestamp) -> [Period] {
        let day = zone.day(of: instant)
        return day < firstDay ? [] : periodKinds.map { Period(kind: $0, containing: day) }
    }

    /// All periods from the first day until now.
    public var allPeriods: [Period] {
        let today = zone.day(of: now)
        return periodKinds.flatMap { kind in
            sequence(first: Period(kind: kind, containing: firstDay)) { $0.next }.prefix { $0.firstDay <= today }
        }
    }
}
