internal import Expressions
internal import Indicators
internal import OpenSSLCrypto

/// Mapped records in the form in which they are stored, with their hashes.
struct EncodedRecords: Sendable {
    /// What a column holds.
    enum Cell: Sendable {
        case null
        case integer(Int64)
        /// A text among those of the mapped records.
        case text(start: UInt32, count: UInt32)
        /// A text that encoding has made.
        case made(start: UInt32, count: UInt32)
    }

    private let records: MappedRecords
    private let rows: Range<Int>
    private let width: Int
    fileprivate var cells: [Cell] = []
    fileprivate var made: [UInt8] = []
    fileprivate var hashes: [UInt8] = []
    /// By row, a field whose time cannot be.
    fileprivate var impossible: [Int: ImpossibleField] = [:]

    fileprivate init(_ records: MappedRecords, rows: Range<Int>, width: Int) {
        self.records = records
        self.rows = rows
        self.width = width
        cells.reserveCapacity(rows.count * width)
    }

    /// Calls `body` with each record.
    func forEachRecord(_ body: (EncodedRecord) throws -> Void) rethrows {
        try hashes.withUnsafeBytes { hashes in
            var hashed = hashes[...]
            try forEachRow { row, cells, texts in
                let hash = UnsafeRawBufferPointer(rebasing: hashed.prefix(SHA256.byteCount))
                hashed = hashed.dropFirst(SHA256.byteCount)
                try body(
                    EncodedRecord(
                        externalID: records.externalIDs[row], version: records.version(of: row), hash: hash,
                        impossible: impossible[row], cells: cells, texts: texts))
            }
        }
    }

    fileprivate func forEachRow(_ body: (Int, UnsafeBufferPointer<Cell>, EncodedTexts) throws -> Void) rethrows {
        try records.fields.bytes.withUnsafeBufferPointer { texts in
            try made.withUnsafeBufferPointer { made in
                try cells.withUnsafeBufferPointer { cells in
                    for (place, row) in rows.enumerated() {
                        let cells = UnsafeBufferPointer(rebasing: cells[place * width..<(place + 1) * width])
                        try body(row, cells, EncodedTexts(texts: texts, made: made))
                    }
                }
            }
        }
    }
}

/// A field whose time cannot be.
typealias ImpossibleField = (slot: Int, time: Timestamp)

/// One of the encoded records, while their bytes lie still.
struct EncodedRecord {
    let externalID: String
    let version: RecordVersion?
    let hash: UnsafeRawBufferPointer
    let impossible: ImpossibleField?
    /// One for each column.
    let cells: UnsafeBufferPointer<EncodedRecords.Cell>
    let texts: EncodedTexts
}

/// The texts of encoded records, while they lie still.
struct EncodedTexts {
    fileprivate let texts: UnsafeBufferPointer<UInt8>
    fileprivate let made: UnsafeBufferPointer<UInt8>

    /// What a column holds, where it is read.
    enum Content {
        case null
        case integer(Int64)
        case text(UnsafeBufferPointer<UInt8>)
    }

    func content(_ cell: EncodedRecords.Cell) -> Content {
        switch cell {
        case .null: .null
        case .integer(let number): .integer(number)
        case .text(let start, let count): .text(Self.part(texts, start, count))
        case .made(let start, let count): .text(Self.part(made, start, count))
        }
    }

    private static func part(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: UInt32, _ count: UInt32
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(start) + Int(count)])
    }
}

/// Encodes and hashes records of one type.
struct RecordEncoder: ~Copyable {
    private let layout: RecordLayout
    private let possibleTimes: Range<Timestamp>?
    private var hasher: ContentHasher

    /// Notes which times lie outside of `possibleTimes`.
    init(_ layout: RecordLayout, possibleTimes: Range<Timestamp>? = nil) {
        self.layout = layout
        self.possibleTimes = possibleTimes
        hasher = ContentHasher(layout: layout)
    }

    /// Some of the records.
    mutating func encode(_ records: MappedRecords, rows: Range<Int>) throws(StoreError) -> EncodedRecords {
        let fields = records.fields
        try requireType(of: fields)
        var encoded = EncodedRecords(records, rows: rows, width: layout.columns.count)
        for row in rows {
            for slot in layout.columns.indices { try encode(slot, of: row, fields, into: &encoded) }
            if let field = records.impossibleTime(of: row, outside: possibleTimes) { encoded.impossible[row] = field }
        }
        var hashes: [UInt8] = []
        hashes.reserveCapacity(rows.count * SHA256.byteCount)
        encoded.forEachRow { hasher.hash($1, $2, appendingTo: &hashes) }
        encoded.hashes = hashes
        return encoded
    }

    private func requireType(of fields: CanonicalBatch) throws(StoreError) {
        let isKnown = fields.type.schema === layout.type.schema || fields.type == layout.type
        guard isKnown, fields.cells.count == fields.count * layout.columns.count else {
            throw .refused(reason: "the record is not a \(layout.type.name) as the store was prepared for")
        }
    }

    @inline(__always)
    private func encode(
        _ slot: Int, of row: Int, _ fields: CanonicalBatch, into encoded: inout EncodedRecords
    ) throws(StoreError) {
        let column = layout.columns[slot]
        switch (column.form, fields.cells[row * layout.columns.count + slot]) {
        case (.text, .text(let start, let count)), (.texts, .texts(let start, let count)):
            encoded.cells.append(.text(start: start, count: count))
        case (.integer, .integer(let number)): encoded.cells.append(.integer(number))
        case (.instant, .instant(let microseconds)): encoded.cells.append(.integer(microseconds))
        case (.flag, .bool(let flag)): encoded.cells.append(.integer(flag ? 1 : 0))
        case (_, .null) where column.isOptional: encoded.cells.append(.null)
        default: encoded.append(try layout.codecs[slot].encode(fields.value(slot, of: row)))
        }
    }
}

extension EncodedRecords {
    /// Adds a field that its codec has encoded.
    fileprivate mutating func append(_ field: StoredField) {
        switch field {
        case .null: cells.append(.null)
        case .integer(let number): cells.append(.integer(number))
        case .text(let text):
            cells.append(.made(start: UInt32(made.count), count: UInt32(text.utf8.count)))
            made += text.utf8
        }
    }
}
