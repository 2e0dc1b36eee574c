import PlumblineKit

/// A row of a sheet as it was seen, for guesses.
struct SheetSample {
    struct Cell {
        let type: SheetColumn.ValueType
        let text: String
    }

    /// From 1.
    let row: Int
    /// By column, from 1.
    var cells: [Int: Cell] = [:]

    /// How far down a header is looked for, in rows with values.
    private static let deepest = 30

    /// The type of one value.
    static func type(
        _ kind: SourceBatch.Kind, _ bytes: [UInt8], isNumber: Bool, isPercent: Bool
    ) -> SheetColumn.ValueType {
        switch kind {
        case .yes, .no: .boolean
        case .number where isPercent: .percent
        case .number: bytes.contains(UInt8(ascii: ".")) ? .decimal : .integer
        case .text where isNumber:
            bytes.contains(UInt8(ascii: "T")) ? .dateTime : bytes.contains(UInt8(ascii: ":")) ? .time : .date
        default: .text
        }
    }

    /// The row that seems to name the columns: the first of different texts that reaches the usual width.
    static func header(in samples: [SheetSample], _ merged: [CellRange]) -> (row: Int, isSure: Bool)? {
        let widths = samples.map { $0.cells.count }.sorted()
        guard let usual = widths.dropFirst(widths.count / 2).first else { return nil }
        let found = samples.prefix(deepest).first { sample in
            sample.isHeader && sample.width(merged) * 2 > usual && (sample.width(merged) > 1 || usual <= 1)
        }
        if let found { return (found.row, true) }
        return samples.first { $0.cells.count >= usual }.map { ($0.row, false) }
    }

    private var isHeader: Bool {
        let texts = cells.values.map(\.text)
        return !texts.isEmpty && Set(texts).count == texts.count
            && cells.values.allSatisfy { $0.type == .text && $0.text.utf8.count < 120 }
    }

    /// How many columns the row names, merged ones counted in full.
    private func width(_ merged: [CellRange]) -> Int {
        let ranges = merged.filter { $0.rows.contains(row) && cells[$0.columns.lowerBound] != nil }
        // A title over everything names no column.
        guard cells.count > 1 || ranges.isEmpty else { return 1 }
        return cells.count + ranges.reduce(0) { $0 + $1.columns.count - 1 }
    }

    /// A column as the rows below the header show it.
    static func column(_ column: Int, named name: String, in below: [SheetSample]) -> SheetColumn {
        var summary = SheetColumn(name: name)
        let cells = below.compactMap { $0.cells[column] }
        let types = Set(cells.map(\.type))
        if types.count == 1, let type = types.first {
            summary.type = type
        } else if types == [.integer, .decimal] {
            summary.type = .decimal
        } else if types == [.date, .dateTime] {
            summary.type = .dateTime
        }
        for cell in cells where summary.samples.count < 3 && !summary.samples.contains(cell.text) {
            summary.samples.append(cell.text)
        }
        return summary
    }
}
