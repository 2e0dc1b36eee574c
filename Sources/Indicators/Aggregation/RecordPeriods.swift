/// Finds until when records of a type count, for whomever, whether they fulfil the measures' conditions or not.
public struct RecordPeriods {
    private var placers: [RecordPlacer] = []

    /// What these indicators make of records of a type.
    public init(_ indicators: [CompiledIndicator], recordType: String, context: AggregationContext) {
        var known: Set<PlacementPlan.Key> = []
        for indicator in indicators {
            for measure in indicator.measures where measure.record.name == recordType {
                let plan = PlacementPlan(measure, scope: indicator.definition.scope)
                if known.insert(plan.key).inserted { placers.append(RecordPlacer(plan, context: context)) }
            }
        }
    }

    /// The first day behind the last period that the record is in, or might be; nil where it is in none.
    public mutating func end(of evidence: EvidenceRecord) -> Day? {
        var end: Day?
        for index in placers.indices {
            placers[index].start(evidence)
            while placers[index].next() != nil {
                let periods = placers[index].periods.map { placers[index].table.periods[$0].endDay }
                end = ([end].compactMap { $0 } + periods).max()
            }
        }
        return end
    }
}
