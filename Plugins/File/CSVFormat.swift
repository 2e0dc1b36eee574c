import PlumblineKit

/// Rows of cells as in RFC 4180, below a header. Every cell is text; an empty one is null.
struct CSVFormat: RecordFormat {
    let delimiter: UInt8

    /// A row that spans more lines than this has a quote that is never closed.
    static let mostLines = 1000

    /// The column names.
    func layout(from lines: inout LineReader) async throws(ConnectorError) -> (layout: [String], lines: [Line]) {
        guard let (row, read) = try await row(from: &lines) else {
            throw .unexpected(reason: "the file is empty; its first line must name the columns")
        }
        let columns: [String]
        do throws(JSONShapeError) { columns = try row.get() } catch {
            throw .unexpected(reason: "the header, \(error.reason)")
        }
        for (place, column) in columns.enumerated() {
            if column.isEmpty { throw .unexpected(reason: "column \(place + 1) has no name in the header") }
            if columns[..<place].contains(column) { throw .unexpected(reason: "the header names '\(column)' twice") }
        }
        return (columns, read)
    }

    func next(from lines: inout LineReader, _ columns: [String]) async throws(ConnectorError) -> RawRecord? {
        var skipped: [Line] = []
        while let (row, read) = try await row(from: &lines) {
            if read.count == 1, read[0].content.isEmpty {
                skipped += read
            } else {
                let content = row.flatMap { record($0, columns, line: read[0].number) }
                return RawRecord(lines: skipped + read, content: content)
            }
        }
        return nil
    }

    private func record(_ cells: [String], _ columns: [String], line: Int) -> Result<JSON, JSONShapeError> {
        guard cells.count == columns.count else {
            let reason = "line \(line): expected \(columns.count) cells as in the header, got \(cells.count)"
            return .failure(JSONShapeError(reason: reason))
        }
        let members = zip(columns, cells).map { ($0, $1.isEmpty ? JSON.null : .string($1)) }
        return .success(.object(JSONObject(members)))
    }

    /// The next row with its lines. When a quote is never closed, the first line alone is the broken row.
    private func row(
        from lines: inout LineReader
    ) async throws(ConnectorError) -> (cells: Result<[String], JSONShapeError>, lines: [Line])? {
        var read: [Line] = []
        var parser = CSVRowParser(delimiter: delimiter)
        while read.count < Self.mostLines, let line = try await lines.next() {
            read.append(line)
            do throws(CSVFault) {
                if try parser.isComplete(after: line) { return (parser.cells(line: read[0].number), read) }
            } catch {
                return (.failure(JSONShapeError(reason: error.reason)), giveBack(read, to: &lines))
            }
        }
        guard let first = read.first else { return nil }
        let fault = JSONShapeError(reason: "line \(first.number): a quote is not closed")
        return (.failure(fault), giveBack(read, to: &lines))
    }

    private func giveBack(_ read: [Line], to lines: inout LineReader) -> [Line] {
        lines.putBack(read.dropFirst())
        return Array(read.prefix(1))
    }
}

/// Why a row is not CSV.
struct CSVFault: Error {
    let reason: String
}

/// Cuts the lines of one row into cells.
struct CSVRowParser {
    private enum State { case start, plain, quoted, closed }

    private let delimiter: UInt8
    private var state = State.start
    private var cell: [UInt8] = []
    private var finished: [[UInt8]] = []

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Takes in a line; false when it ends inside quotes and the row goes on.
    mutating func isComplete(after line: Line) throws(CSVFault) -> Bool {
        let content = line.content
        for (column, byte) in content.enumerated() { try take(byte, at: column + 1, of: line.number) }
        if state == .quoted {
            cell += line.bytes[content.endIndex...]
            return false
        }
        finishCell()
        return true
    }

    func cells(line: Int) -> Result<[String], JSONShapeError> {
        var cells: [String] = []
        for (place, bytes) in finished.enumerated() {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return .failure(JSONShapeError(reason: "line \(line), cell \(place + 1): the text is not valid UTF-8"))
            }
            cells.append(text)
        }
        return .success(cells)
    }

    private mutating func take(_ byte: UInt8, at column: Int, of line: Int) throws(CSVFault) {
        let isQuote = byte == UInt8(ascii: "\"")
        switch state {
        case .quoted:
            if isQuote { state = .closed } else { cell.append(byte) }
        case _ where byte == delimiter: finishCell()
        case .start:
            state = isQuote ? .quoted : .plain
            if !isQuote { cell.append(byte) }
        case .plain:
            if isQuote {
                throw CSVFault(reason: "line \(line), column \(column): a quote inside a cell without quotes")
            }
            cell.append(byte)
        case .closed:
            guard isQuote else {
                throw CSVFault(reason: "line \(line), column \(column): expected the delimiter after the closing quote")
            }
            cell.append(byte)
            state = .quoted
        }
    }

    private mutating func finishCell() {
        finished.append(cell)
        cell = []
        state = .start
    }
}
