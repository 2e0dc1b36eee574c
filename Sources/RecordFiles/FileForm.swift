/// How a file is written: everything a reader has to know besides its path.
///
/// Found by ``FileRecognition``, confirmed or changed by a person, kept with the connection.
public struct FileForm: Sendable, Hashable {
    /// The kind of file.
    public var format: Format
    /// How texts are encoded; XLSX needs no telling.
    public var encoding: TextEncoding
    /// The line, or row of the sheet, that names the columns; from 1. JSON has none.
    public var headerLine: Int

    /// The kinds of files.
    public enum Format: Sendable, Hashable {
        /// Rows of cells between delimiters.
        case table(delimiter: UInt8)
        /// A JSON object in each line.
        case jsonLines
        /// One JSON list of objects, at the top or under a key of the top object.
        case json(key: String?)
        /// A sheet of an XLSX workbook.
        case workbook(sheet: String)
    }

    /// The encodings that are read.
    public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
        case utf8 = "utf-8"
        case utf16LittleEndian = "utf-16le"
        case utf16BigEndian = "utf-16be"
        /// GB 18030, of which GBK and GB 2312 are parts.
        case gb18030
    }

    /// A form.
    public init(format: Format, encoding: TextEncoding = .utf8, headerLine: Int = 1) {
        self.format = format
        self.encoding = encoding
        self.headerLine = headerLine
    }
}
