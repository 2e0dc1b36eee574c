internal import Expressions

/// Places records and adds them to every measure that places them so, whatever else each asks of them.
struct PlacedRecords {
    private(set) var placer: RecordPlacer
    private(set) var conditions = ConditionIndex()
    /// Records that could be placed, by row.
    private var placed = RowCounts()
    /// Records that were left out before any condition was asked, by row.
    private var excluded = RowCounts()
    /// Records of which the placing's own expressions failed, by row.
    private var failed = RowCounts()
    /// Records that could be anybody's, by the number of their period.
    private var unmatched = RowCounts()
    private var rows: [(row: Int, part: Rational)] = []
    /// Where the records lie that are counted; nil where they may lie anywhere.
    private(set) var windows: [FieldWindow]?

    init(_ plan: PlacementPlan, context: AggregationContext) {
        placer = RecordPlacer(plan, context: context)
        windows = plan.windows(from: context.firstDay, in: context.zone)
    }

    /// The number of a condition, which it is given when it is first met.
    mutating func number(of condition: Program?) -> Int { conditions.number(of: condition) }

    /// Adds a measure of the records that fulfil a condition; gives the number of its column.
    mutating func add(_ column: any MeasureColumn, condition: Int) -> Int {
        conditions.all[condition].columns.append(column)
        return conditions.all[condition].columns.count - 1
    }

    /// Takes in a record.
    mutating func add(_ evidence: EvidenceRecord) {
        placer.start(evidence)
        while let reading = placer.next() {
            findRows()
            switch reading {
            case .counted: count(evidence)
            case .excluded(let exclusion): note(exclusion.kind)
            }
        }
        placer.finish()
    }

    /// The cells that a record counts for, or might.
    mutating func cells(of evidence: EvidenceRecord) -> TouchedCells {
        var touched = TouchedCells()
        placer.start(evidence)
        while let reading = placer.next() {
            let periods = placer.periods.map { placer.table.periods[$0] }
            for (subject, _) in placer.subjects {
                for period in periods { touched.insert(Cell(subject: placer.table.subjects[subject], period: period)) }
            }
            if case .excluded(let exclusion) = reading, placer.subjects.isEmpty, exclusion.kind.couldBeAnybodys {
                for period in periods { touched.insert(period) }
            }
        }
        placer.finish()
        return touched
    }

    /// From here on, records count for these cells alone.
    mutating func restrict(to touched: TouchedCells) {
        placer.restrict(to: touched)
        windows = placer.plan.windows(holding: touched.allPeriods, in: placer.context.zone)
    }

    private mutating func count(_ evidence: EvidenceRecord) {
        if rows.isEmpty { return }
        for (row, _) in rows { placed.add(to: row) }
        let reading = RecordReading(evidence: evidence, variables: placer.variables, anchor: placer.anchor)
        conditions.add(reading, rows: rows)
    }

    private mutating func findRows() {
        rows.removeAll(keepingCapacity: true)
        for (subject, part) in placer.subjects {
            for period in placer.periods {
                if let row = placer.row(subject: subject, period: period) { rows.append((row, part)) }
            }
        }
    }

    private mutating func note(_ kind: Exclusion.Kind) {
        if placer.subjects.isEmpty, kind.couldBeAnybodys {
            for period in placer.periods { unmatched.add(to: period) }
        }
        for (row, _) in rows {
            if kind == .failed { failed.add(to: row) } else { excluded.add(to: row) }
        }
    }
}

extension PlacedRecords {
    /// The cells that records count for, or are left out of.
    var cells: [Cell] {
        placer.table.rows.enumerated().compactMap { row, place in
            guard placed[row] + excluded[row] + failed[row] > 0 else { return nil }
            return Cell(subject: placer.table.subjects[place.subject], period: placer.table.periods[place.period])
        }
    }

    /// How many records of a period could be anybody's.
    func unmatched(in period: Period) -> Int { placer.table.number(ofKnown: period).map { unmatched[$0] } ?? 0 }

    /// How many records of a row were left out, those among them that do not fulfil a condition.
    func excluded(row: Int, condition: Int) -> Int {
        let asked = conditions.all[condition]
        return excluded[row] + placed[row] - asked.fulfilled[row] - asked.failed[row]
    }

    /// Of how many records of a row an expression failed, the condition among them.
    func failed(row: Int, condition: Int) -> Int { failed[row] + conditions.all[condition].failed[row] }
}

/// A count for each row; zero where nothing was counted.
struct RowCounts {
    private var counts: [Int] = []

    subscript(row: Int) -> Int { row < counts.count ? counts[row] : 0 }

    mutating func add(to row: Int) {
        while counts.count <= row { counts.append(0) }
        counts[row] += 1
    }
}
