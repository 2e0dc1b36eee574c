/// A subject in a period.
struct Cell: Hashable {
    let subject: Subject
    let period: Period
}

extension Cell: Comparable {
    static func < (left: Self, right: Self) -> Bool { (left.subject, left.period) < (right.subject, right.period) }
}

/// Subjects and periods whose values may differ after some records have changed.
public struct TouchedCells: Sendable {
    /// Subjects in periods, one by one.
    private(set) var cells: Set<Cell> = []
    /// Periods in which any subject may be touched.
    public private(set) var periods: Set<Period> = []

    /// The subjects in periods, besides whole periods.
    public var pairs: [(subject: Subject, period: Period)] { cells.map { ($0.subject, $0.period) } }

    /// Whether the value of a subject in a period is among them.
    public func contains(_ subject: Subject, _ period: Period) -> Bool {
        contains(Cell(subject: subject, period: period))
    }

    func contains(_ cell: Cell) -> Bool { periods.contains(cell.period) || cells.contains(cell) }

    /// All periods of which something is touched.
    var allPeriods: Set<Period> { periods.union(cells.map(\.period)) }

    mutating func insert(_ cell: Cell) { cells.insert(cell) }

    mutating func insert(_ period: Period) { periods.insert(period) }

    /// Some subjects in each of some periods.
    mutating func insert(_ subjects: Set<Subject>, in periods: [Period]) {
        for subject in subjects {
            for period in periods { cells.insert(Cell(subject: subject, period: period)) }
        }
    }

    mutating func formUnion(_ other: TouchedCells) {
        cells.formUnion(other.cells)
        periods.formUnion(other.periods)
    }

    /// The same with whole periods in the place of what is touched of some subject, or of any.
    func wholePeriods(of subject: Subject? = nil) -> TouchedCells {
        var whole = self
        for cell in cells where subject == nil || cell.subject == subject { whole.periods.insert(cell.period) }
        return whole
    }
}
