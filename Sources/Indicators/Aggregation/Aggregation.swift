/// Aggregates records into the values of many indicators; the order of the records does not matter.
///
/// Feed every live record of the types that ``recordTypes`` names, then ask for the values.
public struct Aggregation {
    private var indicators: [IndicatorAggregation]
    private var byType: [String: [Int]] = [:]

    /// An aggregation of these indicators without records.
    public init(_ indicators: [CompiledIndicator], context: AggregationContext) {
        self.indicators = indicators.map { IndicatorAggregation($0, context: context) }
        for (index, indicator) in indicators.enumerated() {
            for type in indicator.countedTypes { byType[type, default: []].append(index) }
        }
    }

    /// The types of records to feed.
    public var recordTypes: [String] { byType.keys.sorted() }

    /// Takes in a record, once; types that no indicator counts are passed over.
    public mutating func add(_ evidence: EvidenceRecord) {
        for index in byType[evidence.record.type.name] ?? [] { indicators[index].add(evidence) }
    }

    /// All values, by indicator, subject and period.
    public mutating func values() -> [IndicatorValue] {
        var values: [IndicatorValue] = []
        for index in indicators.indices { values += indicators[index].values() }
        return values
    }
}
