public import PlumblineKit

/// Parses tables of cells between delimiters: RFC 4180, and what spreadsheets and people make of it.
///
/// - Shape: a record for each row below the header. Every cell is text as it stands, spaces included; an empty one is
///   null. Empty cells behind the last column, and rows without any content, are skipped.
/// - Forgives: line ends of all kinds, mixed too; a byte order mark; a first line such as `sep=;`, which then decides
///   about the delimiter; quotes inside a cell that does not begin with one; a single quote inside a quoted cell that
///   closes later in its line; spaces behind a closing quote.
/// - Rejects: a row with fewer or more cells than the header, one with a quote that is not closed (reading goes on
///   behind the line where it opens), one with broken text or NUL, and one over a limit.
public struct CSVParser: TextParser {
    let headerLine: Int
    let selection: FieldSelection
    let limits: FileLimits
    var scanner: CSVScanner
    var window: TextWindow
    var header: CSVHeader?
    var skipper: CSVSkipper?
    var hasPreface = true
    /// How many bytes must be held before it is worth looking for the row's end again.
    var wanted = 0

    /// A parser for a table.
    ///
    /// - Throws: `FileFault` where the form is another, or the encoding cannot be read.
    public init(_ form: FileForm, _ selection: FieldSelection, limits: FileLimits) throws(FileFault) {
        guard case .table(let delimiter) = form.format else {
            throw FileFault(zh: "这种文件形式不是表格", en: "the form is not one of a table")
        }
        headerLine = form.headerLine
        self.selection = selection
        self.limits = limits
        scanner = CSVScanner(delimiter: delimiter, limits: limits)
        window = try TextWindow(form.encoding)
    }

    /// The names of the columns, once the header was parsed.
    public var columns: [String] { header?.names ?? [] }

    /// Whether the header was parsed.
    public var isReady: Bool { header != nil }

    /// Where the next row begins.
    public var position: TextPosition { window.position }

    /// Whether the last row had no line end.
    public private(set) var isLastRecordOpen = false

    /// Takes in the next bytes of the file.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer) { window.feed(chunk) }

    /// Says that the file ends here.
    public mutating func close() { window.close() }

    /// Goes on at a row; the header stays.
    public mutating func resume(at position: TextPosition) {
        window.restart(at: position)
        (skipper, wanted) = (nil, 0)
    }

    /// Adds rows to `batch`.
    ///
    /// - Throws: `FileFault` where the header cannot be read.
    public mutating func parse(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> ParsingProgress {
        let storage = window.storage
        var budget = BatchBudget(count, batch)
        return try storage.withUnsafeBufferPointer { bytes throws(FileFault) in
            guard let base = bytes.baseAddress else { return .ended }
            if header == nil, try !readHeader(base) { return .hungry }
            while !budget.isSpent(batch) {
                guard skip(base), hasEnough else { return window.isClosed ? .ended : .hungry }
                if !readRow(base, &budget, &batch) { return .hungry }
            }
            return .full
        }
    }

    var hasEnough: Bool { window.count > 0 && (window.isClosed || window.count >= wanted) }

    /// Reads a row, or rejects it; false when its end has not come yet.
    @inline(__always)
    private mutating func readRow(
        _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) -> Bool {
        let start = window.start
        switch scanner.scan(base, from: start, to: window.end, isClosed: window.isClosed) {
        case .row(let next):
            defer { window.advance(to: next, lines: scanner.lines) }
            (wanted, isLastRecordOpen) = (0, scanner.isOpen)
            if scanner.isEmpty, isBlank { return true }
            if let fault = rowFault(base, next) {
                budget.reject(fault, line: window.line, raw: bytes(base, start, next), in: &batch)
            } else {
                add(base, end: next, to: &batch)
                budget.count()
            }
        case .hungry: return wait(base, &budget, &batch)
        case .fault(let fault): return reject(fault, base, &budget, &batch)
        }
        return true
    }

    /// Waits for as many bytes again; a row that is too long is rejected instead.
    mutating func wait(
        _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) -> Bool {
        guard window.count > limits.recordBytes else {
            wanted = window.count * 2
            return false
        }
        let reason = LocalizedText(
            zh: "记录超过 \(limits.recordBytes) 字节", en: "the record is longer than \(limits.recordBytes) bytes")
        rejectStart(FileFault(at: .init(line: window.line), reason), base, &budget, &batch)
        return true
    }

    /// Whether a row whose cells are all empty is no row. A quoted empty cell in a table of one column is one.
    private var isBlank: Bool { columns.count > 1 || scanner[0].start == UInt32(truncatingIfNeeded: window.start) }
}

// What a row gives.
extension CSVParser {
    @inline(__always)
    private func add(_ base: UnsafePointer<UInt8>, end: Int, to batch: inout SourceBatch) {
        guard let header else { return }
        if selection == .whole {
            addWhole(base, header, to: &batch)
        } else {
            for column in header.wanted {
                guard column >= 0 else {
                    batch.cells.append(SourceBatch.Cell(.missing))
                    continue
                }
                scanner[column].append(from: base, to: &batch)
            }
        }
        batch.rows.append(SourceBatch.Place(line: window.line, end: window.fileOffset(end)))
    }

    private func addWhole(_ base: UnsafePointer<UInt8>, _ header: CSVHeader, to batch: inout SourceBatch) {
        let start = batch.bytes.count
        var text: [UInt8] = []
        batch.bytes.append(UInt8(ascii: "{"))
        for (place, member) in header.members.enumerated() {
            if place > 0 { batch.bytes.append(UInt8(ascii: ",")) }
            batch.bytes += member.key
            text.removeAll(keepingCapacity: true)
            scanner[member.column].copy(from: base, to: &text)
            if text.isEmpty { batch.bytes += "null".utf8 } else { JSONText.append(quoted: text, to: &batch.bytes) }
        }
        batch.bytes.append(UInt8(ascii: "}"))
        batch.cells.append(SourceBatch.Cell(.json, start: start, count: batch.bytes.count - start))
    }
}
