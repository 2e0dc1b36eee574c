import CXLSXWriter

/// The formats of a workbook that is written.
struct WriterFormats {
    let header: UnsafeMutablePointer<lxw_format>?
    let text: UnsafeMutablePointer<lxw_format>?
    let date: UnsafeMutablePointer<lxw_format>?
    let dateTime: UnsafeMutablePointer<lxw_format>?
    let wrapped: UnsafeMutablePointer<lxw_format>?
    /// Those of rows that only show how others are filled.
    private let example: UnsafeMutablePointer<lxw_format>?
    private let exampleDate: UnsafeMutablePointer<lxw_format>?
    private let exampleDateTime: UnsafeMutablePointer<lxw_format>?

    /// Adds them to the workbook, which owns them.
    init(_ workbook: UnsafeMutablePointer<lxw_workbook>) {
        header = workbook_add_format(workbook)
        format_set_bold(header)
        format_set_bg_color(header, 0xDDE6F0)
        format_set_text_wrap(header)
        text = workbook_add_format(workbook)
        format_set_num_format(text, "@")
        date = workbook_add_format(workbook)
        format_set_num_format(date, Self.dateForm)
        dateTime = workbook_add_format(workbook)
        format_set_num_format(dateTime, Self.dateTimeForm)
        wrapped = workbook_add_format(workbook)
        format_set_text_wrap(wrapped)
        format_set_align(wrapped, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
        example = Self.example(workbook, "General")
        exampleDate = Self.example(workbook, Self.dateForm)
        exampleDateTime = Self.example(workbook, Self.dateTimeForm)
    }

    private static let dateForm = "yyyy-mm-dd"
    private static let dateTimeForm = "yyyy-mm-dd hh:mm:ss"

    /// Grey and slanted.
    private static func example(
        _ workbook: UnsafeMutablePointer<lxw_workbook>, _ form: String
    ) -> UnsafeMutablePointer<lxw_format>? {
        let format = workbook_add_format(workbook)
        format_set_italic(format)
        format_set_font_color(format, 0x808080)
        format_set_num_format(format, form)
        return format
    }

    /// The format of a date.
    func date(isTimed: Bool, _ style: WorkbookWriter.RowStyle) -> UnsafeMutablePointer<lxw_format>? {
        switch style {
        case .example: isTimed ? exampleDateTime : exampleDate
        case .plain, .header: isTimed ? dateTime : date
        }
    }

    /// The format of any other cell of a row, in a column of a type.
    func format(
        of type: WorkbookColumn.ValueType, _ style: WorkbookWriter.RowStyle
    ) -> UnsafeMutablePointer<lxw_format>? {
        switch style {
        case .header: header
        case .example: example
        case .plain: format(of: type)
        }
    }

    /// The format of a column's cells; nil for the usual one.
    func format(of type: WorkbookColumn.ValueType) -> UnsafeMutablePointer<lxw_format>? {
        switch type {
        case .general: nil
        case .text: text
        case .date: date
        case .dateTime: dateTime
        }
    }
}
