public import PlumblineKit

/// Files that a person imports by hand: the connection says how rows are mapped, `plumbline import` says which file.
///
/// - Shape: as the file has it: CSV, JSON, JSON Lines or a sheet of a workbook, recognised when it is imported.
/// - Leaves out: everything, in a pull: there is nothing to read but what a person brings.
public struct ImportedFileConnector: Connector {
    /// `file.import`.
    public static let description = ConnectorDescription(
        id: "file.import", family: .file, name: LocalizedText(zh: "人工导入的文件", en: "Files imported by hand"),
        apiVersion: "CSV, JSON, JSON Lines, XLSX", documentation: "plumbline help import",
        settings: [FileSettings.idField.field],
        streams: [
            StreamDescription(
                name: FileSettings.stream.name, help: FileSettings.stream.help, deletions: [.neverKnown],
                isIncremental: true)
        ])

    /// Opens nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {}

    /// Says that there is no source to ask.
    public func check() async throws(ConnectorError) -> CheckReport {
        CheckReport(source: nil, remarks: ["files are imported by hand with 'plumbline import'"])
    }

    /// No records.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        return Page(cursor: cursor, hasMore: false)
    }
}
