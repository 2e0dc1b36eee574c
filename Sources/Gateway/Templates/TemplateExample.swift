internal import Indicators

/// Example rows of templates: how each field may be filled.
struct TemplateExample {
    let type: RecordType
    let labels: RecordLabels
    let language: LabelLanguage
    /// An indicator that is filled by hand.
    var indicator = "customer_visits"

    /// Begins the first cell of an example: whoever leaves it in a file imports it as nothing.
    static let marker = "[示例 example]"

    /// A good value of a field, as a person writes it.
    func text(_ field: RecordField) -> String {
        // A value is of a person or of a unit.
        if type.name == ReportedValues.recordType, field.kind == .orgUnitRef { return "" }
        if field.isList { return [one(field), one(field, isSecond: true)].joined(separator: "; ") }
        return one(field)
    }

    private func one(_ field: RecordField, isSecond: Bool = false) -> String {
        let day = isSecond ? "2026-07-03" : "2026-07-01"
        return switch field.kind {
        case .string: field.name == "indicator_id" ? indicator : Self.texts[field.name] ?? (isSecond ? "A-2" : "A-1")
        case .int: "3"
        case .decimal: "85.5"
        case .money: "1200.00"
        case .bool: yes
        case .date: day
        case .datetime: "\(day) 09:30:00"
        case .employeeRef: "E001"
        case .orgUnitRef: language == .en ? "Plumb/Support" : "准绳科技/客户服务部"
        case .enumeration(let names): names.first.map(choice) ?? ""
        case .interval: "\(day) 09:30 ~ \(day) 11:00"
        case .ownerInterval: "E001 | \(day) 09:30 ~ \(day) 11:00"
        }
    }

    /// Texts that mean something by themselves.
    private static let texts = [
        "author": "hr@example.com", "currency": "CNY", "environment": "production",
        "evidence_url": "https://docs.example.com/1", "period": "2026-07",
        "reason": "visit log of July",
    ]

    /// What may be chosen for a field; empty for free input.
    func choices(_ field: RecordField) -> [String] {
        switch field.kind {
        case .bool where !field.isList: [yes, no]
        case .enumeration(let names) where !field.isList: names.map(choice)
        default: []
        }
    }

    private func choice(_ code: String) -> String { labels.label(ofValue: code, in: type.name).heading(language) }

    private var yes: String { language == .en ? "yes" : language == .zh ? "是" : "是 yes" }
    private var no: String { language == .en ? "no" : language == .zh ? "否" : "否 no" }
}
