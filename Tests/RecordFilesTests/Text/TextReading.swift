import PlumblineKit
import RecordFiles

/// What a text gives when it is fed to a parser in pieces of a size.
struct TextReading {
    /// The records: of each cell its text, nil for null, `<missing>` where the record has no such field.
    private(set) var rows: [[String?]] = []
    private(set) var kinds: [[SourceBatch.Kind]] = []
    /// How many bytes each cell has.
    private(set) var cellBytes: [[Int]] = []
    private(set) var places: [SourceBatch.Place] = []
    private(set) var rejected: [RejectedRecord] = []
    private(set) var fault: FileFault?
    private(set) var columns: [String] = []
    /// The most memory that the batches took.
    private(set) var mostBytes = 0

    init<Parser: TextParser>(
        _ type: Parser.Type, _ form: FileForm, _ bytes: [UInt8], _ selection: FieldSelection, by size: Int = 1 << 16,
        limits: FileLimits = FileLimits()
    ) {
        var start = 0
        self.init(type, form, selection, limits: limits) {
            defer { start = min(bytes.count, start + size) }
            return start < bytes.count ? Array(bytes[start..<min(bytes.count, start + size)]) : nil
        }
    }

    /// Reads pieces as they are made.
    init<Parser: TextParser>(
        _ type: Parser.Type, _ form: FileForm, _ selection: FieldSelection, limits: FileLimits = FileLimits(),
        pieces: () -> [UInt8]?
    ) {
        var batch = SourceBatch(fields: selection.names)
        do throws(FileFault) {
            var parser = try Parser(form, selection, limits: limits)
            defer { columns = parser.columns }
            while true {
                let progress = try parser.parse(100, into: &batch)
                mostBytes = max(mostBytes, batch.bytes.capacity)
                take(&batch)
                if progress == .ended { return }
                guard progress == .hungry else { continue }
                if let piece = pieces() { piece.withUnsafeBytes { parser.feed($0) } } else { parser.close() }
            }
        } catch {
            take(&batch)
            fault = error
        }
    }

    private mutating func take(_ batch: inout SourceBatch) {
        for row in 0..<batch.count {
            let cells = batch.fields.indices.map { batch.cell($0, of: row) }
            kinds.append(cells.map(\.kind))
            cellBytes.append(cells.map { Int($0.count) })
            rows.append(cells.map { Self.text($0, batch.bytes) })
        }
        places += batch.rows
        rejected += batch.rejected
        batch.removeAll()
    }

    private static func text(_ cell: SourceBatch.Cell, _ bytes: [UInt8]) -> String? {
        switch cell.kind {
        case .missing: "<missing>"
        case .null: nil
        case .no: "false"
        case .yes: "true"
        case .number, .text, .json:
            String(decoding: bytes[Int(cell.start)..<Int(cell.start) + Int(cell.count)], as: UTF8.self)
        }
    }

    var reasons: [String] { rejected.map(\.reason) }
}

extension TextReading {
    /// Reads a table.
    static func csv(
        _ bytes: [UInt8], _ fields: [String] = ["id", "s"], delimiter: String = ",", headerLine: Int = 1,
        encoding: FileForm.TextEncoding = .utf8, by size: Int = 1 << 16, limits: FileLimits = FileLimits()
    ) -> TextReading {
        let form = FileForm(
            format: .table(delimiter: delimiter.utf8.first ?? 0x2C), encoding: encoding, headerLine: headerLine)
        return TextReading(CSVParser.self, form, bytes, .fields(fields), by: size, limits: limits)
    }

    /// Reads a table with the columns `id` and `s`.
    static func csv(_ text: String, delimiter: String = ",", headerLine: Int = 1, by size: Int = 1 << 16) -> TextReading
    {
        csv(Array(text.utf8), delimiter: delimiter, headerLine: headerLine, by: size)
    }

    /// Reads JSON Lines with the members `id` and `s`.
    static func lines(_ text: String, by size: Int = 1 << 16, limits: FileLimits = FileLimits()) -> TextReading {
        let form = FileForm(format: .jsonLines)
        return TextReading(
            JSONLinesParser.self, form, Array(text.utf8), .fields(["id", "s"]), by: size, limits: limits)
    }

    /// Reads a JSON list with the members `id` and `s`.
    static func list(
        _ text: String, key: String? = nil, by size: Int = 1 << 16, limits: FileLimits = FileLimits()
    ) -> TextReading {
        let form = FileForm(format: .json(key: key))
        return TextReading(JSONListParser.self, form, Array(text.utf8), .fields(["id", "s"]), by: size, limits: limits)
    }
}
