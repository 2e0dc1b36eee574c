/// One row of a sheet as it is written, reused from row to row.
struct SheetRow {
    /// What the text of a cell is.
    enum Kind: UInt8 {
        case number
        /// The index of a shared string.
        case shared
        case text
        case boolean
        case error
        /// A date as ISO 8601 text.
        case date
        /// A formula whose value the file does not hold.
        case uncached
        /// Longer than a cell may be; not kept.
        case tooLong
    }

    struct Cell {
        /// From 1.
        var column: Int32 = 0
        var kind = Kind.number
        var style: Int32 = 0
        /// Where its text begins in ``SheetRow/bytes``.
        var start: Int32 = 0
        var count: Int32 = 0
        var isFormula = false
    }

    /// From 1.
    var number = 0
    var isHidden = false
    /// The cells that hold something.
    var cells: [Cell] = []
    var bytes: [UInt8] = []
    /// A column whose cell stands behind a later one, or is there twice. What follows it is not kept.
    var misplacedColumn: Int?

    /// Forgets the cells and keeps the memory.
    mutating func begin(_ number: Int, isHidden: Bool) {
        self.number = number
        self.isHidden = isHidden
        misplacedColumn = nil
        cells.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// The text of a cell.
    func text(of cell: Cell) -> ArraySlice<UInt8> { bytes[Int(cell.start)..<Int(cell.start + cell.count)] }

    /// Calls `body` with the text of a cell.
    func withText<Result>(_ cell: Cell, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[Int(cell.start)..<Int(cell.start + cell.count)]))
        }
    }
}

/// A rectangle of cells, as `A1:C1`.
struct CellRange: Sendable, Hashable {
    let columns: ClosedRange<Int>
    let rows: ClosedRange<Int>

    /// Nil where the text is no range.
    init?(_ text: String) {
        let corners = text.split(separator: ":").map { CellReference($0.utf8) }
        guard let first = corners.first ?? nil, let last = corners.last ?? nil, corners.count <= 2,
            first.column <= last.column, first.row <= last.row
        else { return nil }
        columns = first.column...last.column
        rows = first.row...last.row
    }
}

/// The place of a cell, as `C7`.
struct CellReference {
    let column: Int
    let row: Int

    /// Nil where the bytes are no reference, or one beyond any sheet.
    init?(_ bytes: some Sequence<UInt8>) {
        var (column, row) = (0, 0)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where row == 0: column = column * 26 + Int(byte) - 64
            case UInt8(ascii: "a")...UInt8(ascii: "z") where row == 0: column = column * 26 + Int(byte) - 96
            case UInt8(ascii: "0")...UInt8(ascii: "9") where column > 0: row = row * 10 + Int(byte) - 48
            case UInt8(ascii: "$"): continue
            default: return nil
            }
            guard column < 1 << 24, row < 1 << 24 else { return nil }
        }
        guard column > 0, row > 0 else { return nil }
        self.column = column
        self.row = row
    }
}
