internal import Expressions
internal import PlumblineKit

extension FieldConversion {
    /// The field's value straight from a cell; nil where it takes more than reading it off.
    ///
    /// What this gives is what ``convert(_:)`` would give of the cell's value.
    func value(_ cell: SourceBatch.Cell, in cells: SourceCells) -> Value? {
        if field.isList { return nil }
        switch cell.kind {
        case .null: return field.isOptional ? .null : nil
        case .text: return cell.count == 0 ? nil : value(ofText: cell, cells)
        case .number: return value(ofNumber: cell, cells)
        case .no, .yes: return field.kind == .bool ? .bool(cell.kind == .yes) : nil
        case .missing, .json: return nil
        }
    }

    private func value(ofText cell: SourceBatch.Cell, _ cells: SourceCells) -> Value? {
        switch field.kind {
        case .string, .employeeRef, .orgUnitRef: return .string(cells.text(cell))
        case .datetime: return Timestamp(rfc3339: cells.content(cell)).map { .timestamp($0) }
        case .enumeration(let names):
            let text = cells.text(cell)
            return names.contains(text) ? .string(text) : nil
        case .int: return cells.content(cell).plainInteger.map { .int($0) }
        default: return nil
        }
    }

    private func value(ofNumber cell: SourceBatch.Cell, _ cells: SourceCells) -> Value? {
        guard let number = cells.content(cell).plainInteger else { return nil }
        switch field.kind {
        case .int: return .int(number)
        case .decimal, .money: return .decimal(Rational(number))
        case .string, .employeeRef, .orgUnitRef: return .string(cells.text(cell))
        default: return nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The whole number of up to 18 digits that the bytes write without sign or needless zeros; nil for anything else.
    var plainInteger: Int64? {
        guard (1...18).contains(count), count == 1 || self[0] != UInt8(ascii: "0") else { return nil }
        var number: Int64 = 0
        for byte in self {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            number = number * 10 + Int64(byte - 0x30)
        }
        return number
    }
}
