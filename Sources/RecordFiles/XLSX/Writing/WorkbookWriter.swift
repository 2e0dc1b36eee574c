import CXLSXWriter
import Glibc
internal import PlumblineKit

/// Writes an XLSX workbook row by row, in memory that does not grow with it.
///
/// Texts are always written as texts, also those that begin with `=`: nothing that came from a file becomes a formula.
/// Nothing is there before ``close()``.
public final class WorkbookWriter {
    /// What a cell shall hold.
    public enum Value: Sendable, Hashable {
        case blank
        case text(String)
        /// A decimal number. One with more digits than a double holds is written as text, so that none is lost.
        case number(String)
        case boolean(Bool)
        /// `2026-07-01` or `2026-07-01T09:30:00`; anything else is written as text.
        case date(String)
    }

    /// What a row is for.
    public enum RowStyle: Sendable, Hashable {
        case plain
        /// Shows how others are filled, in grey.
        case example
        /// Names the columns.
        case header
    }

    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var sheets: [SheetInWriting] = []
    private let formats: WriterFormats
    private var lists = ChoiceLists()
    private let path: String

    /// Begins a workbook that will be at `path`; a file that is there is replaced.
    public init(path: String) throws(FileFault) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard access(folder, W_OK) == 0 else {
            throw FileFault(zh: "无法写入文件夹：\(folder)", en: "the folder cannot be written to: \(folder)")
        }
        var options = lxw_workbook_options()
        options.constant_memory = UInt8(LXW_TRUE.rawValue)
        guard let workbook = workbook_new_opt(path, &options) else {
            throw FileFault(zh: "无法把工作簿写到 \(path)", en: "the workbook cannot be written to \(path)")
        }
        self.path = path
        self.workbook = workbook
        formats = WriterFormats(workbook)
    }

    deinit {
        if let workbook { lxw_workbook_free(workbook) }
    }

    /// Adds a sheet with its header row, which stays in sight.
    ///
    /// - Throws: For a name that Excel does not allow: over 31 characters, taken, or with one of `[]:*?/\`.
    public func addSheet(named name: String, columns: [WorkbookColumn]) throws(FileFault) {
        let sheet = try newSheet(named: name)
        for (index, column) in columns.enumerated() {
            let place = lxw_col_t(truncatingIfNeeded: index)
            let format = formats.format(of: column.type)
            try check(worksheet_set_column(sheet, place, place, column.width, format), "column '\(column.title)'")
            try write(
                .text(column.title), row: 0, column: index, in: SheetInWriting(sheet, name, columns: []), .header)
            if let note = column.note {
                try check(worksheet_write_comment(sheet, 0, place, WorkbookText.escaped(note)), "note '\(note)'")
            }
            if !column.choices.isEmpty {
                let code = lists.validate(column.choices, from: 1, column: place, in: sheet)
                try check(code, "choices of '\(column.title)'")
            }
        }
        worksheet_freeze_panes(sheet, 1, 0)
        sheets.append(SheetInWriting(sheet, name, columns: columns.map(\.type)))
        sheets[sheets.count - 1].nextRow = 1
    }

    /// Adds a sheet of notes for the reader: one paragraph to a row.
    ///
    /// - Throws: For a name that Excel does not allow.
    public func addNotes(named name: String, _ paragraphs: [String]) throws(FileFault) {
        let sheet = try newSheet(named: name)
        try check(worksheet_set_column(sheet, 0, 0, 100, formats.wrapped), name)
        for (row, paragraph) in paragraphs.enumerated() {
            let text = WorkbookText.escaped(paragraph)
            let height = Double(Self.lines(paragraph)) * 15
            try check(worksheet_set_row(sheet, lxw_row_t(row), height, nil), "row \(row + 1)")
            try check(worksheet_write_string(sheet, lxw_row_t(row), 0, text, formats.wrapped), "row \(row + 1)")
        }
    }

    /// How many lines a paragraph takes; Chinese characters are as wide as two.
    private static func lines(_ paragraph: String) -> Int {
        let width = paragraph.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
        return width / 105 + 1
    }

    /// Adds a row to the sheet that was added last.
    ///
    /// - Throws: For a text over 32,767 characters, and past the last row that a sheet may have.
    public func append(_ values: [Value], _ style: RowStyle = .plain) throws(FileFault) {
        guard let sheet = sheets.last else {
            throw FileFault(zh: "工作簿没有可写的工作表", en: "the workbook has no sheet to write to")
        }
        for (column, value) in values.enumerated() {
            try write(value, row: sheet.nextRow, column: column, in: sheet, style)
        }
        sheets[sheets.count - 1].nextRow += 1
    }

    /// Finishes the file.
    ///
    /// - Throws: Where it cannot be written.
    public func close() throws(FileFault) {
        guard let workbook else { return }
        if !lists.isEmpty { lists.write(to: try newSheet(named: ChoiceLists.sheet)) }
        self.workbook = nil
        try check(workbook_close(workbook), path)
    }

    private func newSheet(named name: String) throws(FileFault) -> UnsafeMutablePointer<lxw_worksheet> {
        guard let workbook else { throw FileFault(zh: "工作簿已关闭", en: "the workbook is closed") }
        // Checked first: the library prints what it thinks of a name.
        let isAllowed = workbook_validate_sheet_name(workbook, name) == LXW_NO_ERROR
        guard isAllowed, let sheet = workbook_add_worksheet(workbook, name) else {
            throw FileFault(
                zh: "工作表不能叫“\(name)”：最多 31 个字符，不含 [ ] : * ? / \\，且不重名",
                en: "no sheet can be named '\(name)': at most 31 characters, none of [ ] : * ? / \\, and each name once"
            )
        }
        return sheet
    }

    private func write(
        _ value: Value, row: Int, column: Int, in sheet: SheetInWriting, _ style: RowStyle
    ) throws(FileFault) {
        let place = (lxw_row_t(truncatingIfNeeded: row), lxw_col_t(truncatingIfNeeded: column))
        let format = formats.format(of: sheet.type(of: column), style)
        let code: lxw_error
        switch value {
        case .blank: return
        case .boolean(let flag): code = worksheet_write_boolean(sheet.handle, place.0, place.1, flag ? 1 : 0, format)
        case .text(let text):
            code = worksheet_write_string(sheet.handle, place.0, place.1, WorkbookText.escaped(text), format)
        case .number(let text):
            guard let number = WorkbookText.double(text) else {
                return try write(.text(text), row: row, column: column, in: sheet, style)
            }
            code = worksheet_write_number(sheet.handle, place.0, place.1, number, format)
        case .date(let text):
            guard let (day, isTimed) = WorkbookText.date(text) else {
                return try write(.text(text), row: row, column: column, in: sheet, style)
            }
            var date = day
            let shown = formats.date(isTimed: isTimed, style)
            code = worksheet_write_datetime(sheet.handle, place.0, place.1, &date, shown)
        }
        guard code != LXW_NO_ERROR else { return }
        throw FileFault(
            at: FileFault.Place(sheet: sheet.name, line: row + 1, column: column + 1),
            LocalizedText(untranslated: Self.reason(code)))
    }

    private func check(_ code: lxw_error, _ what: String) throws(FileFault) {
        guard code != LXW_NO_ERROR else { return }
        throw FileFault(LocalizedText(untranslated: "\(what): \(Self.reason(code))"))
    }

    private static func reason(_ code: lxw_error) -> String {
        lxw_strerror(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    }
}

/// A sheet that is being written.
private struct SheetInWriting {
    let handle: UnsafeMutablePointer<lxw_worksheet>
    let name: String
    let columns: [WorkbookColumn.ValueType]
    /// From 0.
    var nextRow = 0

    init(_ handle: UnsafeMutablePointer<lxw_worksheet>, _ name: String, columns: [WorkbookColumn.ValueType]) {
        self.handle = handle
        self.name = name
        self.columns = columns
    }

    func type(of column: Int) -> WorkbookColumn.ValueType {
        columns.indices.contains(column) ? columns[column] : .general
    }
}
