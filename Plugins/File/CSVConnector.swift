public import PlumblineKit

/// A file of rows below a header that names the columns, UTF-8, with or without byte order mark.
///
/// - Shape: a record for each row, one field for each column. Every field is text; an empty cell is null. A quoted cell
///   may hold delimiters, doubled quotes and line ends. Rows with too few or too many cells are rejected with their line.
/// - Leaves out: nothing. Other encodings and files with titles above the header are not read by this connector.
public struct CSVConnector: Connector, IdentifierListing {
    /// `file.csv`.
    public static let description = ConnectorDescription(
        id: "file.csv", family: .file, name: LocalizedText(zh: "CSV 文件", en: "CSV file"),
        apiVersion: "RFC 4180", documentation: "https://www.rfc-editor.org/rfc/rfc4180",
        settings: FileSettings.all + [delimiter.field], streams: [FileSettings.stream])

    static let delimiter = Setting<String>.choice(
        "delimiter", of: delimiters.keys.sorted(), default: "comma",
        LocalizedText(zh: "分隔符", en: "What separates the cells"))

    private static let delimiters: [String: UInt8] = [
        "comma": UInt8(ascii: ","), "pipe": UInt8(ascii: "|"), "semicolon": UInt8(ascii: ";"),
        "tab": UInt8(ascii: "\t"),
    ]

    private let settings: Settings
    private let file: RecordFile<CSVFormat>

    /// Opens nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        file = RecordFile(
            name: settings[FileSettings.path],
            format: CSVFormat(delimiter: Self.delimiters[settings[Self.delimiter]] ?? UInt8(ascii: ",")),
            idFields: settings[FileSettings.idField], pageSize: settings[FileSettings.pageSize], context: context)
    }

    /// Reads the header, so that an identifying column that is not there is found before the first run.
    public func check() async throws(ConnectorError) -> CheckReport {
        var lines = LineReader(file.name, in: file.context.files)
        let columns = try await file.format.layout(from: &lines).layout
        for field in file.idFields where !columns.contains(field) {
            throw .settings(
                field: FileSettings.idField.field.key,
                reason: "there is no column '\(field)'; columns: \(columns.joined(separator: ", "))")
        }
        return CheckReport(source: file.name, remarks: ["columns: \(columns.joined(separator: ", "))"])
    }

    /// The next rows.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        return try await file.page(after: cursor)
    }

    /// The identifiers of the next rows of a complete file.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        try FileSettings.requireComplete(settings)
        return try await file.identifiers(after: cursor)
    }
}
