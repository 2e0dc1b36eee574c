internal import Foundation
internal import OpenSSLCrypto
internal import PlumblineKit
internal import RecordFiles
internal import ReviewStore

/// One row that a person gives instead of a file.
struct HandRow {
    let file: ImportedFile
    let fields: [String]
    let reader: any RecordReader

    /// A row of these cells, told in `plumbline imports` under `name`.
    init(name: String, _ cells: [(field: String, text: String?)]) {
        var batch = SourceBatch(fields: cells.map(\.field))
        for (_, text) in cells {
            let bytes = Array((text ?? "").utf8)
            batch.cells.append(
                text == nil ? .init(.null) : .init(.text, start: batch.bytes.count, count: bytes.count))
            batch.bytes += bytes
        }
        batch.rows.append(.init(line: 1, end: 0))
        let text = batch.text(ofRow: 0)
        file = ImportedFile(name: name, digest: Hex.encode(SHA256.digest(of: text)), byteCount: text.count)
        fields = batch.fields
        reader = Reader(row: batch)
    }

    private struct Reader: RecordReader {
        var row: SourceBatch?
        var columns: [String] { [] }
        var fractionRead: Double? { nil }

        init(row: SourceBatch) { self.row = row }

        mutating func read(_ count: Int, into batch: inout SourceBatch) throws(FileFault) -> Bool {
            if let row { batch = row }
            row = nil
            return false
        }
    }
}
