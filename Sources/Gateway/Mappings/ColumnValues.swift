internal import Indicators
internal import PlumblineKit
internal import RecordFiles

/// The different values of some columns, as far as a file is read to find out.
struct ColumnValues {
    /// So many rows are looked at.
    private static let mostRows = 200_000
    /// A column with more different values holds no choice.
    private static let mostValues = 60

    /// By column, in the order of their first appearance; more than a choice can have are cut.
    private(set) var texts: [String: [String]] = [:]

    init(_ columns: [String], of file: ImportFile) throws(FileFault) {
        if columns.isEmpty { return }
        var reader = try file.reader(.fields(columns))
        var (rows, hasMore) = (0, true)
        while hasMore, rows < Self.mostRows {
            var batch = SourceBatch(fields: columns)
            hasMore = try reader.read(5000, into: &batch)
            for row in 0..<batch.count { note(batch, row) }
            rows += batch.count
        }
    }

    private mutating func note(_ batch: SourceBatch, _ row: Int) {
        for (field, column) in batch.fields.enumerated() {
            guard let text = batch.text(field, of: row), texts[column, default: []].count <= Self.mostValues,
                texts[column]?.contains(text) != true
            else { continue }
            texts[column, default: []].append(text)
        }
    }
}

/// A value of a file, and the code or truth that it is proposed to mean.
public struct ProposedValue: Sendable, Hashable {
    /// As the file writes it.
    public let text: String
    /// The code of the enumeration, or `true` and `false`; nil where nobody knows.
    public let code: String?
}

/// Translates the values of a column into what a field may hold.
struct ValueTranslation {
    private let field: RecordField
    private var codes: [String: String] = [:]

    /// A translation for an enumeration or a truth value; nil for any other field.
    init?(_ field: RecordField, of type: RecordType, _ labels: RecordLabels) {
        guard !field.isList else { return nil }
        self.field = field
        switch field.kind {
        case .bool: break
        case .enumeration(let names):
            for name in names.reversed() {
                let label = labels.label(ofValue: name, in: type.name)
                for text in label.also + label.headings { codes[text.plainName] = name }
            }
            for name in names { codes[name.plainName] = name }
        default: return nil
        }
    }

    func value(_ text: String) -> ProposedValue {
        let code = field.kind == .bool ? FieldForm.flag(text).map { $0 ? "true" : "false" } : codes[text.plainName]
        return ProposedValue(text: text, code: code)
    }

    /// The expression that makes the field's value of a column's.
    func expression(_ column: String, _ values: [ProposedValue]) -> String {
        let source = FieldExpression.reading(column, as: field)
        let known = values.compactMap { value in value.code.map { (value.text, $0) } }
        if known.isEmpty || (field.kind != .bool && known.count == values.count && known.allSatisfy { $0 == $1 }) {
            return source
        }
        let quote = { (code: String) in field.kind == .bool ? code : FieldExpression.quoted(code) }
        let map = known.map { "\(FieldExpression.quoted($0.0)): \(quote($0.1))" }.joined(separator: ", ")
        let translated = "{\(map)}[\(source)]"
        return field.isOptional ? "\(source) == null ? null : dyn(\(translated))" : translated
    }
}
