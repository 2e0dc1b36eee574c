import PlumblineKit
import RecordFiles

/// The file of a log, read whole.
struct PunchLogFile: Sendable {
    let name: String
    let columns: PunchLogColumns
    private let writing: PunchLogWriting
    private let files: any FileSource

    init(_ settings: Settings, clock: PunchClock, context: ConnectorContext) throws(ConnectorError) {
        name = settings[PunchLogSettings.path]
        columns = try PunchLogColumns(settings, clock: clock, now: context.now())
        writing = try PunchLogWriting(settings)
        files = context.files
    }

    /// How much of a file is asked for at a time.
    private static var chunkSize: Int { 1 << 20 }

    func stamp() async throws(ConnectorError) -> FileStamp { try await files.stamp(of: name) }

    /// How the file is written. Throws `.settings` where it lacks a column that is needed.
    func recognise() async throws(ConnectorError) -> PunchLogForm {
        let size = FileRecognition.headSize
        let head = try await files.bytes(of: name, at: 0, upTo: size + 1)
        let form = try faults { () throws(FileFault) in
            try writing.form(Array(head.prefix(size)), isWhole: head.count <= size)
        }
        if let missing = columns.needed.first(where: { !form.columns.contains($0.name) }) {
            throw .settings(
                field: missing.setting,
                reason: "there is no column '\(missing.name)'; columns: \(form.columns.joined(separator: ", "))")
        }
        return form
    }

    /// Everything that the file says.
    ///
    /// - Throws: `.unavailable` where the file changes while it is read: half of one and half of another is neither.
    func read() async throws(ConnectorError) -> PunchRows {
        let stamp = try await stamp()
        let form = try await recognise()
        var parser = try faults { () throws(FileFault) in try form.parser(columns.fields) }
        var rows = PunchRows(stamp: stamp)
        var (offset, isOpen) = (0, true)
        while isOpen {
            let bytes = try await files.bytes(of: name, at: offset, upTo: Self.chunkSize)
            offset += bytes.count
            isOpen = !bytes.isEmpty
            if isOpen { bytes.withUnsafeBytes { parser.feed($0) } } else { parser.close() }
            try faults { () throws(FileFault) in try take(&parser, &rows) }
        }
        guard try await self.stamp() == stamp else {
            throw .unavailable(reason: "'\(name)' changed while it was read", retryAfter: nil)
        }
        rows.sortRejected()
        return rows
    }

    /// Takes the rows that have come.
    private func take(_ parser: inout CSVParser, _ rows: inout PunchRows) throws(FileFault) {
        var batch = SourceBatch(fields: columns.fields)
        var progress = ParsingProgress.full
        while progress == .full {
            batch.removeAll()
            progress = try parser.parse(1000, into: &batch)
            for rejected in batch.rejected { rows.reject(unread: rejected) }
            for row in 0..<batch.count {
                do throws(PunchFault) {
                    try columns.read(row, of: batch, into: &rows)
                } catch {
                    columns.doubt(row, of: batch, in: &rows)
                    rows.reject(
                        read: RejectedRecord(
                            line: batch.rows[row].line, texts: error.texts, raw: batch.text(ofRow: row)))
                }
            }
        }
    }

    private func faults<Result>(_ work: () throws(FileFault) -> Result) throws(ConnectorError) -> Result {
        do throws(FileFault) {
            return try work()
        } catch {
            throw .unexpected(reason: "'\(name)', \(error)")
        }
    }
}

/// What a file says: of each person the punches, in the order of the file, the days that are named without one, and when
/// punches may be that cannot be read.
struct PunchRows: Sendable {
    let stamp: FileStamp
    private(set) var punches: [String: [LoggedPunch]] = [:]
    private(set) var emptyDays: [String: [LocalDay: String?]] = [:]
    private(set) var doubts: [String: [Range<Instant>]] = [:]
    private(set) var rejected: [RejectedRecord] = []

    init(stamp: FileStamp) { self.stamp = stamp }

    mutating func add(_ punch: LoggedPunch, of employee: String) { punches[employee, default: []].append(punch) }

    mutating func add(_ day: LocalDay, shift: String?, of employee: String) {
        emptyDays[employee, default: [:]][day] = .some(shift)
    }

    /// When somebody may have punched, of whom a row cannot be read.
    mutating func doubt(_ span: Range<Instant>, of employee: String) { doubts[employee, default: []].append(span) }

    /// A row that holds no more than the columns that are named.
    mutating func reject(read record: RejectedRecord) { rejected.append(record) }

    /// A row of which the parser cannot tell the columns apart: it is kept without its contents.
    mutating func reject(unread record: RejectedRecord) {
        let place: JSON = ["line": record.line.map(JSON.int) ?? .null]
        rejected.append(RejectedRecord(id: record.id, texts: record.texts, raw: place.bytes, line: record.line))
    }

    /// Rows that the parser rejects come before those of the same piece that it reads.
    mutating func sortRejected() { rejected.sort { ($0.line ?? 0) < ($1.line ?? 0) } }
}
