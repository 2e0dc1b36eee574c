/// The contents of a worksheet part: one row at a time, what is hidden, and what is merged.
struct SheetContent: XMLContent {
    private enum Spot { case outside, rows, row, cell, value, formula, inline, text, reading }

    /// The row that was read last. It is complete while ``isFull`` is true.
    private(set) var row = SheetRow()
    private(set) var isFull = false
    /// Whether the part was a worksheet, and not a chart.
    private(set) var hasRows = false
    /// Known once the rows are read: they stand behind them.
    private(set) var merged: [CellRange] = []
    private(set) var hiddenColumns: [ClosedRange<Int>] = []

    private let sheet: String
    private let limits: FileLimits
    private var spot = Spot.outside
    private var cell = SheetRow.Cell()
    private var hasValue = false
    private var nextColumn = 1

    private static let mostRanges = 1 << 16

    /// Of the sheet of this name.
    init(sheet: String, limits: FileLimits) {
        self.sheet = sheet
        self.limits = limits
    }

    var place: FileFault.Place? { FileFault.Place(sheet: sheet, line: max(row.number, 1)) }

    /// Lets the reading go on behind the row.
    mutating func release() {
        isFull = false
    }

    mutating func start(_ element: XMLName, _ attributes: XMLAttributes) throws(FileFault) {
        switch spot {
        case .row where element == "c":
            spot = .cell
            try beginCell(attributes)
        case .cell where element == "v":
            spot = .value
            hasValue = true
        case .cell where element == "f":
            spot = .formula
            cell.isFormula = true
        case .cell where element == "is":
            spot = .inline
            hasValue = true
        case .inline where element == "t": spot = .text
        case .inline where element == "rPh": spot = .reading
        case .rows where element == "row":
            spot = .row
            try beginRow(attributes)
        case .outside: startOutside(element, attributes)
        default: break
        }
    }

    mutating func end(_ element: XMLName) throws(FileFault) {
        switch spot {
        case .value where element == "v": spot = .cell
        case .formula where element == "f": spot = .cell
        case .cell where element == "c":
            spot = .row
            endCell()
        case .text where element == "t": spot = .inline
        case .reading where element == "rPh": spot = .inline
        case .inline where element == "is": spot = .cell
        case .row where element == "row":
            spot = .rows
            isFull = true
        case .rows where element == "sheetData": spot = .outside
        default: break
        }
    }

    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(FileFault) {
        guard spot == .value || spot == .text else { return }
        guard row.bytes.count - Int(cell.start) + bytes.count <= limits.cellBytes,
            row.bytes.count + bytes.count <= limits.recordBytes
        else {
            cell.kind = .tooLong
            return
        }
        row.bytes.append(contentsOf: bytes)
    }
}

extension SheetContent {
    private mutating func startOutside(_ element: XMLName, _ attributes: XMLAttributes) {
        switch element {
        case "sheetData":
            spot = .rows
            hasRows = true
        case "col" where attributes["hidden"]?.isTrue == true && hiddenColumns.count < Self.mostRanges:
            guard let first = attributes["min"]?.number, let last = attributes["max"]?.number, first <= last else {
                return
            }
            hiddenColumns.append(first...last)
        case "mergeCell" where merged.count < Self.mostRanges:
            if let range = attributes["ref"].flatMap({ CellRange($0.text) }) { merged.append(range) }
        default: break
        }
    }

    private mutating func beginRow(_ attributes: XMLAttributes) throws(FileFault) {
        let last = row.number
        var number = last + 1
        if let given = attributes["r"] {
            guard let given = given.number, given >= number else {
                throw FileFault(
                    at: place, zh: "下一行的行号是“\(given.text)”，行号必须递增",
                    en: "the row behind it is numbered '\(given.text)'; rows must ascend")
            }
            number = given
        }
        row.begin(number, isHidden: attributes["hidden"]?.isTrue ?? false)
        nextColumn = 1
    }

    private mutating func beginCell(_ attributes: XMLAttributes) throws(FileFault) {
        cell = SheetRow.Cell(start: Int32(truncatingIfNeeded: row.bytes.count))
        hasValue = false
        var column = nextColumn
        for attribute in attributes {
            if attribute.name == "r" {
                guard let given = attribute.value.column else {
                    throw FileFault(
                        at: place, zh: "“\(attribute.value.text)”不是单元格位置",
                        en: "'\(attribute.value.text)' is no place of a cell")
                }
                column = given
            } else if attribute.name == "s" {
                cell.style = Int32(truncatingIfNeeded: attribute.value.number ?? 0)
            } else if attribute.name == "t" {
                cell.kind = Self.kind(attribute.value)
            }
        }
        guard column <= limits.columns else {
            throw FileFault(
                at: place, zh: "有单元格超出工作表的 \(limits.columns) 列",
                en: "there is a cell beyond the \(limits.columns) columns that a sheet may have")
        }
        cell.column = Int32(column)
        nextColumn = column + 1
    }

    private static func kind(_ type: XMLValue) -> SheetRow.Kind {
        switch type.count > 0 ? type.start.pointee : 0 {
        case UInt8(ascii: "s"): type.is("s") ? .shared : .text
        case UInt8(ascii: "i"): .text
        case UInt8(ascii: "b"): .boolean
        case UInt8(ascii: "e"): .error
        case UInt8(ascii: "d"): .date
        default: .number
        }
    }

    /// Keeps the cell where it holds something. A style alone is nothing, wherever the sheet is said to end.
    private mutating func endCell() {
        if cell.kind == .tooLong {
            row.bytes.removeLast(row.bytes.count - Int(cell.start))
        } else if row.bytes.count == Int(cell.start) {
            // A formula may give an empty text: then the file says so. Without a value it was never computed.
            guard cell.isFormula, !(hasValue && cell.kind == .text) else { return }
            cell.kind = .uncached
        }
        if cell.kind == .text { ExcelText.decode(&row.bytes, from: Int(cell.start)) }
        cell.count = Int32(truncatingIfNeeded: row.bytes.count - Int(cell.start))
        if let last = row.cells.last, last.column >= cell.column {
            row.misplacedColumn = row.misplacedColumn ?? Int(cell.column)
        } else {
            row.cells.append(cell)
        }
    }
}

extension XMLValue {
    /// The column of a reference such as `C7`.
    fileprivate var column: Int? {
        var (column, place) = (0, 0)
        while place < count, case let letter = Int(start[place] & ~0x20), 65...90 ~= letter, column < 1 << 20 {
            column = column * 26 + letter - 64
            place += 1
        }
        return column > 0 && place < count && 48...57 ~= start[place] ? column : nil
    }
}
