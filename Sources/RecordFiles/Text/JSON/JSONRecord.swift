import PlumblineKit

/// The members of a record that are wanted, and how they get into a batch.
struct JSONRecord {
    private let fields: JSONFieldTable
    private let isWhole: Bool
    private var values: [JSONScanner.Value]
    /// Where the object stands.
    private var extent = 0..<0

    init(_ selection: FieldSelection) {
        isWhole = selection == .whole
        fields = JSONFieldTable(isWhole ? [] : selection.names)
        values = [JSONScanner.Value](repeating: JSONScanner.Value(), count: isWhole ? 0 : selection.names.count)
    }

    /// Reads the object that begins where the scanner stands.
    @inline(__always)
    mutating func read(_ scanner: inout JSONScanner) throws(JSONFault) {
        for field in values.indices { values[field] = JSONScanner.Value() }
        let start = scanner.place
        try scanner.object(fields, &values)
        extent = start..<scanner.place
    }

    /// Adds the cells of the object just read.
    @inline(__always)
    func append(from base: UnsafePointer<UInt8>, to batch: inout SourceBatch) {
        guard !isWhole else {
            let text = UnsafeBufferPointer(start: base + extent.lowerBound, count: extent.count)
            return batch.append(.json, text)
        }
        for value in values {
            guard value.count > 0 else {
                batch.cells.append(SourceBatch.Cell(value.kind))
                continue
            }
            let text = UnsafeBufferPointer(start: base + value.start, count: value.count)
            if value.isEscaped { Self.append(escaped: text, to: &batch) } else { batch.append(value.kind, text) }
        }
    }

    private static func append(escaped text: UnsafeBufferPointer<UInt8>, to batch: inout SourceBatch) {
        let start = batch.bytes.count
        JSONEscape.decode(text, to: &batch.bytes)
        batch.cells.append(SourceBatch.Cell(.text, start: start, count: batch.bytes.count - start))
    }
}

extension SourceBatch {
    /// Adds a cell with these bytes.
    @inline(__always)
    mutating func append(_ kind: Kind, _ text: UnsafeBufferPointer<UInt8>) {
        cells.append(Cell(kind, start: bytes.count, count: text.count))
        bytes.append(contentsOf: text)
    }
}
