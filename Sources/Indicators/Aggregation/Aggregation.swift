internal import Expressions

/// Aggregates records into the values of many indicators; the order of the records does not matter.
///
/// Feed every live record of the types that ``recordTypes`` names, then ask for the values. Measures that place records
/// alike share the work of finding for whom and when they count, and those with the same condition that of asking it.
public struct Aggregation: Sendable {
    var plans = AggregatedPlans()
    var indicators: [IndicatorColumns] = []

    /// An aggregation of these indicators without records.
    public init(_ indicators: [CompiledIndicator], context: AggregationContext) {
        for indicator in indicators {
            let places = indicator.measures.map { measure in
                let plan = plans.number(of: PlacementPlan(measure, scope: indicator.definition.scope), context)
                let column = measure.column(
                    mergesSmallGroups: indicator.definition.mergesSmallGroups, zone: context.zone)
                return (plan: plan, column: plans.add(column, to: plan))
            }
            self.indicators.append(IndicatorColumns(indicator: indicator, context: context, places: places))
        }
    }

    /// Takes these, by the ids of indicators that have natural zeros, for subjects that have records, whether any are fed
    /// of them or not: theirs were deleted when their time was over.
    public mutating func remember(_ subjects: [String: Set<Subject>]) {
        for index in indicators.indices {
            indicators[index].remembered.formUnion(subjects[indicators[index].id] ?? [])
        }
    }

    /// The types of records to feed.
    public var recordTypes: [String] { plans.recordTypes }

    /// Takes in a record, once; types that no indicator counts are passed over.
    public mutating func add(_ evidence: EvidenceRecord) { plans.add(evidence) }

    /// All values, by indicator, subject and period.
    public func values() -> [IndicatorValue] { indicators.flatMap { $0.values(plans) } }
}

/// The plans of measures, each with what it has counted.
struct AggregatedPlans {
    private(set) var placings: [PlacedRecords] = []
    private var placingsByType: [String: [Int]] = [:]
    private var numbers: [PlacementPlan.Key: Int] = [:]
    /// Where each plan is found.
    private var plans: [Plan] = []

    private struct Plan: Hashable {
        let placing: Int
        let condition: Int
    }

    /// The number of a plan, which it is given when it is first met.
    mutating func number(of plan: PlacementPlan, _ context: AggregationContext) -> Int {
        // A condition that is asked of every record alike need not be known to place it.
        let placing = plan.isConditionApart ? plan.withoutCondition : plan
        let number = self.number(ofPlacing: placing, context)
        let condition = placings[number].number(of: plan.isConditionApart ? plan.condition : nil)
        let place = Plan(placing: number, condition: condition)
        if let known = plans.firstIndex(of: place) { return known }
        plans.append(place)
        return plans.count - 1
    }

    private mutating func number(ofPlacing plan: PlacementPlan, _ context: AggregationContext) -> Int {
        if let number = numbers[plan.key] { return number }
        numbers[plan.key] = placings.count
        placingsByType[plan.record.name, default: []].append(placings.count)
        placings.append(PlacedRecords(plan, context: context))
        return placings.count - 1
    }

    /// Adds a measure to a plan; gives the number of its column.
    mutating func add(_ column: any MeasureColumn, to plan: Int) -> Int {
        placings[plans[plan].placing].add(column, condition: plans[plan].condition)
    }

    var recordTypes: [String] { placingsByType.keys.sorted() }

    mutating func add(_ evidence: EvidenceRecord) {
        for index in placingsByType[evidence.record.type.name] ?? [] { placings[index].add(evidence) }
    }

    /// Which of the placings a plan belongs to.
    func placing(of plan: Int) -> Int { plans[plan].placing }

    /// The cells that records count for, or might, by placing.
    mutating func touchedCells(of states: [EvidenceRecord]) -> [TouchedCells] {
        var touched = placings.map { _ in TouchedCells() }
        for state in states {
            for index in placingsByType[state.record.type.name] ?? [] {
                touched[index].formUnion(placings[index].cells(of: state))
            }
        }
        return touched
    }

    /// From here on, the records of a placing count for these cells alone.
    mutating func restrict(placing: Int, to touched: TouchedCells) { placings[placing].restrict(to: touched) }

    /// The cells that the records of a plan count for, or are left out of.
    func cells(of plan: Int) -> [Cell] { placings[plans[plan].placing].cells }

    /// The subjects and periods that a plan has met.
    func table(of plan: Int) -> CellTable { placings[plans[plan].placing].placer.table }

    /// What a plan's column has of a row.
    func total(_ column: Int, of plan: Int, row: Int) -> MeasureTotal {
        let place = plans[plan]
        return placings[place.placing].conditions.all[place.condition].columns[column].total(of: row)
    }

    /// How many records of a row a plan leaves out.
    func excluded(_ plan: Int, row: Int) -> Int {
        placings[plans[plan].placing].excluded(row: row, condition: plans[plan].condition)
    }

    /// Of how many records of a row the plan's own expressions failed.
    func failed(_ plan: Int, row: Int) -> Int {
        placings[plans[plan].placing].failed(row: row, condition: plans[plan].condition)
    }

    /// How many records of a period could be anybody's.
    func unmatched(_ plan: Int, in period: Period) -> Int { placings[plans[plan].placing].unmatched(in: period) }
}
