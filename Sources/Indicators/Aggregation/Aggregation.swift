/// Aggregates records into the values of many indicators; the order of the records does not matter.
///
/// Feed every live record of the types that ``recordTypes`` names, then ask for the values. Measures that count the same
/// records for the same people share the work of finding them.
public struct Aggregation: Sendable {
    private var plans: [PlanAggregation] = []
    private var indicators: [IndicatorColumns] = []
    private var plansByType: [String: [Int]] = [:]

    /// An aggregation of these indicators without records.
    public init(_ indicators: [CompiledIndicator], context: AggregationContext) {
        var numbers: [PlacementPlan.Key: Int] = [:]
        for indicator in indicators {
            let places = indicator.measures.map { measure in
                let plan = number(of: PlacementPlan(measure, scope: indicator.definition.scope), &numbers, context)
                let column = measure.column(
                    mergesSmallGroups: indicator.definition.mergesSmallGroups, zone: context.zone)
                return (plan: plan, column: plans[plan].add(column))
            }
            self.indicators.append(IndicatorColumns(indicator: indicator, context: context, places: places))
        }
    }

    private mutating func number(
        of plan: PlacementPlan, _ numbers: inout [PlacementPlan.Key: Int], _ context: AggregationContext
    ) -> Int {
        if let number = numbers[plan.key] { return number }
        numbers[plan.key] = plans.count
        plansByType[plan.record.name, default: []].append(plans.count)
        plans.append(PlanAggregation(plan, context: context))
        return plans.count - 1
    }

    /// The types of records to feed.
    public var recordTypes: [String] { plansByType.keys.sorted() }

    /// Takes in a record, once; types that no indicator counts are passed over.
    public mutating func add(_ evidence: EvidenceRecord) {
        for index in plansByType[evidence.record.type.name] ?? [] { plans[index].add(evidence) }
    }

    /// All values, by indicator, subject and period.
    public func values() -> [IndicatorValue] { indicators.flatMap { $0.values(plans) } }
}
