import CXLSXWriter

/// The formats of a workbook that is written.
struct WriterFormats {
    let header: UnsafeMutablePointer<lxw_format>?
    let text: UnsafeMutablePointer<lxw_format>?
    let date: UnsafeMutablePointer<lxw_format>?
    let dateTime: UnsafeMutablePointer<lxw_format>?
    let wrapped: UnsafeMutablePointer<lxw_format>?

    /// Adds them to the workbook, which owns them.
    init(_ workbook: UnsafeMutablePointer<lxw_workbook>) {
        header = workbook_add_format(workbook)
        format_set_bold(header)
        format_set_bg_color(header, 0xDDE6F0)
        format_set_text_wrap(header)
        text = workbook_add_format(workbook)
        format_set_num_format(text, "@")
        date = workbook_add_format(workbook)
        format_set_num_format(date, "yyyy-mm-dd")
        dateTime = workbook_add_format(workbook)
        format_set_num_format(dateTime, "yyyy-mm-dd hh:mm:ss")
        wrapped = workbook_add_format(workbook)
        format_set_text_wrap(wrapped)
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
