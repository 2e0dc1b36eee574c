public import PlumblineKit

/// Reads the rows of one sheet of an XLSX workbook as records.
///
/// - Shape: a record for each row below the header that holds something in a named column. Texts are text; numbers are
///   decimals of at most 15 significant digits, as Excel shows them (whole numbers are kept to the last digit); a
///   percentage is its number, 0.5 for 50 %; an empty cell is null.
/// - Unit: dates and times are local, as the sheet shows them, rounded to the second: `2026-07-01`,
///   `2026-07-01T09:30:00`, `09:30:00`, and `36:00:00` for an elapsed time. Which number is one, the cell's format says.
/// - Leaves out: rows without values, columns behind the last that the header names.
/// - Rejects: a row with an error such as `#DIV/0!`, a formula without value or no date in a column that is wanted.
public struct WorkbookReader: RecordReader {
    /// The names of all columns.
    public let columns: [String]
    /// How many of the rows read so far are hidden in the sheet. They are read like any other.
    public private(set) var hiddenRows = 0

    private let rows: SheetRows
    private let sheet: String
    private let conversion: CellConversion
    private let limits: FileLimits
    private var layout: RowLayout

    /// The bytes of a batch that is full whatever its count: cells that share long texts unpack to much.
    static let batchBytes = 1 << 25

    /// Begins behind the header of a sheet.
    ///
    /// - Parameters:
    ///   - workbook: The workbook, which is kept open.
    ///   - form: Must be of a workbook. An empty name means the first visible sheet.
    ///   - selection: What is read of each row.
    /// - Throws: Where the sheet or its header cannot be read, or two columns bear one name.
    public init(_ workbook: Workbook, form: FileForm, selection: FieldSelection) throws(FileFault) {
        guard case .workbook(let name) = form.format else {
            throw FileFault(zh: "按工作簿读取，但它不是工作簿", en: "the file is read as a workbook, but is none")
        }
        let sheet = try workbook.sheet(named: name)
        rows = try SheetRows(sheet, of: workbook)
        columns = try SheetHeader(line: form.headerLine, of: sheet, in: workbook, from: rows).names
        self.sheet = sheet.name
        conversion = workbook.conversion
        limits = workbook.limits
        layout = RowLayout(columns: columns, selection: selection)
    }

    /// How much of the sheet was read so far, 0 to 1, by its size as the workbook declares it.
    public var fractionRead: Double? { rows.fractionRead }

    /// Adds up to `count` records to `batch`, fewer where they are very long; false when the sheet has no more.
    public mutating func read(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> Bool {
        let wanted = batch.count + count
        while batch.count < wanted, batch.bytes.count < Self.batchBytes {
            guard try rows.next() else { return false }
            add(rows.row, to: &batch)
        }
        return true
    }

    private mutating func add(_ row: SheetRow, to batch: inout SourceBatch) {
        guard row.cells.contains(where: { $0.column <= columns.count }) else { return }
        if row.isHidden { hiddenRows += 1 }
        let start = batch.bytes.count
        do throws(RowLayout.Fault) {
            try layout.append(row, conversion, mostBytes: limits.recordBytes, to: &batch)
            batch.rows.append(SourceBatch.Place(line: row.number, end: 0))
        } catch {
            let place = FileFault.Place(sheet: sheet, line: row.number, column: error.column)
            let raw = Array(batch.bytes[start...])
            batch.bytes.removeLast(batch.bytes.count - start)
            batch.rejected.append(
                RejectedRecord(
                    id: "row \(row.number)", texts: FileFault(at: place, error.texts).placedTexts, raw: raw,
                    line: row.number))
        }
    }
}
