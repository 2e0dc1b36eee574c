/// Source records by the thousand, as bytes: of each record the cells that somebody asked for, unparsed.
///
/// The form for files and other sources of many records: nothing is made of a cell before a mapping wants it. All cells
/// lie behind one another in one buffer, row by row in the order of ``fields``.
///
/// - Shape: `rows.count * fields.count` cells. A record whose mapping reads it as a whole has one cell, of the kind
///   `json`, under the name ``wholeRecord``.
/// - Encoding: UTF-8 that the reader has checked. Numbers are the source's own text.
public struct SourceBatch: Sendable {
    /// The name of the only field of a batch that carries each record as one JSON object.
    public static let wholeRecord = "*"

    /// What a cell holds.
    public enum Kind: UInt8, Sendable {
        /// The record has no such field: reading it is an error, as in any map without the key.
        case missing
        /// Null, or an empty cell of a table.
        case null
        case no
        case yes
        /// A number as the source writes it, in the syntax of JSON.
        case number
        /// Text, without quotes and escapes.
        case text
        /// A JSON list or object.
        case json
    }

    /// A cell's kind and place in ``bytes``.
    public struct Cell: Sendable {
        /// What the cell holds.
        public var kind: Kind
        /// Where its bytes begin; 0 where it has none.
        public var start: UInt32
        /// How many bytes it has.
        public var count: UInt32

        /// A cell over `count` bytes from `start` on.
        public init(_ kind: Kind, start: Int = 0, count: Int = 0) {
            self.kind = kind
            self.start = UInt32(truncatingIfNeeded: start)
            self.count = UInt32(truncatingIfNeeded: count)
        }
    }

    /// Where a record stands in its source.
    public struct Place: Sendable, Hashable {
        /// The line it begins in, or the row of a sheet; from 1.
        public var line: Int
        /// The byte behind the record, from the start of the file; 0 where the source has no such place.
        public var end: Int

        /// A place.
        public init(line: Int, end: Int) {
            self.line = line
            self.end = end
        }
    }

    /// The names of the fields, one for each cell of a record.
    public let fields: [String]
    /// The contents of all cells.
    public var bytes: [UInt8] = []
    /// The cells of all records, row by row.
    public var cells: [Cell] = []
    /// Where each record stands.
    public var rows: [Place] = []
    /// What could not be read as a record, each with its line as the identifier.
    public var rejected: [RejectedRecord] = []

    /// An empty batch for these fields.
    public init(fields: [String]) {
        self.fields = fields
    }

    /// How many records there are.
    public var count: Int { rows.count }

    /// The cell of a record.
    public func cell(_ field: Int, of row: Int) -> Cell { cells[row * fields.count + field] }

    /// Takes out the records of some rows.
    public mutating func remove(_ unwanted: Set<Int>) {
        if unwanted.isEmpty { return }
        let kept = rows.indices.filter { !unwanted.contains($0) }
        cells = kept.flatMap { cells[$0 * fields.count..<($0 + 1) * fields.count] }
        rows = kept.map { rows[$0] }
    }

    /// The text of a cell: of a text or a number, as it stands. Nil for any other.
    public func text(_ field: Int, of row: Int) -> String? {
        let cell = cell(field, of: row)
        guard cell.kind == .text || cell.kind == .number else { return nil }
        return String(decoding: content(cell), as: UTF8.self)
    }

    /// The record as JSON text: whole where it was read whole, else the fields that were read.
    public func text(ofRow row: Int) -> [UInt8] {
        if fields == [Self.wholeRecord] { return Array(content(cell(0, of: row))) }
        var text: [UInt8] = []
        for (index, name) in fields.enumerated() where cell(index, of: row).kind != .missing {
            text += (text.isEmpty ? "{" : ",").utf8
            text += JSON.string(name).bytes + [UInt8(ascii: ":")] + json(cell(index, of: row))
        }
        return (text.isEmpty ? Array("{".utf8) : text) + [UInt8(ascii: "}")]
    }

    private func json(_ cell: Cell) -> [UInt8] {
        switch cell.kind {
        case .missing, .null: Array("null".utf8)
        case .no: Array("false".utf8)
        case .yes: Array("true".utf8)
        case .number, .json: Array(content(cell))
        case .text: JSON.string(String(decoding: content(cell), as: UTF8.self)).bytes
        }
    }

    /// The bytes of a cell.
    public func content(_ cell: Cell) -> ArraySlice<UInt8> {
        bytes[Int(cell.start)..<Int(cell.start) + Int(cell.count)]
    }

    /// Forgets the records and keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
        rejected.removeAll(keepingCapacity: true)
    }
}

/// What is read of each record.
public enum FieldSelection: Sendable, Hashable {
    /// These fields, each a cell of its own. One that the file lacks is `missing` in every record.
    case fields([String])
    /// The record as one JSON object under ``SourceBatch/wholeRecord``.
    case whole

    /// The fields of the batches.
    public var names: [String] {
        switch self {
        case .fields(let names): names
        case .whole: [SourceBatch.wholeRecord]
        }
    }
}
