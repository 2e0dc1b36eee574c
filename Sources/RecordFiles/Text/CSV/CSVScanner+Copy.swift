import PlumblineKit

// Taking a cell's text out of the window.
extension CSVScanner.Span {
    /// Adds the cell to a batch.
    @inline(__always)
    func append(from base: UnsafePointer<UInt8>, to batch: inout SourceBatch) {
        guard count > 0 else {
            batch.cells.append(SourceBatch.Cell(.null))
            return
        }
        let start = batch.bytes.count
        copy(from: base, to: &batch.bytes)
        batch.cells.append(SourceBatch.Cell(.text, start: start, count: batch.bytes.count - start))
    }

    /// Adds the cell's bytes, of two quotes in it one.
    @inline(__always)
    func copy(from base: UnsafePointer<UInt8>, to bytes: inout [UInt8]) {
        let text = UnsafeBufferPointer(start: base + Int(start), count: Int(count))
        if isEscaped { Self.unescape(text, to: &bytes) } else { bytes.append(contentsOf: text) }
    }

    private static func unescape(_ text: UnsafeBufferPointer<UInt8>, to bytes: inout [UInt8]) {
        var place = 0
        while place < text.count {
            bytes.append(text[place])
            let isPair = text[place] == .quote && place + 1 < text.count && text[place + 1] == .quote
            place += isPair ? 2 : 1
        }
    }
}
