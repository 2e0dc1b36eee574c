internal import Expressions
internal import Foundation
public import Indicators
internal import RecordFiles
internal import YAMLDocument

/// A file for people to fill, whose columns `import` knows without a mapping.
public struct TemplateFile {
    /// How the file is written.
    public enum Format: String, Sendable, CaseIterable {
        /// UTF-8 with a byte order mark, by which spreadsheets know it.
        case csv
        /// A workbook with lists to choose from and sheets of notes.
        case xlsx
    }

    private let type: RecordType
    private let labels: RecordLabels
    private let language: LabelLanguage
    private let example: TemplateExample
    /// Rows that are there for filling, by field; of values by hand alone.
    private let rows: [[String: String]]

    /// The template of a record type, the product's or the company's own.
    ///
    /// That of values by hand has a row for each of `indicators` and each person of the people file, or each unit where
    /// the indicator has values of units.
    /// - Throws: `HostError.invalid` for a type or an indicator that is none, or a people file with mistakes.
    public init(
        _ name: String, of workspace: Workspace, language: LabelLanguage = .both, indicators: [String] = []
    ) throws(HostError) {
        guard let type = workspace.recordTypes[name] else { throw .unknownRecordType(name, workspace) }
        (self.type, self.language, labels) = (type, language, workspace.labels)
        var example = TemplateExample(type: type, labels: workspace.labels, language: language)
        example.indicator = indicators.first ?? workspace.reportedValues.scopes.keys.min() ?? example.indicator
        self.example = example
        if !indicators.isEmpty, name != ReportedValues.recordType {
            throw .invalid("--indicator goes with the template \(ReportedValues.recordType) alone")
        }
        rows = try TemplateRows(workspace).rows(of: indicators)
    }

    /// Writes the file, in the place of an older one.
    public func write(to path: String, as format: Format) throws(HostError) {
        switch format {
        case .csv:
            do {
                try Data(csv.utf8).write(to: URL(filePath: path), options: .atomic)
            } catch { throw .invalid("\(path) cannot be written: \(error.localizedDescription)") }
        case .xlsx:
            do throws(FileFault) { try workbook(path) } catch { throw .invalid("\(path): \(error)") }
        }
    }

    /// What the columns are called.
    public var headings: [String] { fields.map(heading) }

    /// The template as a table: its headings, an example, and the rows for filling.
    public var csv: String {
        let lines = [headings, exampleRow] + rows.map { row in fields.map { row[$0.name] ?? "" } }
        return "\u{FEFF}" + lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ cell: String) -> String {
        let isPlain = !cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}

extension TemplateFile {
    /// The columns: the fields, and beside prefilled people their names.
    private var fields: [RecordField] {
        var fields = type.templateFields
        if let place = fields.firstIndex(where: { $0.name == "employee_id" }), !rows.isEmpty {
            fields.insert(RecordField(name: TemplateRows.name, kind: .string, isOptional: true), at: place + 1)
        }
        return fields
    }

    private func heading(_ field: RecordField) -> String {
        field.name == TemplateRows.name
            ? TemplateRows.heading.heading(language)
            : labels.label(ofField: field.name, in: type.name).heading(language)
    }

    private var exampleRow: [String] {
        fields.enumerated().map { index, field in
            let text = field.name == TemplateRows.name ? "" : example.text(field)
            return index == 0 ? "\(TemplateExample.marker) \(text)" : text
        }
    }

    private func workbook(_ path: String) throws(FileFault) {
        let writer = try WorkbookWriter(path: path)
        try writer.addSheet(named: Self.sheetName(type.title), columns: fields.enumerated().map(column))
        try writer.append(exampleRow.enumerated().map { $0 == 0 ? .text($1) : value($1, fields[$0]) }, .example)
        for row in rows { try writer.append(fields.map { value(row[$0.name] ?? "", $0) }) }
        let notes = TemplateNotes(type: type, labels: labels, example: example)
        try writer.addNotes(named: "填写说明 Notes", notes.paragraphs)
        try writer.addSheet(named: "字段 Fields", columns: TemplateNotes.columns)
        for field in type.templateFields { try writer.append(notes.row(field).map { .text($0) }) }
        try writer.close()
    }

    /// A sheet's name may have 31 characters, and not all of them.
    private static func sheetName(_ title: BilingualText) -> String {
        let name = title.zh == title.en ? title.zh : "\(title.zh) \(title.en)"
        let allowed = name.filter { !"[]:*?/\\'".contains($0) }
        return String(allowed.prefix(31)).trimmed
    }

    private func column(_ index: Int, _ field: RecordField) -> WorkbookColumn {
        let title = heading(field)
        let width = title.unicodeScalars.reduce(4.0) { $0 + ($1.value > 0x2E80 ? 2 : 1) }
        // The first column holds the mark of examples too.
        let least = index == 0 ? 34.0 : field.kind == .datetime ? 20 : 14
        let notes = TemplateNotes(type: type, labels: labels, example: example)
        return WorkbookColumn(
            title, type: Self.cellType(field), width: min(max(width, least), 40), note: notes.short(field),
            choices: example.choices(field))
    }

    /// Numbers that are names, and periods, must stay as they are typed.
    private static func cellType(_ field: RecordField) -> WorkbookColumn.ValueType {
        if field.isList { return .text }
        return switch field.kind {
        case .string, .employeeRef, .orgUnitRef, .interval, .ownerInterval: .text
        case .date: .date
        case .datetime: .dateTime
        case .int, .decimal, .money, .bool, .enumeration: .general
        }
    }

    private func value(_ text: String, _ field: RecordField) -> WorkbookWriter.Value {
        if text.isEmpty { return .blank }
        if field.isList { return .text(text) }
        return switch field.kind {
        case .int, .decimal, .money: .number(text)
        case .date: .date(text)
        case .datetime: .date(text.replacing(" ", with: "T"))
        default: .text(text)
        }
    }
}

/// The rows of a template of values by hand that are there for filling.
struct TemplateRows {
    /// The name of the column that shows whose row it is; no field, and not read.
    static let name = "name"
    static let heading = RecordLabels.Label(text: BilingualText(zh: "姓名", en: "Name"))

    private let workspace: Workspace

    init(_ workspace: Workspace) { self.workspace = workspace }

    func rows(of indicators: [String]) throws(HostError) -> [[String: String]] {
        if indicators.isEmpty { return [] }
        let people = try PeopleFile.entries(at: workspace.folder + "/" + Workspace.peopleFile)
        var rows: [[String: String]] = []
        for id in indicators {
            if let reason = workspace.reportedValues.refusal(ofIndicator: id) {
                throw .invalid(reason.plain.text(in: workspace.configuration.language))
            }
            rows += subjects(workspace.reportedValues.scopes[id] ?? .employee, people).map { subject in
                subject.merging(["indicator_id": id], uniquingKeysWith: { first, _ in first })
            }
        }
        return rows
    }

    private func subjects(_ scope: SubjectKind, _ people: [DirectoryEntry]) -> [[String: String]] {
        switch scope {
        case .company: return [[:]]
        case .orgUnit:
            return Set(people.compactMap(\.unit).flatMap(EmployeeDirectory.unitAndAncestors)).sorted()
                .map { ["org_unit_id": $0] }
        case .employee:
            var names: [String: String] = [:]
            for entry in people { names[entry.employee] = entry.nameZh ?? entry.nameEn ?? "" }
            return names.sorted { $0.key < $1.key }.map { ["employee_id": $0.key, Self.name: $0.value] }
        }
    }
}

extension HostError {
    /// That no record type has that name, with the nearest that has.
    static func unknownRecordType(_ name: String, _ workspace: Workspace) -> HostError {
        let known = workspace.recordTypes.keys.sorted()
        return .invalid(
            "there is no record type '\(name)'\(proposal(for: name, among: known)); 'plumbline template' lists them")
    }
}
