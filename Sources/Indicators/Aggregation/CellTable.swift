/// The subjects and periods that records count for, each pair with the number of its row.
struct CellTable {
    private(set) var subjects: [Subject] = []
    private(set) var periods: [Period] = []
    /// The subject and the period of each row.
    private(set) var rows: [(subject: Int, period: Int)] = []
    private var subjectNumbers: [Subject: Int] = [:]
    private var periodNumbers: [Period: Int] = [:]
    /// The row by subject, then by period; -1 where there is none yet.
    private var numbers: [[Int]] = []
    /// The periods that may get new rows, by number; nil where all may.
    private var open: Set<Int>?

    /// The number of a subject, which it is given when it is first met.
    mutating func number(of subject: Subject) -> Int {
        if let number = subjectNumbers[subject] { return number }
        subjectNumbers[subject] = subjects.count
        subjects.append(subject)
        numbers.append([])
        return subjects.count - 1
    }

    /// The number of a period, which it is given when it is first met.
    mutating func number(of period: Period) -> Int {
        if let number = periodNumbers[period] { return number }
        periodNumbers[period] = periods.count
        periods.append(period)
        return periods.count - 1
    }

    /// The number of a period; nil where none of it was met.
    func number(ofKnown period: Period) -> Int? { periodNumbers[period] }

    /// From here on, only these cells have rows.
    mutating func restrict(to touched: TouchedCells) {
        for cell in touched.cells { _ = row(subject: number(of: cell.subject), period: number(of: cell.period)) }
        var open: Set<Int> = []
        for period in touched.periods { open.insert(number(of: period)) }
        self.open = open
    }

    /// The row of a subject in a period, by their numbers; a new one where there was none, nil where there is to be none.
    mutating func row(subject: Int, period: Int) -> Int? {
        if period < numbers[subject].count, numbers[subject][period] >= 0 { return numbers[subject][period] }
        guard open?.contains(period) ?? true else { return nil }
        while numbers[subject].count <= period { numbers[subject].append(-1) }
        numbers[subject][period] = rows.count
        rows.append((subject, period))
        return rows.count - 1
    }

    /// The row of a subject in a period; nil where no record concerns them.
    func row(of subject: Subject, in period: Period) -> Int? {
        guard let subject = subjectNumbers[subject], let period = periodNumbers[period],
            period < numbers[subject].count, numbers[subject][period] >= 0
        else { return nil }
        return numbers[subject][period]
    }
}
