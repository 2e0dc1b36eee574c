public import Expressions

/// How long a review period is.
public enum PeriodKind: String, Sendable, Hashable, CaseIterable, Comparable {
    case month
    case quarter
    case halfYear = "half_year"
    case year

    /// The number of months in a period of this kind.
    public var months: Int {
        switch self {
        case .month: 1
        case .quarter: 3
        case .halfYear: 6
        case .year: 12
        }
    }

    /// Whether the first kind is shorter.
    public static func < (left: Self, right: Self) -> Bool { left.months < right.months }
}

/// A review period, half-open: `[first day, first day of the next)` in the company's zone.
public struct Period: Sendable, Hashable, Comparable {
    /// How long the period is.
    public let kind: PeriodKind
    /// The calendar year it lies in, 1 to 9998.
    public let year: Int
    /// Counted from 1 within the year.
    public let number: Int

    /// A period such as the third quarter of 2026; nil where the year has no such period.
    public init?(kind: PeriodKind, year: Int, number: Int) {
        guard (1...12 / kind.months).contains(number), (1...9998).contains(year) else { return nil }
        self.kind = kind
        self.year = year
        self.number = number
    }

    /// The last day that a period may hold, of the year 9998: with 9999 the period after it would have no id.
    static let lastDay = Day.readable.upperBound + -365

    /// The period of a kind that holds a day.
    public init(kind: PeriodKind, containing day: Day) {
        let civil = day.civil
        self.kind = kind
        year = civil.year
        number = (civil.month - 1) / kind.months + 1
    }

    /// Reads `2026`, `2026-H1`, `2026-Q3` or `2026-07`; nil for anything else.
    public init?(id: some StringProtocol) {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts[0].count == 4, let year = parts[0].asciiNumber, parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self.init(kind: .year, year: year, number: 1)
            return
        }
        self.init(year: year, part: parts[1])
    }

    private init?(year: Int, part: some StringProtocol) {
        switch part.first {
        case "H" where part.count == 2:
            self.init(kind: .halfYear, year: year, number: part.dropFirst().asciiNumber ?? 0)
        case "Q" where part.count == 2:
            self.init(kind: .quarter, year: year, number: part.dropFirst().asciiNumber ?? 0)
        default:
            guard part.count == 2 else { return nil }
            self.init(kind: .month, year: year, number: part.asciiNumber ?? 0)
        }
    }

    /// `2026`, `2026-H1`, `2026-Q3` or `2026-07`.
    public var id: String {
        switch kind {
        case .year: padded(year, to: 4)
        case .halfYear: "\(padded(year, to: 4))-H\(number)"
        case .quarter: "\(padded(year, to: 4))-Q\(number)"
        case .month: "\(padded(year, to: 4))-\(padded(number, to: 2))"
        }
    }

    /// The first day of the period.
    public var firstDay: Day { Self.firstDay(year: year, month: (number - 1) * kind.months + 1) }

    /// The first day after the period.
    public var endDay: Day { Self.firstDay(year: year, month: number * kind.months + 1) }

    /// The first instant of the period.
    public func start(in zone: Zone) -> Timestamp { zone.start(of: firstDay) }

    /// The first instant after the period.
    public func end(in zone: Zone) -> Timestamp { zone.start(of: endDay) }

    /// Whether a day lies in the period.
    public func contains(_ day: Day) -> Bool { firstDay <= day && day < endDay }

    /// The next period of the same kind.
    public var next: Period { Period(kind: kind, containing: endDay) }

    /// By first day; of those that begin together the shorter comes first.
    public static func < (left: Self, right: Self) -> Bool {
        (left.firstDay, left.kind) < (right.firstDay, right.kind)
    }

    private static func firstDay(year: Int, month: Int) -> Day {
        let (years, index) = (month - 1).quotientAndRemainder(dividingBy: 12)
        // Month numbers made here are always in range, so the first day exists.
        return Day(year: year + years, month: index + 1, day: 1) ?? Day(sinceEpoch: 0)
    }
}

extension Period: CustomStringConvertible {
    /// The period's id.
    public var description: String { id }
}
