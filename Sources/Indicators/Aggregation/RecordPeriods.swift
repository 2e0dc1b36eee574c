/// Finds until when records of a type count, for whomever, whether they fulfil the measures' conditions or not.
public struct RecordPeriods {
    private var placers: [RecordPlacer] = []
    /// Those of the indicators with natural zeros, by placer.
    private var withZeros: [[String]] = []

    /// Where a record counts.
    public struct Places {
        /// The first day behind the last period that the record is in, or might be; nil where it is in none.
        public fileprivate(set) var end: Day?
        /// For whom it counts, by the ids of the indicators of which they have zeros for that.
        public fileprivate(set) var subjects: [String: Set<Subject>] = [:]
    }

    /// What these indicators make of records of a type.
    public init(_ indicators: [CompiledIndicator], recordType: String, context: AggregationContext) {
        var known: [PlacementPlan.Key: Int] = [:]
        for indicator in indicators {
            for measure in indicator.measures where measure.record.name == recordType {
                let plan = PlacementPlan(measure, scope: indicator.definition.scope)
                let number = known[plan.key] ?? placers.count
                if known.updateValue(number, forKey: plan.key) == nil {
                    placers.append(RecordPlacer(plan, context: context))
                    withZeros.append([])
                }
                if indicator.hasNaturalZeros { withZeros[number].append(indicator.definition.id) }
            }
        }
    }

    /// Where a record counts.
    public mutating func places(of evidence: EvidenceRecord) -> Places {
        var places = Places()
        for index in placers.indices {
            placers[index].start(evidence)
            while placers[index].next() != nil { add(placers[index], withZeros[index], to: &places) }
        }
        return places
    }

    private func add(_ placer: RecordPlacer, _ indicators: [String], to places: inout Places) {
        guard let end = placer.periods.map({ placer.table.periods[$0].endDay }).max() else { return }
        places.end = places.end.map { max($0, end) } ?? end
        for id in indicators {
            places.subjects[id, default: []].formUnion(placer.subjects.map { placer.table.subjects[$0.number] })
        }
    }
}
