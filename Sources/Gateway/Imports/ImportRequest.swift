public import PlumblineKit
public import RecordFiles
public import ReviewStore

/// Which file is imported into which connection, and what a person has said about it.
public struct ImportRequest: Sendable {
    /// The file.
    public var path: String
    /// The connection whose records the rows become; nil where the columns say it: of a template or a saved mapping.
    public var connection: String?
    /// The record type of a template whose columns fit several; nil where they tell.
    public var record: String?
    /// The connection's stream; its only one where nil.
    public var stream: String?
    /// The sheet of a workbook; its only visible one with rows where nil, and asked where there are several.
    public var sheet: String?
    /// The encoding of its texts; recognised where nil.
    public var encoding: FileForm.TextEncoding?
    /// What separates the cells of a table; recognised where nil.
    public var delimiter: UInt8?
    /// The line that names the columns; recognised where nil.
    public var headerLine: Int?
    /// In which order dates are written; recognised where nil, and asked where both orders fit.
    public var dateOrder: DateOrder?
    /// The decimal mark of numbers; recognised where nil, and asked where both fit.
    public var decimalMark: WrittenNumber.DecimalMark?
    /// Whether good rows are taken although others are bad.
    public var isPartial = false

    /// A request that leaves everything to recognition.
    public init(path: String, connection: String? = nil) {
        self.path = path
        self.connection = connection
    }
}

/// How far an import has come.
public struct ImportProgress: Sendable, Hashable {
    /// Rows read so far.
    public var rows = 0
    /// How much of the file that is, 0 to 1; nil where nobody knows.
    public var fraction: Double?
    /// Whether the rows are all read, and the values are being computed.
    public var isComputing = false

    /// How long the rest of the file will take if it comes like what has come; nil where there is too little to tell.
    public func timeLeft(after elapsed: Duration) -> Duration? {
        guard let fraction, fraction >= 0.02 else { return nil }
        return elapsed * ((1 - fraction) / fraction)
    }
}

/// What an import did, or would do.
public struct ImportReport: Sendable {
    /// The import's number; nil where nothing was stored.
    public var id: Int64?
    /// How the file was read.
    public var form: FileForm
    /// What is odd about the file and does not hinder.
    public var remarks: [LocalizedText] = []
    /// Rows read, rejected ones among them.
    public var rows = 0
    /// Records that were not stored before.
    public var new = 0
    /// Records that differ from what was stored.
    public var changed = 0
    /// Records that are stored just so.
    public var unchanged = 0
    /// Rows that the stream's `where` leaves out.
    public var leftOut = 0
    /// Rows whose identifier stood in an earlier row too, with other contents: the later one counts.
    public var repeated = 0
    /// Rows that cannot be used, each with its line.
    public var rejected: [RejectedRow] = []
    /// Accounts that nobody is matched to.
    public var unmatched: [String] = []
    /// Values that would differ; of a preview only.
    public var changes: [PreviewReport.Change] = []
    /// What was published; of an import only.
    public var values = PublicationOutcome()

    /// A row that cannot be used.
    public struct RejectedRow: Sendable, Hashable {
        /// Its line in the file, or row in the sheet.
        public let line: Int
        /// The record's identifier; nil where it has none.
        public let identifier: String?
        /// What is wrong with it.
        public let reason: String
    }

    /// Whether the file was stored.
    public var isCommitted: Bool { id != nil }
}
