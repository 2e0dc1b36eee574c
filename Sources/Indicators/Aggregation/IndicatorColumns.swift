internal import Expressions

/// One indicator over what was aggregated: makes values of the columns of its measures.
struct IndicatorColumns {
    let indicator: CompiledIndicator
    let context: AggregationContext
    /// Where each measure is found: its plan, and its column in it.
    let places: [(plan: Int, column: Int)]
    /// What is computed; nil for all values.
    var restriction: Restriction?
    /// Those who are known to have had records that are there no longer.
    var remembered: Set<Subject> = []

    /// The values of all subjects and periods, in order.
    func values(_ plans: AggregatedPlans) -> [IndicatorValue] {
        let values = keys(plans).filter(isOwn).sorted().map { value(of: $0, plans) }
        return indicator.definition.anonymous ? withholding(values, plans) : values
    }

    /// The values of an anonymous indicator, without numbers that would tell, beside others, what few answered.
    private func withholding(_ values: [IndicatorValue], _ plans: AggregatedPlans) -> [IndicatorValue] {
        Dictionary(grouping: values, by: \.period).sorted { $0.key < $1.key }.flatMap { period, values in
            var totals: [Subject: [MeasureTotal]] = [:]
            for subject in values.map(\.subject) {
                totals[subject] = places.indices.map { total($0, subject, period, plans) }
            }
            let rollUps = AnonymousRollUps(
                values, in: period, totals: totals, indicator: indicator, directory: context.directory)
            return values.map { rollUps.withheld.contains($0.subject) ? $0.withheld : $0 }
        }.sorted { ($0.subject, $0.period) < ($1.subject, $1.period) }
    }

    private func keys(_ plans: AggregatedPlans) -> Set<Cell> {
        let placed = cells(plans)
        let keys = placed.union(naturalZeros(placed))
        guard let restriction else { return keys }
        return keys.filter { restriction.touched.contains($0) }
    }

    /// What records count for, or are left out of.
    func cells(_ plans: AggregatedPlans) -> Set<Cell> {
        var cells: Set<Cell> = []
        for plan in Set(places.map(\.plan)) { cells.formUnion(plans.cells(of: plan)) }
        return cells
    }

    /// A subject that has values in one period has a zero in the others it was there for, where zero is a real result.
    private func naturalZeros(_ placed: Set<Cell>) -> [Cell] {
        guard indicator.hasNaturalZeros else { return [] }
        let periods = context.allPeriods
        return subjects(placed).flatMap { subject in
            periods.filter { context.wasPresent(subject, in: $0) }.map { Cell(subject: subject, period: $0) }
        }
    }

    /// Totals of the company are parts of other values, unless the indicator is the company's.
    private func isOwn(_ key: Cell) -> Bool {
        guard indicator.ownPeriodKinds(of: context.periodKinds).contains(key.period.kind) else { return false }
        return key.subject.kind != .company || indicator.definition.scope == .company
    }

    private func value(of key: Cell, _ plans: AggregatedPlans) -> IndicatorValue {
        let own = places.indices.map { total($0, key.subject, key.period, plans) }
        let joined = zip(indicator.measures.indices, own).map { index, total in
            // A measure of the whole company takes part in everybody's value.
            guard case .company = indicator.measures[index].subject else { return total }
            return self.total(index, .company, key.period, plans)
        }
        let formula = IndicatorFormula(indicator: indicator)
        let counts = counts(of: own, key, plans)
        var value = IndicatorValue(
            indicator: indicator.definition.id, subject: key.subject, period: key.period, status: .complete,
            sample: sample(of: own), coverage: counts.coverage, flags: formula.flags(of: joined),
            digest: joined.reduce(into: EvidenceDigest()) { $0.add($1.digest) })
        if indicator.definition.isRatio, indicator.definition.outer == nil {
            (value.numerator, value.denominator) = (joined[0].single, joined[1].single)
        }
        ValueRules(indicator: indicator, context: context)
            .complete(&value, formula.result(of: joined), failed: counts.failed)
        return value
    }

    private func total(
        _ measure: Int, _ subject: Subject, _ period: Period, _ plans: AggregatedPlans
    ) -> MeasureTotal {
        let (plan, column) = places[measure]
        guard let row = plans.table(of: plan).row(of: subject, in: period) else {
            return .empty(indicator.measures[measure])
        }
        return plans.total(column, of: plan, row: row)
    }

    /// A value rests on no more than the smallest of its measures that have data.
    private func sample(of totals: [MeasureTotal]) -> Int {
        counted(totals).map(\.size).filter { $0 > 0 }.min() ?? 0
    }

    /// How many records there are of each sort, and of how many a condition or a key failed. Measures of one plan read
    /// the same records, so each plan is counted once.
    private func counts(
        of totals: [MeasureTotal], _ key: Cell, _ plans: AggregatedPlans
    ) -> (coverage: Coverage, failed: Int) {
        var (coverage, failed) = (Coverage(), 0)
        for (number, measures) in Dictionary(grouping: counted(Array(zip(places, totals))), by: \.0.plan) {
            let totals = measures.map(\.1)
            coverage.included += totals.map(\.included).max() ?? 0
            coverage.missing += totals.map { $0.missing + $0.failed }.max() ?? 0
            coverage.excluded += totals.map(\.hidden).max() ?? 0
            coverage.unmatched += plans.unmatched(number, in: key.period)
            failed += totals.map(\.failed).max() ?? 0
            guard let row = plans.table(of: number).row(of: key.subject, in: key.period) else { continue }
            coverage.excluded += plans.excluded(number, row: row)
            coverage.missing += plans.failed(number, row: row)
            failed += plans.failed(number, row: row)
        }
        return (coverage, failed)
    }

    /// What sample and coverage are told of: of a ratio the denominator, whose records the numerator repeats.
    private func counted<Measure>(_ measures: [Measure]) -> [Measure] {
        indicator.definition.isRatio ? [measures[1]] : measures
    }
}

extension AggregationContext {
    /// Whether an employee was employed, or somebody belonged to a unit, on some day of a period.
    func wasPresent(_ subject: Subject, in period: Period) -> Bool {
        switch subject.kind {
        case .company: true
        case .orgUnit: directory.hasUnit(subject.id, in: period)
        case .employee:
            subject == .unassigned || directory.rows(of: subject.id).contains { $0.span.overlaps(period) }
        }
    }
}
