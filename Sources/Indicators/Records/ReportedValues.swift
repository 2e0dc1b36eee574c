internal import Expressions
internal import YAMLDocument

/// Which indicators people fill by hand: those whose definition reads ``recordType`` and nothing else.
public struct ReportedValues: RecordCheck {
    /// The type of the records that hold values by hand.
    public static let recordType = "reported_value"

    /// The indicators that are filled by hand, with those whom each has values for.
    public let scopes: [String: SubjectKind]
    /// The record types that all others are computed from.
    private let sources: [String: [String]]

    /// The check for these definitions.
    public init(_ definitions: [IndicatorDefinition]) {
        let byHand = definitions.filter(\.isFilledByHand)
        scopes = Dictionary(byHand.map { ($0.id, $0.scope) }, uniquingKeysWith: { $1 })
        let others = definitions.filter { !$0.isFilledByHand }
        sources = Dictionary(
            others.map { ($0.id, Set($0.measures.map(\.record)).sorted()) }, uniquingKeysWith: { $1 })
    }

    /// Refuses values of indicators that nobody defines or that are computed, periods that are none, and subjects that
    /// the indicator has no values for.
    public func refusal(of record: CanonicalRecord) -> (field: String, reason: String)? {
        let (id, period) = (record["indicator_id"].keyText, record["period"].keyText)
        if let reason = refusal(ofIndicator: id) { return ("indicator_id", reason) }
        if Period(id: period) == nil { return ("period", Self.refusal(ofPeriod: period)) }
        return refusal(ofSubject: record, of: id)
    }

    /// Why values of an indicator cannot be given by hand; nil where they can.
    public func refusal(ofIndicator id: String) -> String? {
        if scopes[id] != nil { return nil }
        guard let types = sources[id] else {
            let near = proposal(for: id, among: scopes.keys.sorted() + sources.keys.sorted())
            let known = scopes.isEmpty ? "none yet" : scopes.keys.sorted().prefix(20).joined(separator: ", ")
            return "there is no indicator '\(value: id)'\(near); filled by hand are: \(known)"
        }
        return
            "'\(value: id)' is computed from records of type \(types.joined(separator: ", ")): bring those. To fill it "
            + "by hand instead, define it in indicators/ with this id and 'record: \(Self.recordType)'"
    }

    private static func refusal(ofPeriod text: String) -> String {
        "'period' must be such as 2026-07, 2026-Q3, 2026-H2 or 2026, not '\(value: text)'"
    }

    private func refusal(ofSubject record: CanonicalRecord, of id: String) -> (field: String, reason: String)? {
        let (hasPerson, hasUnit) = (!record["employee_id"].isNull, !record["org_unit_id"].isNull)
        switch scopes[id] {
        case .employee? where !hasPerson: return ("employee_id", "'\(value: id)' has values of people: name one")
        case .employee? where hasUnit: return ("org_unit_id", "'\(value: id)' has values of people: leave this empty")
        case .orgUnit? where !hasUnit: return ("org_unit_id", "'\(value: id)' has values of units: name one")
        case .orgUnit? where hasPerson: return ("employee_id", "'\(value: id)' has values of units: leave this empty")
        case .company? where hasPerson || hasUnit:
            return (hasPerson ? "employee_id" : "org_unit_id", "'\(value: id)' is of the company: leave this empty")
        default: return nil
        }
    }
}

extension IndicatorDefinition {
    /// Whether the values are what people report by hand.
    public var isFilledByHand: Bool {
        guard case .single = form else { return false }
        return measures.allSatisfy { $0.record == ReportedValues.recordType }
    }
}
