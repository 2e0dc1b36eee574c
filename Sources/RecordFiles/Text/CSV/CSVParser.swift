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
    private let headerLine: Int
    private let selection: FieldSelection
    private let limits: FileLimits
    private var scanner: CSVScanner
    private var window: TextWindow
    private var header: CSVHeader?
    private var skipper: CSVSkipper?
    private var hasPreface = true
    /// How many bytes must be held before it is worth looking for the row's end again.
    private var wanted = 0

    /// A parser for a table.
    ///
    /// - Throws: `FileFault` where the form is another, or the encoding cannot be read.
    public init(_ form: FileForm, _ selection: FieldSelection, limits: FileLimits) throws(FileFault) {
        guard case .table(let delimiter) = form.format else { throw FileFault("the form is not one of a table") }
        headerLine = form.headerLine
        self.selection = selection
        self.limits = limits
        scanner = CSVScanner(delimiter: delimiter, limits: limits)
        window = try TextWindow(form.encoding)
    }

    /// The names of the columns, once the header was parsed.
    public var columns: [String] { header?.names ?? [] }

    /// What is odd in the header and does not hinder: columns without a name, names that stand twice.
    public var remarks: [String] { header?.remarks ?? [] }

    /// Whether the header was parsed.
    public var isReady: Bool { header != nil }

    /// Where the next row begins.
    public var position: TextPosition { window.position }

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
        var budget = BatchBudget(count)
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

    private var hasEnough: Bool { window.count > 0 && (window.isClosed || window.count >= wanted) }

    /// Reads a row, or rejects it; false when its end has not come yet.
    @inline(__always)
    private mutating func readRow(
        _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) -> Bool {
        let start = window.start
        switch scanner.scan(base, from: start, to: window.end, isClosed: window.isClosed) {
        case .row(let next):
            defer { window.advance(to: next, lines: scanner.lines) }
            wanted = 0
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
    private mutating func wait(
        _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) -> Bool {
        guard window.count > limits.recordBytes else {
            wanted = window.count * 2
            return false
        }
        let reason = "the record is longer than \(limits.recordBytes) bytes"
        rejectStart(FileFault(at: .init(line: window.line), reason), base, &budget, &batch)
        return true
    }

    /// Whether a row whose cells are all empty is no row. A quoted empty cell in a table of one column is one.
    private var isBlank: Bool { columns.count > 1 || scanner[0].start == UInt32(truncatingIfNeeded: window.start) }
}

// Why rows are rejected, and where reading goes on.
extension CSVParser {
    /// What is wrong with a row that was found whole.
    @inline(__always)
    private func rowFault(_ base: UnsafePointer<UInt8>, _ next: Int) -> FileFault? {
        if let found = window.firstFault(before: next) {
            return FileFault(at: place(base, found.index), window.reason(found.fault))
        }
        let expected = header?.names.count ?? 0
        return scanner.count == expected ? nil : raggedFault(expected)
    }

    private func raggedFault(_ expected: Int) -> FileFault? {
        if scanner.count > expected, scanner.count <= limits.columns,
            (expected..<scanner.count).allSatisfy({ scanner[$0].count == 0 })
        {
            return nil
        }
        return FileFault(
            at: .init(line: window.line), "expected \(expected) cells as in the header, got \(scanner.count)")
    }

    private mutating func reject(
        _ fault: CSVScanner.Fault, _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget,
        _ batch: inout SourceBatch
    ) -> Bool {
        let told = self.fault(fault, base)
        switch fault {
        case .longCell: rejectStart(told, base, &budget, &batch)
        case .stray(_, let opened), .unclosed(let opened):
            let next = behindLine(base, opened)
            let isCut = next == window.end && base[next - 1] != .lineFeed
            if isCut, !window.isClosed { return wait(base, &budget, &batch) }
            let line = place(base, opened).line
            let raw = bytes(base, window.start, next)
            budget.reject(told, line: line, raw: raw, in: &batch)
            window.advance(to: next, lines: line - window.line + 1)
            wanted = 0
        }
        return true
    }

    private func fault(_ fault: CSVScanner.Fault, _ base: UnsafePointer<UInt8>) -> FileFault {
        switch fault {
        case .stray(let index, _):
            FileFault(at: place(base, index), "expected the delimiter after the closing quote")
        case .unclosed(let opened): FileFault(at: .init(line: place(base, opened).line), "a quote is not closed")
        case .longCell(let index):
            FileFault(at: place(base, index), "the cell is longer than \(limits.cellBytes) bytes")
        }
    }

    /// Rejects a row that is not held to its end, and skips it.
    private mutating func rejectStart(
        _ fault: FileFault, _ base: UnsafePointer<UInt8>, _ budget: inout BatchBudget, _ batch: inout SourceBatch
    ) {
        let shown = min(window.end, window.start + TextWindow.shownOfLongRecords)
        budget.reject(fault, line: window.line, raw: bytes(base, window.start, shown), in: &batch)
        skipper = CSVSkipper(delimiter: scanner.delimiter)
        wanted = 0
    }

    /// Goes to the end of a row that is skipped; false when it has not come yet.
    @inline(__always)
    private mutating func skip(_ base: UnsafePointer<UInt8>) -> Bool {
        guard var running = skipper else { return true }
        let next = running.skip(base, from: window.start, to: window.end)
        window.advance(to: next ?? window.end, lines: running.lines)
        skipper = next == nil ? running : nil
        return next != nil
    }

    private func behindLine(_ base: UnsafePointer<UInt8>, _ start: Int) -> Int {
        var place = start
        while place < window.end, base[place] != .lineFeed, base[place] != .carriageReturn { place += 1 }
        guard place < window.end else { return place }
        let isPair = base[place] == .carriageReturn && place + 1 < window.end && base[place + 1] == .lineFeed
        return place + (isPair ? 2 : 1)
    }

    /// Line and column of an index in the row.
    private func place(_ base: UnsafePointer<UInt8>, _ index: Int) -> FileFault.Place {
        var (line, begin) = (window.line, window.start)
        for place in window.start..<index {
            let isReturn = base[place] == .carriageReturn && base[place + 1] != .lineFeed
            if base[place] == .lineFeed || isReturn { (line, begin) = (line + 1, place + 1) }
        }
        return FileFault.Place(line: line, column: index - begin + 1)
    }

    private func bytes(_ base: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + start, count: end - start)
    }
}

// The header.
extension CSVParser {
    /// Reads what stands above the first row; false when it has not come yet.
    private mutating func readHeader(_ base: UnsafePointer<UInt8>) throws(FileFault) -> Bool {
        guard readPreface(base), skipTitles(base) else { return false }
        while header == nil {
            guard hasEnough else {
                guard window.isClosed else { return false }
                throw FileFault(
                    headerLine == 1
                        ? "the file is empty; its first line must name the columns"
                        : "the file ends before line \(headerLine), which must name the columns")
            }
            switch scanner.scan(base, from: window.start, to: window.end, isClosed: window.isClosed) {
            case .row(let next):
                if !scanner.isEmpty { header = try CSVHeader(try names(base, next), selection, line: window.line) }
                window.advance(to: next, lines: scanner.lines)
            case .hungry:
                guard window.count <= limits.recordBytes else {
                    throw FileFault(at: .init(line: window.line), "the header is longer than \(limits.recordBytes) bytes")
                }
                wanted = window.count * 2
            case .fault(let fault):
                let told = self.fault(fault, base)
                throw FileFault(at: told.place, "in the header, \(told.reason)")
            }
        }
        wanted = 0
        return true
    }

    private func names(_ base: UnsafePointer<UInt8>, _ next: Int) throws(FileFault) -> [String] {
        if let found = window.firstFault(before: next) {
            throw FileFault(at: place(base, found.index), "in the header, \(window.reason(found.fault))")
        }
        guard scanner.count <= limits.columns else {
            throw FileFault(
                at: .init(line: window.line), "\(scanner.count) columns; at most \(limits.columns) are read")
        }
        return (0..<scanner.count).map { column in
            var text: [UInt8] = []
            scanner[column].copy(from: base, to: &text)
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Takes a first line such as `sep=;` at its word; false when the line has not come yet.
    private mutating func readPreface(_ base: UnsafePointer<UInt8>) -> Bool {
        guard hasPreface else { return true }
        guard window.count >= SeparatorLine.longest || window.isClosed else { return false }
        hasPreface = false
        let start = bytes(base, window.start, min(window.end, window.start + SeparatorLine.longest))
        guard let line = SeparatorLine(start) else { return true }
        scanner = CSVScanner(delimiter: line.delimiter, limits: limits)
        window.advance(to: window.start + line.count, lines: 1)
        return true
    }

    /// Skips the lines above the header; false when they have not come yet.
    private mutating func skipTitles(_ base: UnsafePointer<UInt8>) -> Bool {
        while window.line < headerLine, window.count > 0 {
            let next = behindLine(base, window.start)
            let isCut = next == window.end && base[next - 1] != .lineFeed
            if isCut, !window.isClosed {
                // A carriage return at the end may have its line feed still to come.
                window.advance(to: base[next - 1] == .carriageReturn ? next - 1 : next, lines: 0)
                return false
            }
            window.advance(to: next, lines: 1)
        }
        return window.line >= headerLine || window.isClosed
    }
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
