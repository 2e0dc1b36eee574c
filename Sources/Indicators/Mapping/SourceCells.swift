internal import Expressions
internal import PlumblineKit

/// The cells of a batch while its bytes lie still.
struct SourceCells {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let cells: UnsafeBufferPointer<SourceBatch.Cell>
    private let fields: [String]

    /// Calls `body` with the cells of a batch, which are good until it returns.
    static func of(_ batch: SourceBatch, _ body: (SourceCells) -> Void) {
        batch.bytes.withUnsafeBufferPointer { bytes in
            batch.cells.withUnsafeBufferPointer { cells in
                body(SourceCells(bytes: bytes, cells: cells, fields: batch.fields))
            }
        }
    }

    func cell(_ field: Int, of row: Int) -> SourceBatch.Cell { cells[row * fields.count + field] }

    /// The cell of a member inside a cell that holds an object.
    func cell(at path: JSONPath, in cell: SourceBatch.Cell) -> SourceBatch.Cell? {
        cell.kind == .json ? path.cell(in: cell, of: bytes) : nil
    }

    func content(_ cell: SourceBatch.Cell) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(cell.start)..<Int(cell.start) + Int(cell.count)])
    }

    func text(_ cell: SourceBatch.Cell) -> String { String(decoding: content(cell), as: UTF8.self) }

    /// Whether each record is one cell.
    var areWhole: Bool { fields == [SourceBatch.wholeRecord] }

    /// A record of one cell as expressions read it.
    func wholeSource(_ row: Int) throws(EvaluationError) -> Value { try value(cell(0, of: row)) ?? .null }

    /// A record as an expression reads it that names no other fields than these: a map of those that it has.
    func source(_ row: Int, only indices: [Int]) throws(EvaluationError) -> Value {
        var entries: [(Value, Value)] = []
        for index in indices {
            if let value = try value(cell(index, of: row)) { entries.append((.string(fields[index]), value)) }
        }
        return .map(MapValue(entries))
    }

    /// What expressions read of a cell; nil where the record has no such field.
    func value(_ cell: SourceBatch.Cell) throws(EvaluationError) -> Value? {
        switch cell.kind {
        case .missing: return nil
        case .null: return .null
        case .no: return .bool(false)
        case .yes: return .bool(true)
        case .number: return .sourceNumber(text(cell))
        case .text: return .string(text(cell))
        case .json:
            do throws(JSONSyntaxError) {
                return Value(try JSON.parse(Array(content(cell))))
            } catch {
                throw .invalidArgument(zh: "字段内容不是有效的 JSON", en: "the field is no JSON: \(error.message)")
            }
        }
    }
}
