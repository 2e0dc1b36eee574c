internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles

/// How the cells of one field are filled.
struct FieldForm: Sendable {
    /// What a mapping reads instead.
    enum Cell {
        case text(String)
        case flag(Bool)
        case json(JSON)
    }

    private let field: RecordField
    private let isPeriod: Bool
    /// The codes of an enumeration by what people call them.
    private let codes: [String: String]
    private let spans: SpanText

    init(_ field: RecordField, of type: RecordType, _ labels: RecordLabels, _ spans: SpanText) {
        (self.field, self.spans) = (field, spans)
        isPeriod = field.name == "period" && field.kind == .string && !field.isList
        codes = Self.codes(field, of: type, labels)
    }

    /// The codes of an enumeration: under themselves, and their labels in either language or both.
    private static func codes(_ field: RecordField, of type: RecordType, _ labels: RecordLabels) -> [String: String] {
        guard case .enumeration(let names) = field.kind else { return [:] }
        var codes: [String: String] = [:]
        for name in names {
            for heading in labels.label(ofValue: name, in: type.name).headings { codes[heading.plainName] = name }
        }
        for name in names { codes[name.plainName] = name }
        return codes
    }

    /// Whether cells of a field may be written otherwise than mappings read them, dates and numbers aside.
    static func isNeeded(_ field: RecordField) -> Bool {
        if field.isList { return true }
        return switch field.kind {
        case .int, .decimal, .money, .datetime: false
        case .string: field.name == "period"
        default: true
        }
    }

    /// What a mapping reads instead of a cell's text; nil where it reads the cell as it is.
    func cell(_ text: String) -> Cell? {
        guard let cell = form(text) else { return nil }
        if case .text(text) = cell { return nil }
        return cell
    }

    private func form(_ text: String) -> Cell? {
        if field.isList { return list(text) }
        switch field.kind {
        case .bool: return Self.flag(text).map { .flag($0) }
        case .enumeration: return codes[text.plainName].map { .text($0) }
        case .date: return spans.day(text).map { .text($0) }
        case .employeeRef, .orgUnitRef: return .text(text.trimmed)
        case .string: return isPeriod ? PeriodText.id(of: text).map { .text($0) } : nil
        case .interval: return spans.span(text, hasOwner: false).map { .json($0) }
        case .ownerInterval: return spans.span(text, hasOwner: true).map { .json($0) }
        case .int, .decimal, .money, .datetime: return nil
        }
    }

    /// A list of which every element can be read; nil for any other.
    private func list(_ text: String) -> Cell? {
        let elements = SpanText.elements(text)
        let read = elements.compactMap(element)
        return read.count == elements.count ? .json(.array(read)) : nil
    }

    private func element(_ text: String) -> JSON? {
        switch field.kind {
        case .string, .employeeRef, .orgUnitRef: .string(text)
        case .datetime: spans.instant(text).map { .string($0) }
        case .date: spans.day(text).map { .string($0) }
        case .bool: Self.flag(text).map { .bool($0) }
        case .enumeration: codes[text.plainName].map { .string($0) }
        case .int, .decimal, .money: (try? WrittenNumber(text)).map { .number($0.text) }
        case .interval: spans.span(text, hasOwner: false)
        case .ownerInterval: spans.span(text, hasOwner: true)
        }
    }

    /// Yes and no as people write them.
    static func flag(_ text: String) -> Bool? {
        switch text.trimmed.lowercased() {
        case "是", "yes", "是 yes", "y", "true", "1", "√", "✓", "对", "有": true
        case "否", "no", "否 no", "n", "false", "0", "×", "错", "无": false
        default: nil
        }
    }
}
