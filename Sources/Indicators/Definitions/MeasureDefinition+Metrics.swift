internal import YAMLDocument

/// Numbers that other systems send for indicators.
public struct Metrics: Sendable {
    /// The type of the records that hold them.
    public static let recordType = "metric"

    /// The indicators that read those sent for their own id. Ratios and other indicators of several measures say themselves
    /// which they read.
    public let indicators: Set<String>

    /// The indicators among these that read metrics.
    public init(_ definitions: [IndicatorDefinition]) {
        indicators = Set(definitions.filter(\.isFedByMetrics).map(\.id))
    }
}

extension IndicatorDefinition {
    fileprivate var isFedByMetrics: Bool {
        guard case .single = form else { return false }
        return measures.allSatisfy { $0.record == Metrics.recordType }
    }
}

extension MeasureDefinition {
    /// The measure with what goes without saying of an indicator that other systems send numbers for; any other as it is.
    ///
    /// Such an indicator reads the metrics sent for its own id, each at its moment.
    func fedByMetrics(_ map: MapReader) -> MeasureDefinition {
        guard record == Metrics.recordType, let id = map.text("id") else { return self }
        var measure = self
        let implied = { (text: String) in ExpressionText(implied: text, at: map.node) }
        let own = "record.indicator_id == '\(id)'"
        measure.condition = implied(condition.map { "\(own) && (\($0.text))" } ?? own)
        measure.anchor = anchor ?? (inPeriod == nil ? implied("record.at") : nil)
        measure.value = value ?? implied("record.value")
        if map["aggregate"] == nil { measure.aggregate = .sum }
        if map["subject"] == nil, map["subjects"] == nil { measure.subject = Self.subject(map, implied) }
        return measure
    }
}
