public import PlumblineKit

/// Reads the records of a file on disk through a parser.
public struct TextFileReader<Parser: TextParser>: RecordReader {
    private let file: FileBytes
    private var parser: Parser
    private var chunk = [UInt8](repeating: 0, count: FileBytes.chunkSize)

    /// Opens the file and reads its header.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - form: How it is written.
    ///   - selection: What is wanted of each record.
    ///   - limits: How much of the file is believed.
    ///   - position: Where the first record to read begins, as ``position`` told it; nil for the first of the file.
    ///     Only files in UTF-8 can be read from the middle.
    /// - Throws: `FileFault` where the file cannot be opened, or its header not be read.
    public init(
        path: String, form: FileForm, selection: FieldSelection, limits: FileLimits = FileLimits(),
        from position: TextPosition? = nil
    ) throws(FileFault) {
        file = try FileBytes(path: path)
        parser = try Parser(form, selection, limits: limits)
        var nothing = SourceBatch(fields: selection.names)
        while !parser.isReady, try parser.parse(0, into: &nothing) == .hungry { try feed() }
        guard let position, position.offset > 0 else { return }
        guard form.encoding == .utf8 else {
            throw FileFault(
                zh: "\(form.encoding.rawValue) 编码的文件只能从头读取",
                en: "a file in \(form.encoding.rawValue) can only be read from its start")
        }
        try file.seek(to: position.offset)
        parser.resume(at: position)
    }

    /// The names of all columns, in the file's order; empty for JSON.
    public var columns: [String] { parser.columns }

    /// How much of the file was read so far, 0 to 1.
    public var fractionRead: Double? { file.fractionRead }

    /// Where the next record begins, to read on from there another time.
    public var position: TextPosition { parser.position }

    /// Whether the last record ended with the file and not with a line end, so that more of it may still be written.
    public var isLastRecordOpen: Bool { parser.isLastRecordOpen }

    /// Adds up to `count` records to `batch`, rejected ones counted in; false when the file has no more.
    ///
    /// Fewer are added where they are so long that they would take much memory.
    public mutating func read(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> Bool {
        let goal = count + batch.count + batch.rejected.count
        let mostBytes = batch.bytes.count + BatchBudget.mostBytes
        var (rejected, rejectedBytes) = (batch.rejected.count, 0)
        while true {
            switch try parser.parse(goal - batch.count - batch.rejected.count, into: &batch) {
            case .full: return true
            case .ended: return false
            case .hungry:
                for record in batch.rejected[rejected...] { rejectedBytes += record.raw.count }
                rejected = batch.rejected.count
                if batch.bytes.count + rejectedBytes >= mostBytes { return true }
                try feed()
            }
        }
    }

    private mutating func feed() throws(FileFault) {
        let count = try chunk.withUnsafeMutableBufferPointer { [file] bytes throws(FileFault) in
            try file.read(into: UnsafeMutableRawBufferPointer(bytes))
        }
        if count == 0 { return parser.close() }
        chunk.withUnsafeBytes { parser.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }
}

/// Reads tables of cells between delimiters.
public typealias CSVReader = TextFileReader<CSVParser>
/// Reads files with a JSON object in each line.
public typealias JSONLinesReader = TextFileReader<JSONLinesParser>
/// Reads files that are one JSON list of objects.
public typealias JSONReader = TextFileReader<JSONListParser>
