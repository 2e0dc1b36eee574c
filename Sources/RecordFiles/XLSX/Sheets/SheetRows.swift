/// Reads the rows of one sheet, one after the other.
final class SheetRows {
    /// Reads the XML; nil for an encoding that it does not read.
    private var scanner: XMLScanner?
    /// Reads it in that case.
    private let expat: XMLPart<SheetContent>?
    private var content: SheetContent
    private let source: any XMLSource

    /// Before the first row.
    convenience init(_ sheet: Workbook.Sheet, of workbook: Workbook, scanning: Bool = true) throws(FileFault) {
        try self.init(
            sheet: sheet.name, limits: workbook.limits, scanning: scanning
        ) { () throws(FileFault) in try workbook.archive.part(sheet.part) }
    }

    /// Of the part that `open` opens. Tests compare the scanner with expat by not `scanning`.
    init(
        sheet: String, limits: FileLimits, scanning: Bool, open: () throws(FileFault) -> any XMLSource
    ) throws(FileFault) {
        content = SheetContent(sheet: sheet, limits: limits)
        var source = try open()
        let scanner = scanning ? try XMLScanner(source, limits: limits) : nil
        if scanner == nil, scanning { source = try open() }
        expat = scanner == nil ? try XMLPart(source, limits: limits) : nil
        self.scanner = scanner
        self.source = source
    }

    /// How much of the part was read so far, 0 to 1.
    var fractionRead: Double? { source.fractionRead }

    /// The row that was read last.
    var row: SheetRow { content.row }

    /// The rectangles that are merged; known behind the last row.
    var merged: [CellRange] { content.merged }

    /// The columns that are hidden, known with the first row.
    var hiddenColumns: [ClosedRange<Int>] { content.hiddenColumns }

    /// Reads the next row; false when there is none.
    func next() throws(FileFault) -> Bool {
        content.release()
        if let expat { _ = try expat.advance(into: &content) } else { _ = try scanner?.advance(into: &content) }
        return content.isFull
    }

    /// Reads to the end of the sheet without keeping a row.
    func skipToEnd() throws(FileFault) {
        while try next() {}
    }
}
