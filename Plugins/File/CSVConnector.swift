public import PlumblineKit
import RecordFiles

/// A file of rows below a header that names the columns, with or without byte order mark.
///
/// - Shape: a record for each row, one field for each column. Every field is text; an empty cell is null. A quoted cell
///   may hold delimiters, doubled quotes and line ends. Rows with too few or too many cells are rejected with their line.
/// - Leaves out: what stands above the header.
public struct CSVConnector: BatchConnector, IdentifierListing {
    /// `file.csv`.
    public static let description = ConnectorDescription(
        id: "file.csv", family: .file, name: LocalizedText(zh: "CSV 文件", en: "CSV file"),
        apiVersion: "RFC 4180", documentation: "https://www.rfc-editor.org/rfc/rfc4180",
        settings: FileSettings.all + [delimiter.field, FileSettings.encoding.field, headerLine.field],
        streams: [FileSettings.stream])

    static let delimiter = Setting<String>.choice(
        "delimiter", of: delimiters.keys.sorted(), default: "comma",
        LocalizedText(zh: "分隔符", en: "What separates the cells"))

    static let headerLine = Setting<Int>.integer(
        "header_line", in: 1...1000, default: 1,
        LocalizedText(zh: "列名所在的行", en: "The line that names the columns"))

    private static let delimiters: [String: UInt8] = [
        "comma": UInt8(ascii: ","), "pipe": UInt8(ascii: "|"), "semicolon": UInt8(ascii: ";"),
        "tab": UInt8(ascii: "\t"),
    ]

    private let settings: Settings
    private let file: RecordFile<CSVParser>

    /// Opens nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        file = RecordFile(
            name: settings[FileSettings.path],
            form: FileForm(
                format: .table(delimiter: Self.delimiters[settings[Self.delimiter]] ?? UInt8(ascii: ",")),
                encoding: FileSettings.encoding(settings), headerLine: settings[Self.headerLine]),
            idFields: settings[FileSettings.idField], pageSize: settings[FileSettings.pageSize], context: context)
    }

    /// Reads the header, so that an identifying column that is not there is found before the first run.
    public func check() async throws(ConnectorError) -> CheckReport {
        let columns = try await file.columns()
        for field in file.idFields where !columns.contains(field) {
            throw .settings(
                field: FileSettings.idField.field.key,
                reason: "there is no column '\(field)'; columns: \(columns.joined(separator: ", "))")
        }
        return CheckReport(source: file.name, remarks: ["columns: \(columns.joined(separator: ", "))"])
    }

    /// The next rows.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await batch(of: stream, after: cursor, reading: .whole).page()
    }

    /// The next rows, as many columns of them as are wanted.
    public func batch(
        of stream: String, after cursor: Cursor?, reading selection: FieldSelection
    ) async throws(ConnectorError) -> BatchPage {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        return try await file.batch(after: cursor, reading: selection)
    }

    /// The identifiers of the next rows of a complete file.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        try FileSettings.requireComplete(settings)
        return try await file.identifiers(after: cursor)
    }
}
