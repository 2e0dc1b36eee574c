public import Expressions
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
    public func refusal(of record: CanonicalRecord) -> (field: String, reason: Reason)? {
        let (id, period) = (record["indicator_id"].keyText, record["period"].keyText)
        if let reason = refusal(ofIndicator: id) { return ("indicator_id", reason) }
        if Period(id: period) == nil { return ("period", Self.refusal(ofPeriod: period)) }
        return refusal(ofSubject: record, of: id)
    }

    /// Why values of an indicator cannot be given by hand; nil where they can.
    public func refusal(ofIndicator id: String) -> Reason? {
        if scopes[id] != nil { return nil }
        guard let types = sources[id]?.joined(separator: ", ") else { return unknown(id) }
        return Reason(
            zh:
                "“\(value: id)”由 \(types) 类型的记录计算，请提供这些记录。若要由人填报，请在 indicators/ 中用这个 id 定义，写 'record: \(Self.recordType)'",
            en:
                "'\(value: id)' is computed from records of type \(types): bring those. To fill it by hand instead, define "
                + "it in indicators/ with this id and 'record: \(Self.recordType)'")
    }

    private func unknown(_ id: String) -> Reason {
        let near = nearest(to: id, among: scopes.keys.sorted() + sources.keys.sorted())
        let known = scopes.keys.sorted().prefix(20).joined(separator: ", ")
        return Reason(
            zh: "没有指标“\(value: id)”" + (near.map { "，也许是“\($0)”" } ?? "")
                + "；由人填报的有：\(known.isEmpty ? "尚无" : known)",
            en: "there is no indicator '\(value: id)'" + (near.map { ", perhaps '\($0)'" } ?? "")
                + "; filled by hand are: \(known.isEmpty ? "none yet" : known)")
    }

    private static func refusal(ofPeriod text: String) -> Reason {
        Reason(
            zh: "“period”应写作 2026-07、2026-Q3、2026-H2 或 2026，而不是“\(value: text)”",
            en: "'period' must be such as 2026-07, 2026-Q3, 2026-H2 or 2026, not '\(value: text)'")
    }

    private func refusal(ofSubject record: CanonicalRecord, of id: String) -> (field: String, reason: Reason)? {
        let (hasPerson, hasUnit) = (!record["employee_id"].isNull, !record["org_unit_id"].isNull)
        let people = Reason(zh: "“\(value: id)”的值属于员工", en: "'\(value: id)' has values of people")
        let units = Reason(zh: "“\(value: id)”的值属于部门", en: "'\(value: id)' has values of units")
        let company = Reason(zh: "“\(value: id)”的值属于公司", en: "'\(value: id)' is of the company")
        switch scopes[id] {
        case .employee? where !hasPerson: return ("employee_id", people.asking(zh: "请填写员工", en: "name one"))
        case .employee? where hasUnit: return ("org_unit_id", people.leavingEmpty)
        case .orgUnit? where !hasUnit: return ("org_unit_id", units.asking(zh: "请填写部门", en: "name one"))
        case .orgUnit? where hasPerson: return ("employee_id", units.leavingEmpty)
        case .company? where hasPerson || hasUnit:
            return (hasPerson ? "employee_id" : "org_unit_id", company.leavingEmpty)
        default: return nil
        }
    }
}

extension Reason {
    fileprivate func asking(zh: String, en: String) -> Reason {
        Reason(zh: "\(self.zh)：\(zh)", en: "\(self.en): \(en)")
    }

    fileprivate var leavingEmpty: Reason { asking(zh: "此处应为空", en: "leave this empty") }
}

extension IndicatorDefinition {
    /// Whether the values are what people report by hand.
    public var isFilledByHand: Bool {
        guard case .single = form else { return false }
        return measures.allSatisfy { $0.record == ReportedValues.recordType }
    }
}
