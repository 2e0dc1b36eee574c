/// Who works where, as of any day.
public struct EmployeeDirectory: Sendable {
    private let entries: [String: [DirectoryEntry]]
    /// When somebody belonged to each unit or to one below it, each span once.
    private let unitSpans: [String: Set<DaySpan>]

    /// A directory of nobody.
    public static let empty = EmployeeDirectory([])

    /// A directory of these rows, in any order; the rows of one employee should not overlap.
    public init(_ entries: [DirectoryEntry]) {
        self.entries = Dictionary(grouping: entries, by: \.employee)
            .mapValues { $0.sorted { ($0.validFrom ?? .distantPast) < ($1.validFrom ?? .distantPast) } }
        var spans: [String: Set<DaySpan>] = [:]
        for entry in entries {
            for unit in entry.unit.map(Self.unitAndAncestors) ?? [] { spans[unit, default: []].insert(entry.span) }
        }
        unitSpans = spans
    }

    /// All staff numbers, ascending.
    public var employees: [String] { entries.keys.sorted() }

    /// Whether `employee` is a staff number of the directory.
    public func contains(_ employee: String) -> Bool { entries[employee] != nil }

    /// The rows of an employee, oldest first.
    public func rows(of employee: String) -> [DirectoryEntry] { entries[employee] ?? [] }

    /// The row of an employee that holds on `day`; nil before they joined and after they left.
    public func entry(of employee: String, on day: Day) -> DirectoryEntry? {
        entries[employee]?.last { $0.isValid(on: day) }
    }

    /// The days around `day` on which the same row of an employee holds, or none does.
    func unchangedDays(of employee: String, around day: Day) -> DaySpan {
        let borders = rows(of: employee).flatMap { [$0.validFrom, $0.validTo] }.compactMap { $0 }
        return DaySpan(from: borders.filter { $0 <= day }.max(), to: borders.filter { $0 > day }.min())
    }

    /// The unit of an employee on `day` and the units above it, nearest first.
    public func units(of employee: String, on day: Day) -> [String] {
        entry(of: employee, on: day)?.unit.map(Self.unitAndAncestors) ?? []
    }

    /// Those who are responsible for `unit` on `day`, ascending.
    public func responsible(for unit: String, on day: Day) -> [String] {
        employees.filter { entry(of: $0, on: day)?.responsibleFor.contains(unit) == true }
    }

    /// The unit above all others; nil where the units have no single root.
    public var rootUnit: String? {
        let roots = unitSpans.keys.filter { !$0.contains("/") }
        return roots.count == 1 ? roots.first : nil
    }

    /// All units and the units above them, ascending.
    public var units: [String] { unitSpans.keys.sorted() }

    /// Whether someone belongs, or once belonged, to the unit or to one below it.
    public func hasUnit(_ unit: String) -> Bool { unitSpans[unit] != nil }

    /// Whether someone belonged to the unit or to one below it on some day of a period.
    func hasUnit(_ unit: String, in period: Period) -> Bool {
        unitSpans[unit]?.contains { $0.overlaps(period) } ?? false
    }

    /// A unit's path and those of the units above it, nearest first: `A/B` gives `A/B`, `A`.
    public static func unitAndAncestors(_ unit: String) -> [String] {
        var result = [unit]
        var path = Substring(unit)
        while let slash = path.lastIndex(of: "/") {
            path = path[..<slash]
            result.append(String(path))
        }
        return result
    }
}

extension Day {
    static let distantPast = Day(sinceEpoch: -1_000_000)
}
