internal import PlumblineKit

/// Rows of a sheet as a person sees them, errors and all, to be handed back for mending.
public struct SheetCopy {
    /// The names of all columns.
    public let columns: [String]
    /// The rows that were asked for and are there, in the sheet's order.
    public let rows: [(number: Int, cells: [WorkbookWriter.Value])]

    /// Copies the rows with these numbers.
    ///
    /// - Parameters:
    ///   - numbers: From 1.
    ///   - workbook: The workbook, opened.
    ///   - form: Must be of a workbook.
    /// - Throws: Where the sheet or its header cannot be read.
    public init(_ numbers: Set<Int>, of workbook: Workbook, form: FileForm) throws(FileFault) {
        guard case .workbook(let name) = form.format else {
            throw FileFault(zh: "按工作簿读取，但它不是工作簿", en: "the file is read as a workbook, but is none")
        }
        let sheet = try workbook.sheet(named: name)
        let source = try SheetRows(sheet, of: workbook)
        let columns = try SheetHeader(line: form.headerLine, of: sheet, in: workbook, from: source).names
        var rows: [(Int, [WorkbookWriter.Value])] = []
        while try source.next() {
            guard numbers.contains(source.row.number) else { continue }
            rows.append((source.row.number, Self.cells(of: source.row, columns.count, workbook.conversion)))
        }
        self.columns = columns
        self.rows = rows
    }

    private static func cells(
        of row: SheetRow, _ count: Int, _ conversion: CellConversion
    ) -> [WorkbookWriter.Value] {
        var cells = Array(repeating: WorkbookWriter.Value.blank, count: count)
        for cell in row.cells where Int(cell.column) <= count {
            cells[Int(cell.column) - 1] = value(of: cell, in: row, conversion)
        }
        return cells
    }

    /// What cannot be read is kept as the text that stands there, as `#DIV/0!`.
    private static func value(
        of cell: SheetRow.Cell, in row: SheetRow, _ conversion: CellConversion
    ) -> WorkbookWriter.Value {
        var bytes: [UInt8] = []
        do throws(CellConversion.Fault) {
            let kind = try conversion.append(cell, of: row, to: &bytes)
            let text = String(decoding: bytes, as: UTF8.self)
            switch kind {
            case .missing, .null: return .blank
            case .yes, .no: return .boolean(kind == .yes)
            case .number: return .number(text)
            case .text, .json: return cell.kind == .number || cell.kind == .date ? .date(text) : .text(text)
            }
        } catch {
            return .text(String(decoding: row.text(of: cell), as: UTF8.self))
        }
    }
}
