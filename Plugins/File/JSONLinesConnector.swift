public import PlumblineKit
import RecordFiles

/// A file with a JSON object in each line, with or without byte order mark.
///
/// - Shape: a record for each line, its fields as they stand; numbers keep their text. Empty lines are skipped, a line
///   that is no object or lacks its identifier is rejected with its number.
/// - Leaves out: nothing. The last line need not be closed.
public struct JSONLinesConnector: BatchConnector, IdentifierListing {
    /// `file.jsonl`.
    public static let description = ConnectorDescription(
        id: "file.jsonl", family: .file, name: LocalizedText(zh: "JSON Lines 文件", en: "JSON Lines file"),
        apiVersion: "RFC 8259, one object in each line", documentation: "https://jsonlines.org",
        settings: FileSettings.all + [FileSettings.encoding.field], streams: [FileSettings.stream])

    private let settings: Settings
    private let files: any FileSource
    private let file: RecordFile<JSONLinesParser>

    /// Opens nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = settings
        files = context.files
        file = RecordFile(
            name: settings[FileSettings.path],
            form: FileForm(format: .jsonLines, encoding: FileSettings.encoding(settings)),
            idFields: settings[FileSettings.idField], pageSize: settings[FileSettings.pageSize], context: context)
    }

    /// Tells size and time of the file.
    public func check() async throws(ConnectorError) -> CheckReport {
        let stamp = try await files.stamp(of: file.name)
        return CheckReport(source: file.name, remarks: ["\(stamp.size) bytes, changed \(stamp.modified)"])
    }

    /// The next lines.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await batch(of: stream, after: cursor, reading: .whole).page()
    }

    /// The next lines, those fields of them that are wanted.
    public func batch(
        of stream: String, after cursor: Cursor?, reading selection: FieldSelection
    ) async throws(ConnectorError) -> BatchPage {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        return try await file.batch(after: cursor, reading: selection)
    }

    /// The identifiers of the next lines of a complete file.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        guard stream == FileSettings.stream.name else { throw .unknownStream(stream, of: Self.description) }
        try FileSettings.requireComplete(settings)
        return try await file.identifiers(after: cursor)
    }
}
