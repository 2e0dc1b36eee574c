internal import Expressions
internal import PlumblineKit

/// Reads a field straight from a cell, where that takes no more than reading it off.
///
/// What this gives is what ``FieldConversion/convert(_:)`` would give of the cell's value.
struct PlainConversion {
    private let form: Form
    private let mayBeEmpty: Bool
    /// The names that the field may hold.
    private let names: [[UInt8]]

    fileprivate enum Form {
        case text, texts, name, integer, exact, flag, instant
        /// It takes more.
        case none
    }

    init(_ field: RecordField) {
        mayBeEmpty = field.isOptional && !field.isList
        if case .enumeration(let names) = field.kind { self.names = names.map { Array($0.utf8) } } else { names = [] }
        form = Form(field.kind, isList: field.isList)
    }

    /// What the field holds; nil where it takes more to find out.
    func content(_ cell: SourceBatch.Cell, in cells: SourceCells) -> CanonicalBatch.Content? {
        switch cell.kind {
        case .null: mayBeEmpty ? .null : nil
        case .text: cell.count == 0 ? nil : content(ofText: cells.content(cell))
        case .number: content(ofNumber: cells.content(cell))
        case .no, .yes: form == .flag ? .bool(cell.kind == .yes) : nil
        case .json: form == .texts && cells.content(cell).isPlainList ? .texts(cells.content(cell)) : nil
        case .missing: nil
        }
    }

    private func content(ofText text: UnsafeBufferPointer<UInt8>) -> CanonicalBatch.Content? {
        switch form {
        case .text: .text(text)
        case .name: names.contains { $0.count == text.count && $0.elementsEqual(text) } ? .text(text) : nil
        case .instant: Timestamp(rfc3339: text).map { .instant($0) }
        case .integer: text.plainInteger.map { .integer($0) }
        case .texts, .exact, .flag, .none: nil
        }
    }

    private func content(ofNumber text: UnsafeBufferPointer<UInt8>) -> CanonicalBatch.Content? {
        guard let number = text.plainInteger else { return nil }
        switch form {
        case .integer, .exact: return .integer(number)
        case .text: return .text(text)
        case .texts, .name, .flag, .instant, .none: return nil
        }
    }
}

extension PlainConversion.Form {
    fileprivate init(_ kind: FieldKind, isList: Bool) {
        if isList {
            self = kind == .string || kind == .orgUnitRef ? .texts : .none
            return
        }
        switch kind {
        case .string, .employeeRef, .orgUnitRef: self = .text
        case .enumeration: self = .name
        case .int: self = .integer
        case .decimal, .money: self = .exact
        case .bool: self = .flag
        case .datetime: self = .instant
        case .date, .interval, .ownerInterval: self = .none
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The whole number of up to 18 digits that the bytes write without sign or needless zeros; nil for anything else.
    fileprivate var plainInteger: Int64? {
        guard (1...18).contains(count), count == 1 || self[0] != UInt8(ascii: "0") else { return nil }
        var number: Int64 = 0
        for byte in self {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }

    /// Whether the bytes are a JSON list of texts without a space between them or an escape in them.
    fileprivate var isPlainList: Bool {
        guard count >= 2, self[0] == UInt8(ascii: "["), self[count - 1] == UInt8(ascii: "]") else { return false }
        let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
        var (isInside, last) = (false, self[0])
        for byte in self[1..<count - 1] {
            if isInside {
                if byte < 0x20 || byte == UInt8(ascii: "\\") { return false }
                isInside = byte != quote
            } else {
                // A comma behind each text, and a text behind each comma.
                guard byte == (last == quote ? comma : quote) else { return false }
                (isInside, last) = (byte == quote, byte)
            }
        }
        return !isInside && last != comma
    }
}
