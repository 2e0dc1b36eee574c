import PlumblineKit

/// Where the cells of a row go in a batch.
struct RowLayout {
    /// Why a row cannot be read.
    struct Fault: Error {
        /// From 1; nil for the whole row.
        let column: Int?
        let texts: LocalizedText
    }

    /// The field of each column; -1 for those that nobody wants.
    private let fields: [Int]
    /// The cells of a record without values.
    private let blank: [SourceBatch.Cell]
    /// Fields that are asked for twice: the first and the other place.
    private let repeated: [(from: Int, to: Int)]
    /// `"name":` of each column where records are read whole, or else nil.
    private let keys: [[UInt8]]?

    init(columns: [String], selection: FieldSelection) {
        let places = Dictionary(zip(columns, columns.indices), uniquingKeysWith: { first, _ in first })
        var fields = Array(repeating: -1, count: columns.count)
        var blank: [SourceBatch.Cell] = []
        var repeated: [(from: Int, to: Int)] = []
        if case .fields(let names) = selection {
            for (field, name) in names.enumerated() {
                let column = places[name]
                blank.append(SourceBatch.Cell(column == nil ? .missing : .null))
                guard let column else { continue }
                if fields[column] < 0 { fields[column] = field } else { repeated.append((fields[column], field)) }
            }
            keys = nil
        } else {
            blank = [SourceBatch.Cell(.json)]
            fields = Array(columns.indices)
            keys = columns.map { RowJSON.quoted(Array($0.utf8)) + [UInt8(ascii: ":")] }
        }
        self.fields = fields
        self.blank = blank
        self.repeated = repeated
    }

    /// Appends the cells of `row`; on a fault their bytes stay, and no cell.
    func append(
        _ row: SheetRow, _ conversion: CellConversion, mostBytes: Int, to batch: inout SourceBatch
    ) throws(Fault) {
        if let column = row.misplacedColumn {
            throw Fault(
                column: column,
                texts: LocalizedText(
                    zh: "单元格重复，或排在后面的单元格之后", en: "the cell is there twice, or stands behind a later one"))
        }
        if let keys {
            try appendWhole(row, keys, conversion, mostBytes: mostBytes, to: &batch)
        } else {
            try appendCells(row, conversion, mostBytes: mostBytes, to: &batch)
        }
    }

    private func appendCells(
        _ row: SheetRow, _ conversion: CellConversion, mostBytes: Int, to batch: inout SourceBatch
    ) throws(Fault) {
        let (first, start) = (batch.cells.count, batch.bytes.count)
        batch.cells.append(contentsOf: blank)
        do throws(Fault) {
            for cell in row.cells where cell.column <= fields.count {
                let field = fields[Int(cell.column) - 1]
                guard field >= 0 else { continue }
                let before = batch.bytes.count
                let kind = try value(cell, of: row, conversion, to: &batch.bytes)
                batch.cells[first + field] = SourceBatch.Cell(kind, start: before, count: batch.bytes.count - before)
                try require(batch.bytes.count - start, atMost: mostBytes)
            }
        } catch {
            batch.cells.removeLast(batch.cells.count - first)
            throw error
        }
        for (from, to) in repeated { batch.cells[first + to] = batch.cells[first + from] }
    }

    private func appendWhole(
        _ row: SheetRow, _ keys: [[UInt8]], _ conversion: CellConversion, mostBytes: Int, to batch: inout SourceBatch
    ) throws(Fault) {
        let start = batch.bytes.count
        var next = row.cells.startIndex
        var text: [UInt8] = []
        for (index, key) in keys.enumerated() {
            batch.bytes.append(UInt8(ascii: index == 0 ? "{" : ","))
            batch.bytes.append(contentsOf: key)
            text.removeAll(keepingCapacity: true)
            var kind = SourceBatch.Kind.null
            if next < row.cells.endIndex, Int(row.cells[next].column) == index + 1 {
                kind = try value(row.cells[next], of: row, conversion, to: &text)
                next += 1
            }
            RowJSON.append(kind, text, to: &batch.bytes)
            try require(batch.bytes.count - start, atMost: mostBytes)
        }
        batch.bytes.append(UInt8(ascii: "}"))
        batch.cells.append(SourceBatch.Cell(.json, start: start, count: batch.bytes.count - start))
    }

    private func value(
        _ cell: SheetRow.Cell, of row: SheetRow, _ conversion: CellConversion, to bytes: inout [UInt8]
    ) throws(Fault) -> SourceBatch.Kind {
        do throws(CellConversion.Fault) { return try conversion.append(cell, of: row, to: &bytes) } catch {
            throw Fault(column: Int(cell.column), texts: error.texts)
        }
    }

    private func require(_ bytes: Int, atMost most: Int) throws(Fault) {
        guard bytes <= most else {
            throw Fault(
                column: nil, texts: LocalizedText(zh: "该行超过 \(most) 字节", en: "the row is longer than \(most) bytes"))
        }
    }
}

/// Values as JSON text.
enum RowJSON {
    /// Appends a value of this kind.
    static func append(_ kind: SourceBatch.Kind, _ text: [UInt8], to bytes: inout [UInt8]) {
        switch kind {
        case .missing, .null: bytes.append(contentsOf: "null".utf8)
        case .no: bytes.append(contentsOf: "false".utf8)
        case .yes: bytes.append(contentsOf: "true".utf8)
        case .number, .json: bytes.append(contentsOf: text)
        case .text: bytes.append(contentsOf: quoted(text))
        }
    }

    /// A text in quotes, with its escapes.
    static func quoted(_ text: [UInt8]) -> [UInt8] {
        var quoted = [UInt8(ascii: "\"")]
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): quoted += [UInt8(ascii: "\\"), byte]
            case ..<0x10: quoted += "\\u000\(String(byte, radix: 16))".utf8
            case ..<0x20: quoted += "\\u00\(String(byte, radix: 16))".utf8
            default: quoted.append(byte)
            }
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }
}
