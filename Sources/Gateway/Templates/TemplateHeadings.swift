internal import Indicators
internal import RecordFiles

/// The columns of a file that is filled as a template: which one holds which field.
struct TemplateColumns {
    let type: RecordType
    /// The heading of each field that the file has, by the field's name.
    let headings: [String: String]
}

/// Recognises the columns of templates, in any order, in either language or by the fields' names.
struct TemplateHeadings {
    private let types: [RecordType]
    private let labels: RecordLabels

    init(_ workspace: Workspace) {
        types = workspace.recordTypes.values.sorted { $0.name < $1.name }
        labels = workspace.labels
    }

    /// The type whose template has these columns; nil where there is none.
    ///
    /// - Throws: Where they fit several types, and `name` tells none of them.
    func columns(of names: [String], as name: String?) throws(FileFault) -> TemplateColumns? {
        var found = types.filter { name == nil || $0.name == name }.compactMap { columns(names, of: $0) }
        let whole = found.filter { $0.headings.count == $0.type.templateFields.count }
        if found.count > 1, whole.count == 1 { found = whole }
        guard found.count > 1 else { return found.first }
        let names = found.map(\.type.name).joined(separator: ", ")
        throw FileFault(
            zh: "这些列符合几种记录类型，请用 --record 说明是哪一种：\(names)",
            en: "the columns fit several record types; say which with --record: \(names)")
    }

    private func columns(_ names: [String], of type: RecordType) -> TemplateColumns? {
        let known = headings(of: type)
        var headings: [String: String] = [:]
        for name in names where !name.isEmpty && !Self.isForOrientation(name, type) {
            guard let field = known[name.plainName], headings.updateValue(name, forKey: field) == nil else {
                return nil
            }
        }
        let isWhole = type.templateFields.allSatisfy { $0.isOptional || $0.isList || headings[$0.name] != nil }
        return isWhole && !headings.isEmpty ? TemplateColumns(type: type, headings: headings) : nil
    }

    /// Whether a column only shows whose row it is.
    private static func isForOrientation(_ name: String, _ type: RecordType) -> Bool {
        type.name == ReportedValues.recordType && TemplateRows.heading.headings.contains(name)
    }

    /// The field that each heading names.
    private func headings(of type: RecordType) -> [String: String] {
        var fields: [String: String] = [:]
        for field in type.fields {
            for heading in labels.label(ofField: field.name, in: type.name).headings + [field.name] {
                fields[heading.plainName] = field.name
            }
        }
        return fields
    }
}

extension RecordType {
    /// The fields that a person fills: of values by hand, not those that are made of the others.
    var templateFields: [RecordField] {
        guard name == ReportedValues.recordType else { return fields }
        return fields.filter { $0.name != "id" && $0.name != "entered_at" }
    }
}
