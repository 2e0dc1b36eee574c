public import PlumblineKit

/// Reads the records of one file, a batch at a time, in memory that does not grow with the file.
///
/// A reader is made for a ``FileForm``, which says how the file is written, and for the fields that are wanted. One bad
/// row is no error: it goes to ``SourceBatch/rejected`` with its line and reason, and the reading goes on.
public protocol RecordReader {
    /// The names of all columns, in the file's order; empty for JSON, where each record has its own.
    var columns: [String] { get }

    /// How much of the file was read so far, 0 to 1; nil where nobody knows.
    var fractionRead: Double? { get }

    /// Adds up to `count` records to `batch`; false when the file has no more.
    ///
    /// - Throws: `FileFault` where the file cannot be read on: damaged, over a limit, or gone.
    mutating func read(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> Bool
}

/// How much of a file is believed.
public struct FileLimits: Sendable, Hashable {
    /// The longest cell or JSON value, in bytes; a longer one makes its row a rejected one.
    public var cellBytes = 1 << 20
    /// The longest record, in bytes.
    public var recordBytes = 1 << 24
    /// The most columns of a table.
    public var columns = 16_384
    /// The most bytes that a packed file may unpack to.
    public var unpackedBytes = 4 << 30
    /// The most times that a packed part may grow when it is unpacked; parts up to 16 MB may grow at any ratio.
    public var unpackingRatio = 200
    /// The most bytes that the texts shared by a workbook's cells may take: they are held in memory.
    public var sharedTextBytes = 1 << 28
    /// The most parts of a packed file.
    public var parts = 10_000
    /// The deepest nesting of JSON or XML.
    public var depth = 128

    /// The usual limits.
    public init() {}
}
