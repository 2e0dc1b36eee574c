public import PlumblineKit

/// A file with a JSON object in each line, UTF-8, with or without byte order mark.
///
/// - Shape: a record for each line, its fields as they stand; numbers keep their text. Empty lines are skipped, a line
///   that is no object or lacks its identifier is rejected with its number.
/// - Leaves out: nothing. The last line need not be closed.
public struct JSONLinesConnector: Connector, IdentifierListing {
    /// `file.jsonl`.
    public static let description = ConnectorDescription(
        id: "file.jsonl", family: .file, name: LocalizedText(zh: "JSON Lines 文件", en: "JSON Lines file"),
        apiVersion: "RFC 8259, one object in each line", documentation: "https://jsonlines.org",
        settings: FileSettings.all, streams: [FileSettings.stream])

    private let settings: Settings
    private let file: RecordFile<JSONLinesFormat>

    /// Opens nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        file = RecordFile(
            name: settings[FileSettings.path], format: JSONLinesFormat(),
            idFields: settings[FileSettings.idField], pageSize: settings[FileSettings.pageSize], context: context)
    }

    /// Tells size and time of the file.
    public func check() async throws(ConnectorError) -> CheckReport {
        let stamp = try await file.context.files.stamp(of: file.name)
        return CheckReport(source: file.name, remarks: ["\(stamp.size) bytes, changed \(stamp.modified)"])
    }

    /// The next lines.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        return try await file.page(after: cursor)
    }

    /// The identifiers of the next lines of a complete file.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        try FileSettings.requireComplete(settings)
        return try await file.identifiers(after: cursor)
    }
}
