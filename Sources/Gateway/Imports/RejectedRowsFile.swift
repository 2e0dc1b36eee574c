internal import Foundation
internal import PlumblineKit
internal import RecordFiles

/// Writes the bad rows of an import back as a file of the same kind, with two columns more: row number and reason.
///
/// Mended, the file can be imported as it is: the two columns are read by no mapping.
public struct RejectedRowsFile {
    private let path: String
    private let form: FileForm
    private let reasons: [Int: String]
    private let names: (row: String, reason: String)

    /// The rows of `report` in the file at `path`; the two columns are named in `language`, `zh` or `en`.
    public init(_ report: ImportReport, of path: String, language: String) {
        self.path = path
        form = report.form
        reasons = Dictionary(report.rejected.map { ($0.line, $0.reason) }, uniquingKeysWith: { first, _ in first })
        names = language == "zh" ? Self.added[0] : Self.added[1]
    }

    /// What the two columns may be called.
    static let added = [(row: "行号", reason: "原因"), (row: "row", reason: "reason")]

    /// Where the rows are written: beside the file, with `.rejected` in its name.
    public var target: String {
        let url = URL(filePath: path)
        return url.deletingPathExtension().path + ".rejected." + suffix
    }

    private var suffix: String {
        switch form.format {
        case .table: "csv"
        case .workbook: "xlsx"
        case .json, .jsonLines: "jsonl"
        }
    }

    /// Writes the file, in UTF-8, in the place of an older one.
    ///
    /// - Throws: `HostError.invalid` where the file cannot be read again or the other not be written.
    public func write() throws(HostError) {
        let text: String
        do throws(FileFault) {
            switch form.format {
            case .workbook(let sheet): return try workbook(sheet)
            case .table: text = try table()
            case .json, .jsonLines: text = try lines()
            }
        } catch {
            throw .invalid("\(path): \(error)")
        }
        do {
            try Data(text.utf8).write(to: URL(filePath: target), options: .atomic)
        } catch {
            throw .invalid("\(target) cannot be written: \(error.localizedDescription)")
        }
    }

    private func workbook(_ sheet: String) throws(FileFault) {
        let copy = try SheetCopy(Set(reasons.keys), of: Workbook(path: path), form: form)
        let writer = try WorkbookWriter(path: target)
        try writer.addSheet(
            named: sheet, columns: (copy.columns + [names.row, names.reason]).map { WorkbookColumn($0) })
        for row in copy.rows {
            try writer.append(row.cells + [.number("\(row.number)"), .text(reasons[row.number] ?? "")])
        }
        try writer.close()
    }

    private func table() throws(FileFault) -> String {
        let columns = try CSVReader(path: path, form: form, selection: .fields([])).columns.filter { !$0.isEmpty }
        let reader = try CSVReader(path: path, form: form, selection: .fields(columns))
        // Spreadsheets take a file for UTF-8 by the mark at its start.
        var text = "\u{FEFF}" + row(columns + [names.row, names.reason])
        try each(reader, columns) { batch, place in
            guard let reason = reasons[batch.rows[place].line] else { return }
            let cells = columns.indices.map { batch.text($0, of: place) ?? "" }
            text += row(cells + ["\(batch.rows[place].line)", reason])
        } unreadable: { line, raw in
            text += unreadable(raw, columns.count, line)
        }
        return text
    }

    /// A line with too few cells gets empty ones; one that is no row at all stands in the first cell.
    private func unreadable(_ raw: String, _ columns: Int, _ line: Int) -> String {
        let raw = String(raw.prefix { !$0.isNewline })
        let found = raw.contains("\"") ? columns : raw.count { $0 == delimiter } + 1
        let more = ["\(line)", reasons[line] ?? ""]
        guard found < columns else { return row([raw] + Array(repeating: "", count: max(0, columns - 1)) + more) }
        return raw + String(repeating: delimiter, count: columns - found + 1) + row(more)
    }

    private func lines() throws(FileFault) -> String {
        var text = ""
        let selection = FieldSelection.whole
        let add = { (batch: SourceBatch, place: Int) in
            guard let reason = reasons[batch.rows[place].line] else { return }
            let record = String(decoding: batch.text(ofRow: place), as: UTF8.self)
            let more = "\(JSON.string(names.row).text):\(batch.rows[place].line),"
            text += "{" + more + "\(JSON.string(names.reason).text):\(JSON.string(reason).text)"
            text +=
                record.dropFirst().drop(while: \.isWhitespace).first == "}" ? "}\n" : "," + record.dropFirst() + "\n"
        }
        if case .jsonLines = form.format {
            let reader = try JSONLinesReader(path: path, form: form, selection: selection)
            try each(reader, selection.names, add) { _, raw in text += raw + "\n" }
        } else {
            let reader = try JSONReader(path: path, form: form, selection: selection)
            try each(reader, selection.names, add) { _, raw in text += raw + "\n" }
        }
        return text
    }

    private func each(
        _ reader: some RecordReader, _ fields: [String], _ body: (SourceBatch, Int) -> Void,
        unreadable: (Int, String) -> Void
    ) throws(FileFault) {
        var reader = reader
        var batch = SourceBatch(fields: fields)
        var hasMore = true
        while hasMore {
            batch.removeAll()
            hasMore = try reader.read(5000, into: &batch)
            for place in 0..<batch.count { body(batch, place) }
            for rejected in batch.rejected {
                unreadable(rejected.line ?? 0, String(decoding: rejected.raw, as: UTF8.self))
            }
        }
    }

    private var delimiter: Character {
        if case .table(let byte) = form.format { Character(Unicode.Scalar(byte)) } else { "," }
    }

    private func row(_ cells: [String]) -> String {
        let quoted = cells.map { cell in
            let isPlain = !cell.contains { $0 == delimiter || $0 == "\"" || $0.isNewline }
            return isPlain ? cell : "\"" + cell.replacing("\"", with: "\"\"") + "\""
        }
        return quoted.joined(separator: String(delimiter)) + "\r\n"
    }
}
