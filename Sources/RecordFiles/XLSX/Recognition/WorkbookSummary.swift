public import PlumblineKit

/// What a workbook holds, found out by reading it once. A proposal: a person confirms it.
public struct WorkbookSummary: Sendable, Hashable {
    /// The sheets of cells in the order of their tabs, hidden ones too.
    public var sheets: [SheetSummary] = []
    /// What is odd and does not hinder, in words.
    public var remarks: [LocalizedText] = []
}

/// What a sheet holds.
public struct SheetSummary: Sendable, Hashable {
    /// The name on its tab.
    public let name: String
    /// Whether it is shown.
    public let state: Workbook.Sheet.State
    /// The row that seems to name the columns, from 1; nil for an empty sheet.
    public var headerRow: Int?
    /// Whether that row looks like a header, so that nobody need be asked.
    public var isHeaderSure = false
    /// The columns under that header.
    public var columns: [SheetColumn] = []
    /// How many rows below the header hold something.
    public var rows = 0
    /// What is odd and does not hinder, in words: hidden rows, merged cells, formulas without values, errors.
    public var remarks: [LocalizedText] = []
    /// Why the sheet cannot be read with this header, in words.
    public var problem: LocalizedText?

    init(_ sheet: Workbook.Sheet) {
        name = sheet.name
        state = sheet.state
    }
}

/// A column as the first rows show it.
public struct SheetColumn: Sendable, Hashable {
    /// What all cells seen are.
    public enum ValueType: String, Sendable, Hashable {
        case text
        case integer
        case decimal
        /// A decimal that is shown a hundredfold: 0.5 for 50 %.
        case percent
        case boolean
        case date
        case dateTime = "date-time"
        /// A time of day or an elapsed time.
        case time
    }

    /// The name by which records carry it.
    public let name: String
    /// What all cells seen are; `text` where there were none, or several types.
    public var type = ValueType.text
    /// Up to three different values, long ones cut.
    public var samples: [String] = []
}
