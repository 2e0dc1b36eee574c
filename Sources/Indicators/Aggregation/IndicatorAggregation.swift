internal import Expressions

/// Aggregates one indicator over records, one after the other, into values per subject and period.
struct IndicatorAggregation {
    let indicator: CompiledIndicator
    private let context: AggregationContext
    private var evaluators: [MeasureEvaluator]
    private var cells: [Key: Cell] = [:]
    private let emptyCell: Cell
    private var unmatched: [Period: Int] = [:]

    struct Key: Hashable {
        let subject: Subject
        let period: Period
    }

    /// The measures of one subject in one period.
    private struct Cell {
        var measures: [MeasureAccumulator]
        var excluded = 0
        /// Records of which an expression failed, so that nobody knows what they would have added.
        var failed = 0

        mutating func note(_ kind: Exclusion.Kind) {
            if kind == .failed { failed += 1 } else { excluded += 1 }
        }

        mutating func close() {
            for index in measures.indices { measures[index].close() }
        }
    }

    init(_ indicator: CompiledIndicator, context: AggregationContext) {
        self.indicator = indicator
        self.context = context
        evaluators = indicator.measures.map {
            MeasureEvaluator($0, scope: indicator.definition.scope, context: context)
        }
        emptyCell = Cell(
            measures: indicator.measures.map {
                MeasureAccumulator($0, mergesSmallGroups: indicator.definition.mergesSmallGroups, zone: context.zone)
            })
    }

    /// Counts a record in every measure that reads its type.
    mutating func add(_ evidence: EvidenceRecord) {
        for index in indicator.measures.indices
        where indicator.measures[index].record.name == evidence.record.type.name {
            switch evaluators[index].evaluate(evidence) {
            case .included(let placements):
                for placement in placements { add(placement, to: index) }
            case .excluded(let exclusion, let subjects, let periods):
                note(exclusion, subjects, periods, measure: index)
            }
        }
    }

    private mutating func add(_ placement: Placement, to index: Int) {
        let key = Key(subject: placement.subject, period: placement.period)
        let empty = emptyCell
        cells[key, default: empty].measures[index].add(placement.contribution)
    }

    private mutating func note(_ exclusion: Exclusion, _ subjects: [Subject], _ periods: [Period], measure: Int) {
        // The numerator repeats what the denominator says of the same records.
        if case .ratio = indicator.definition.form, measure == 0 { return }
        if exclusion.kind == .unmatched {
            for period in periods { unmatched[period, default: 0] += 1 }
        }
        let empty = emptyCell
        for subject in subjects {
            for period in periods { cells[Key(subject: subject, period: period), default: empty].note(exclusion.kind) }
        }
    }

    /// The values of all subjects and periods, in order.
    mutating func values() -> [IndicatorValue] {
        addNaturalZeros()
        for key in cells.keys { cells[key]?.close() }
        return cells.keys.filter(isOwn).sorted().map(value)
    }

    /// A subject that has values in one period has a zero in the others it was there for, where zero is a real result.
    private mutating func addNaturalZeros() {
        guard indicator.definition.zeroDenominator == .zero else { return }
        for subject in Set(cells.keys.map(\.subject)) {
            for period in context.allPeriods where context.wasPresent(subject, in: period) {
                let key = Key(subject: subject, period: period)
                if cells[key] == nil { cells[key] = emptyCell }
            }
        }
    }

    /// Totals of the company are parts of other values, unless the indicator is the company's.
    private func isOwn(_ key: Key) -> Bool {
        key.subject.kind != .company || indicator.definition.scope == .company
    }

    private func value(of key: Key) -> IndicatorValue {
        let cell = cells[key] ?? emptyCell
        let measures = joined(cell, in: key.period)
        let formula = IndicatorFormula(indicator: indicator)
        var value = IndicatorValue(
            indicator: indicator.definition.id, subject: key.subject, period: key.period, status: .complete,
            sample: sample(of: cell), coverage: coverage(of: cell, in: key.period), flags: formula.flags(of: measures),
            digest: measures.reduce(into: EvidenceDigest()) { $0.add($1.digest) })
        if case .ratio = indicator.definition.form, indicator.definition.outer == nil {
            (value.numerator, value.denominator) = (measures[0].single, measures[1].single)
        }
        ValueRules(indicator: indicator, context: context).complete(&value, formula.result(of: measures))
        return value
    }

    /// The subject's own measures, and the company's where a measure counts for the company.
    private func joined(_ cell: Cell, in period: Period) -> [MeasureAccumulator] {
        zip(indicator.measures, cell.measures.indices).map { measure, index in
            guard case .company = measure.subject else { return cell.measures[index] }
            return (cells[Key(subject: .company, period: period)] ?? emptyCell).measures[index]
        }
    }

    private func sample(of cell: Cell) -> Int {
        let counted = isRatio ? [cell.measures[1]] : cell.measures
        let samples = counted.reduce(into: Set<String>()) { $0.formUnion($1.samples) }
        return samples.isEmpty ? counted.reduce(0) { $0 + $1.included } : samples.count
    }

    private func coverage(of cell: Cell, in period: Period) -> Coverage {
        let counted = isRatio ? [cell.measures[1]] : cell.measures
        return Coverage(
            included: counted.reduce(0) { $0 + $1.included },
            missing: counted.reduce(cell.failed) { $0 + $1.missing },
            excluded: cell.excluded,
            unmatched: unmatched[period] ?? 0)
    }

    private var isRatio: Bool {
        if case .ratio = indicator.definition.form { true } else { false }
    }
}

extension IndicatorAggregation.Key: Comparable {
    static func < (left: Self, right: Self) -> Bool { (left.subject, left.period) < (right.subject, right.period) }
}

extension AggregationContext {
    /// Whether an employee was employed, or a unit existed, on some day of a period.
    func wasPresent(_ subject: Subject, in period: Period) -> Bool {
        guard subject.kind == .employee, subject != .unassigned else { return true }
        return directory.rows(of: subject.id).contains { $0.span.overlaps(period) }
    }
}
