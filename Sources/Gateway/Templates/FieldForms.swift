internal import Indicators
internal import PlumblineKit
internal import RecordFiles

/// Rewrites cells as people fill them into the form that mappings read: labels of enumerations, yes and no, lists, spans,
/// days and periods. A cell that is none of these stays as it is: the mapping says what is wrong with it.
struct FieldForms: Sendable {
    let type: RecordType
    /// Whom an account of the connection is matched to; for values by hand, so that one person is one subject.
    var employees: [String: String] = [:]
    private let forms: [String: FieldForm]
    /// The heading of each field.
    private let headings: [String: String]
    private let isTemplate: Bool
    /// The indicators whose unit is percent.
    private let percentages: Set<String>

    /// The cells of a filled template, or with `isTemplate` false of columns that a mapping hands on.
    init(
        _ type: RecordType, _ headings: [String: String], _ file: ImportFile, _ workspace: Workspace, zone: Zone,
        isTemplate: Bool = true
    ) {
        (self.type, self.headings, self.isTemplate) = (type, headings, isTemplate)
        percentages = Set(workspace.indicators.map(\.definition).filter { $0.unit == "percent" }.map(\.id))
        var forms: [String: FieldForm] = [:]
        for field in type.fields {
            guard let heading = headings[field.name] else { continue }
            let order = file.recognised.columns.first { $0.name == heading }?.dateOrder
            guard FieldForm.isNeeded(field) else { continue }
            forms[heading] = FieldForm(
                field, of: type, workspace.labels, SpanText(zone: zone, order: file.request.dateOrder ?? order))
        }
        self.forms = forms
    }

    /// Whether a column is no column of the file, but made of others.
    func makes(_ column: String) -> Bool { isReported && column == "id" }

    private var isReported: Bool { isTemplate && type.name == ReportedValues.recordType }

    /// Rewrites a batch; gives the rows that it took out because they say nothing.
    func rewrite(_ batch: inout SourceBatch) -> PassedRows {
        var passed = PassedRows()
        if isTemplate { passed = takeOut(&batch) }
        for (index, name) in batch.fields.enumerated() {
            guard let form = forms[name] else { continue }
            for row in 0..<batch.count { rewrite(index, row, form, &batch) }
        }
        if isReported { identify(&batch) }
        return passed
    }

    private func rewrite(_ index: Int, _ row: Int, _ form: FieldForm, _ batch: inout SourceBatch) {
        guard let old = batch.text(index, of: row), let new = form.cell(old) else { return }
        batch.set(index, of: row, to: new)
    }

    /// Takes out examples, and values by hand that are still to be filled in.
    private func takeOut(_ batch: inout SourceBatch) -> PassedRows {
        let value = isReported ? headings["value"].flatMap { batch.fields.firstIndex(of: $0) } : nil
        var (examples, empty): (Set<Int>, Set<Int>) = ([], [])
        for row in 0..<batch.count {
            if batch.isExample(row) {
                examples.insert(row)
            } else if let value, batch.cell(value, of: row).kind == .null {
                empty.insert(row)
            }
        }
        batch.remove(examples.union(empty))
        return PassedRows(examples: examples.count, empty: empty.count)
    }

    /// Values by hand are known by their indicator, subject and period.
    private func identify(_ batch: inout SourceBatch) {
        guard let id = batch.fields.firstIndex(of: "id") else { return }
        for row in 0..<batch.count {
            let person = text("employee_id", row, batch).map { employees[$0] ?? $0 }
            let subject = person ?? text("org_unit_id", row, batch) ?? Subject.company.id
            let indicator = text("indicator_id", row, batch) ?? ""
            let key = ReportedValueKey(indicator, subject, text("period", row, batch) ?? "")
            batch.set(id, of: row, to: .text(key.text))
            if percentages.contains(indicator) { takePercentSign(row, &batch) }
        }
    }

    /// Of an indicator in percent, `85%` is 85.
    private func takePercentSign(_ row: Int, _ batch: inout SourceBatch) {
        guard let field = headings["value"].flatMap({ batch.fields.firstIndex(of: $0) }),
            let text = batch.text(field, of: row), let last = text.last, "%％".contains(last)
        else { return }
        batch.set(field, of: row, to: .text(text.dropLast().trimmed))
    }

    private func text(_ field: String, _ row: Int, _ batch: SourceBatch) -> String? {
        headings[field].flatMap { batch.fields.firstIndex(of: $0) }.flatMap { batch.text($0, of: row) }
    }
}

/// What a value by hand is known by.
struct ReportedValueKey {
    let text: String

    init(_ indicator: String, _ subject: String, _ period: String) {
        text = "\(indicator)/\(subject)/\(period)"
    }
}

/// Rows of a file that say nothing.
struct PassedRows: Sendable {
    var examples = 0
    var empty = 0

    var count: Int { examples + empty }

    static func += (sum: inout Self, more: Self) {
        sum.examples += more.examples
        sum.empty += more.empty
    }

    /// What is told of them.
    var remarks: [LocalizedText] {
        let texts: [(count: Int, text: LocalizedText)] = [
            (
                examples,
                LocalizedText(
                    zh: "略过标为示例的行：\(examples)", en: "rows that are marked as examples were left out: \(examples)")
            ),
            (empty, LocalizedText(zh: "略过没有填值的行：\(empty)", en: "rows without a value were left out: \(empty)")),
        ]
        return texts.filter { $0.count > 0 }.map(\.text)
    }
}

extension SourceBatch {
    /// Whether a cell of the row says that the row is an example.
    fileprivate func isExample(_ row: Int) -> Bool {
        fields.indices.contains { field in
            let cell = cell(field, of: row)
            return cell.kind == .text && content(cell).first == UInt8(ascii: "[")
                && content(cell).starts(with: TemplateExample.marker.utf8)
        }
    }

    /// Puts something else into a cell.
    fileprivate mutating func set(_ field: Int, of row: Int, to new: FieldForm.Cell) {
        let place = row * fields.count + field
        switch new {
        case .flag(let flag): cells[place] = .init(flag ? .yes : .no)
        case .text(let text): set(place, .text, Array(text.utf8))
        case .json(let json): set(place, .json, json.bytes)
        }
    }

    private mutating func set(_ place: Int, _ kind: Kind, _ content: [UInt8]) {
        cells[place] = .init(kind, start: bytes.count, count: content.count)
        bytes += content
    }
}
