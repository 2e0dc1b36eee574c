internal import Indicators
internal import RecordFiles

/// Why a column may be what a field wants.
struct ColumnMatch: Sendable, Hashable {
    /// How good a reason is, the best first. The first three are enough to propose; the others only ask.
    enum Kind: Int, Comparable {
        case told, sameName, label, synonym, similar, onlyOne

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    let column: String
    let kind: Kind
    /// In words.
    let reason: String
}

/// Compares the names of columns with what a field is called.
struct FieldNames {
    let field: RecordField
    private let label: RecordLabels.Label

    init(_ field: RecordField, of type: RecordType, _ labels: RecordLabels) {
        self.field = field
        label = labels.label(ofField: field.name, in: type.name)
    }

    /// The best reason for a column; nil where there is none, or its cells are nothing for the field.
    func match(_ column: RecognisedColumn) -> ColumnMatch? {
        let name = column.name.plainName
        guard !column.name.isEmpty, field.mayTake(column.type) else { return nil }
        if name == field.name.plainName { return .init(column: column.name, kind: .sameName, reason: "the same name") }
        if let heading = label.headings.first(where: { $0.plainName == name }) {
            return .init(column: column.name, kind: .label, reason: "label \(heading)")
        }
        if let other = label.also.first(where: { $0.plainName == name }) {
            return .init(column: column.name, kind: .synonym, reason: "synonym \(other) of \(label.text.zh)")
        }
        let near = ([label.text.zh, label.text.en, field.name] + label.also).first {
            Self.isSimilar($0.plainName, name)
        }
        return near.map { .init(column: column.name, kind: .similar, reason: "similar name to \($0)") }
    }

    /// Whether one name holds the other, or they differ by few letters.
    private static func isSimilar(_ left: String, _ right: String) -> Bool {
        let (short, long) = left.count < right.count ? (left, right) : (right, left)
        let isChinese = short.unicodeScalars.contains { $0.value > 0x2E80 }
        guard short.count >= (isChinese ? 2 : 4) else { return false }
        return long.contains(short) || distance(left, right) <= short.count / 4
    }

    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var next = [index + 1]
            for (place, other) in right.enumerated() {
                next.append(min(row[place] + (letter == other ? 0 : 1), row[place + 1] + 1, next[place] + 1))
            }
            row = next
        }
        return row.last ?? 0
    }
}

extension RecordField {
    var isTime: Bool { (kind == .date || kind == .datetime) && !isList }

    private var isNumber: Bool { [.int, .decimal, .money].contains(kind) && !isList }

    /// Whether cells of a column may be the field's.
    fileprivate func mayTake(_ type: RecognisedColumn.ValueType) -> Bool {
        switch type {
        case .integer, .decimal: !isTime && kind != .orgUnitRef
        case .date, .dateTime: !isNumber && kind != .bool && kind != .employeeRef
        case .boolean: !isNumber && !isTime && kind != .employeeRef
        case .text: true
        case .nested: isList || kind == .interval || kind == .ownerInterval
        }
    }
}
