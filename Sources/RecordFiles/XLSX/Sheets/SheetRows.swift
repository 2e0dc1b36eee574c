/// Reads the rows of one sheet, one after the other.
final class SheetRows {
    private let part: XMLPart
    private let content: SheetContent

    /// Before the first row.
    init(_ sheet: Workbook.Sheet, of workbook: Workbook) throws(FileFault) {
        content = SheetContent(sheet: sheet.name, limits: workbook.limits)
        part = try XMLPart(workbook.archive.part(sheet.part), into: content, limits: workbook.limits)
    }

    /// The row that was read last.
    var row: SheetRow { content.row }

    /// The rectangles that are merged; known behind the last row.
    var merged: [CellRange] { content.merged }

    /// The columns that are hidden, known with the first row.
    var hiddenColumns: [ClosedRange<Int>] { content.hiddenColumns }

    /// Reads the next row; false when there is none.
    func next() throws(FileFault) -> Bool {
        content.release()
        _ = try part.advance()
        return content.isFull
    }

    /// Reads to the end of the sheet without keeping a row.
    func skipToEnd() throws(FileFault) {
        while try next() {}
    }
}
