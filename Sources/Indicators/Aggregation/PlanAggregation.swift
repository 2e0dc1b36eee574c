internal import Expressions

/// Places records and adds them to every measure that places them so.
struct PlanAggregation {
    private(set) var placer: RecordPlacer
    private(set) var columns: [any MeasureColumn] = []
    /// Records that were left out, by row.
    private(set) var excluded = RowCounts()
    /// Records of which the plan's own expressions failed, by row.
    private(set) var failed = RowCounts()
    /// Records that could be anybody's, by the number of their period.
    private var unmatched = RowCounts()
    private var rows: [(row: Int, part: Rational)] = []

    init(_ plan: PlacementPlan, context: AggregationContext) { placer = RecordPlacer(plan, context: context) }

    /// Adds a measure; gives the number of its column.
    mutating func add(_ column: any MeasureColumn) -> Int {
        columns.append(column)
        return columns.count - 1
    }

    /// Takes in a record.
    mutating func add(_ evidence: EvidenceRecord) {
        placer.start(evidence)
        while let reading = placer.next() {
            findRows()
            switch reading {
            case .counted:
                let reading = RecordReading(evidence: evidence, variables: placer.variables, anchor: placer.anchor)
                for index in columns.indices { columns[index].add(reading, rows: rows) }
            case .excluded(let exclusion): note(exclusion.kind)
            }
        }
    }

    /// How many records of a period could be anybody's.
    func unmatched(in period: Period) -> Int { placer.table.number(ofKnown: period).map { unmatched[$0] } ?? 0 }

    private mutating func findRows() {
        rows.removeAll(keepingCapacity: true)
        for (subject, part) in placer.subjects {
            for period in placer.periods { rows.append((placer.row(subject: subject, period: period), part)) }
        }
    }

    private mutating func note(_ kind: Exclusion.Kind) {
        if rows.isEmpty, kind.couldBeAnybodys {
            for period in placer.periods { unmatched.add(to: period) }
        }
        for (row, _) in rows {
            if kind == .failed { failed.add(to: row) } else { excluded.add(to: row) }
        }
    }
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
