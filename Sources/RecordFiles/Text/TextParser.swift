public import PlumblineKit

/// Makes records of a text that comes in pieces. Does no reading of its own, so that anything can feed it.
///
/// Feed it, parse, and feed again when it is hungry; close it where the file ends, and parse on until it has ended.
public protocol TextParser {
    /// Opens nothing.
    ///
    /// - Throws: `FileFault` where the form is not one that this parser reads.
    init(_ form: FileForm, _ selection: FieldSelection, limits: FileLimits) throws(FileFault)

    /// The names of the columns, once the header was parsed; empty for JSON.
    var columns: [String] { get }

    /// Whether records can be parsed: false for a table until its header was.
    var isReady: Bool { get }

    /// Where the next record begins. Its offset is 0 where the file is not UTF-8.
    var position: TextPosition { get }

    /// Takes in the next bytes of the file, in the file's encoding.
    mutating func feed(_ chunk: UnsafeRawBufferPointer)

    /// Says that the file ends here.
    mutating func close()

    /// Whether the last record ended with the file and not with a line end, so that more of it may still be written.
    var isLastRecordOpen: Bool { get }

    /// Adds records to `batch` until `count` were added or rejected, or the bytes are used up.
    ///
    /// A batch is full earlier when its records are so long that it would take much memory.
    ///
    /// - Throws: `FileFault` where nothing behind a place can be read.
    mutating func parse(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> ParsingProgress

    /// Forgets what was fed and goes on at `position`, where a record begins; a table keeps its header.
    mutating func resume(at position: TextPosition)
}

/// How far a parser has come.
public enum ParsingProgress: Sendable, Hashable {
    /// As many records as were asked for.
    case full
    /// It needs more bytes.
    case hungry
    /// The file has no more records.
    case ended
}

/// What may be added to a batch at once.
struct BatchBudget {
    /// A batch to which so many bytes were added is full.
    static let mostBytes = 1 << 25

    private var left: Int
    private let mostBytes: Int
    private var rejectedBytes = 0

    init(_ count: Int, _ batch: SourceBatch) {
        left = count
        mostBytes = batch.bytes.count + Self.mostBytes
    }

    func isSpent(_ batch: SourceBatch) -> Bool { left <= 0 || batch.bytes.count + rejectedBytes >= mostBytes }

    mutating func count() { left -= 1 }

    /// Rejects what stands in a line.
    mutating func reject(_ fault: FileFault, line: Int, raw: some Sequence<UInt8>, in batch: inout SourceBatch) {
        let raw = Array(raw)
        rejectedBytes += raw.count
        left -= 1
        batch.rejected.append(RejectedRecord(line: line, texts: fault.placedTexts, raw: raw))
    }
}
