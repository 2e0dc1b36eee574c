internal import Expressions

/// One indicator over what was aggregated: makes values of the columns of its measures.
struct IndicatorColumns {
    let indicator: CompiledIndicator
    let context: AggregationContext
    /// Where each measure is found: its plan, and its column in it.
    let places: [(plan: Int, column: Int)]

    struct Key: Hashable {
        let subject: Subject
        let period: Period
    }

    /// The values of all subjects and periods, in order.
    func values(_ plans: [PlanAggregation]) -> [IndicatorValue] {
        keys(plans).filter(isOwn).sorted().map { value(of: $0, plans) }
    }

    private func keys(_ plans: [PlanAggregation]) -> Set<Key> {
        var keys: Set<Key> = []
        for plan in Set(places.map(\.plan)) {
            let table = plans[plan].placer.table
            for (subject, period) in table.rows {
                keys.insert(Key(subject: table.subjects[subject], period: table.periods[period]))
            }
        }
        return keys.union(naturalZeros(keys))
    }

    /// A subject that has values in one period has a zero in the others it was there for, where zero is a real result.
    private func naturalZeros(_ keys: Set<Key>) -> [Key] {
        guard indicator.definition.zeroDenominator == .zero else { return [] }
        let periods = context.allPeriods
        return Set(keys.map(\.subject)).flatMap { subject in
            periods.filter { context.wasPresent(subject, in: $0) }.map { Key(subject: subject, period: $0) }
        }
    }

    /// Totals of the company are parts of other values, unless the indicator is the company's.
    private func isOwn(_ key: Key) -> Bool {
        key.subject.kind != .company || indicator.definition.scope == .company
    }

    private func value(of key: Key, _ plans: [PlanAggregation]) -> IndicatorValue {
        let own = places.indices.map { total($0, key.subject, key.period, plans) }
        let joined = zip(indicator.measures.indices, own).map { index, total in
            // A measure of the whole company takes part in everybody's value.
            guard case .company = indicator.measures[index].subject else { return total }
            return self.total(index, .company, key.period, plans)
        }
        let formula = IndicatorFormula(indicator: indicator)
        var value = IndicatorValue(
            indicator: indicator.definition.id, subject: key.subject, period: key.period, status: .complete,
            sample: sample(of: own), coverage: coverage(of: own, key, plans), flags: formula.flags(of: joined),
            digest: joined.reduce(into: EvidenceDigest()) { $0.add($1.digest) })
        if isRatio, indicator.definition.outer == nil {
            (value.numerator, value.denominator) = (joined[0].single, joined[1].single)
        }
        ValueRules(indicator: indicator, context: context).complete(&value, formula.result(of: joined))
        return value
    }

    private func total(
        _ measure: Int, _ subject: Subject, _ period: Period, _ plans: [PlanAggregation]
    ) -> MeasureTotal {
        let plan = plans[places[measure].plan]
        guard let row = plan.placer.table.row(of: subject, in: period) else {
            return .empty(indicator.measures[measure])
        }
        return plan.columns[places[measure].column].total(of: row)
    }

    private func sample(of totals: [MeasureTotal]) -> Int {
        let counted = counted(totals)
        let samples = counted.reduce(into: Set<String>()) { $0.formUnion($1.samples) }
        return samples.isEmpty ? counted.reduce(0) { $0 + $1.included } : samples.count
    }

    private func coverage(of totals: [MeasureTotal], _ key: Key, _ plans: [PlanAggregation]) -> Coverage {
        var coverage = Coverage(
            included: counted(totals).reduce(0) { $0 + $1.included },
            missing: counted(totals).reduce(0) { $0 + $1.missing + $1.failed })
        for place in counted(places) {
            let plan = plans[place.plan]
            coverage.unmatched += plan.unmatched(in: key.period)
            guard let row = plan.placer.table.row(of: key.subject, in: key.period) else { continue }
            coverage.excluded += plan.excluded[row]
            coverage.missing += plan.failed[row]
        }
        return coverage
    }

    /// What sample and coverage are told of: of a ratio the denominator, whose records the numerator repeats.
    private func counted<Measure>(_ measures: [Measure]) -> [Measure] { isRatio ? [measures[1]] : measures }

    private var isRatio: Bool {
        if case .ratio = indicator.definition.form { true } else { false }
    }
}

extension IndicatorColumns.Key: Comparable {
    static func < (left: Self, right: Self) -> Bool { (left.subject, left.period) < (right.subject, right.period) }
}

extension AggregationContext {
    /// Whether an employee was employed, or a unit existed, on some day of a period.
    func wasPresent(_ subject: Subject, in period: Period) -> Bool {
        guard subject.kind == .employee, subject != .unassigned else { return true }
        return directory.rows(of: subject.id).contains { $0.span.overlaps(period) }
    }
}
