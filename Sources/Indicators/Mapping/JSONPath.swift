internal import PlumblineKit

/// Finds a member inside a JSON object that a reader has checked, without making anything of the rest.
struct JSONPath: Sendable {
    private let names: [[UInt8]]

    init(_ names: some Sequence<String>) { self.names = names.map { Array($0.utf8) } }

    /// The cell of the member in `bytes`; nil where there is none, or where it takes a parser to read it.
    func cell(in cell: SourceBatch.Cell, of bytes: UnsafeBufferPointer<UInt8>) -> SourceBatch.Cell? {
        var walker = JSONWalker(bytes: bytes, place: Int(cell.start), end: Int(cell.start) + Int(cell.count))
        for name in names {
            guard walker.enter(name) else { return nil }
        }
        return walker.cell()
    }
}

/// Walks through JSON text, from one value to the next.
private struct JSONWalker {
    let bytes: UnsafeBufferPointer<UInt8>
    var place: Int
    let end: Int

    /// Goes to the value of a member of the object that stands here; false where there is none.
    mutating func enter(_ name: [UInt8]) -> Bool {
        guard take(UInt8(ascii: "{")) else { return false }
        while let key = string() {
            guard key.isPlain, take(UInt8(ascii: ":")) else { return false }
            if key.range.count == name.count, bytes[key.range].elementsEqual(name) {
                skipSpace()
                return true
            }
            guard skipValue(), take(UInt8(ascii: ",")) else { return false }
        }
        return false
    }

    /// The value that stands here as a cell; nil for a text with escapes.
    mutating func cell() -> SourceBatch.Cell? {
        skipSpace()
        guard place < end else { return nil }
        let start = place
        switch bytes[place] {
        case UInt8(ascii: "\""):
            guard let text = string(), text.isPlain else { return nil }
            return .init(.text, start: text.range.lowerBound, count: text.range.count)
        case UInt8(ascii: "n"): return .init(.null)
        case UInt8(ascii: "t"): return .init(.yes)
        case UInt8(ascii: "f"): return .init(.no)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return skipValue() ? .init(.json, start: start, count: place - start) : nil
        default: return skipValue() ? .init(.number, start: start, count: place - start) : nil
        }
    }

    private mutating func skipSpace() {
        while place < end, bytes[place] <= 0x20 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard place < end, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    /// The text that stands here, and whether it has no escapes.
    private mutating func string() -> (range: Range<Int>, isPlain: Bool)? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        let start = place
        var isPlain = true
        while place < end, bytes[place] != UInt8(ascii: "\"") {
            if bytes[place] == UInt8(ascii: "\\") {
                isPlain = false
                place += 1
            }
            place += 1
        }
        guard place < end else { return nil }
        place += 1
        return (start..<place - 1, isPlain)
    }

    /// Goes behind the value that stands here.
    private mutating func skipValue() -> Bool {
        var depth = 0
        repeat {
            skipSpace()
            guard place < end else { return false }
            switch bytes[place] {
            case UInt8(ascii: "\""): if string() == nil { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                place += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                place += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"): place += 1
            default: while place < end, !Self.endsWord(bytes[place]) { place += 1 }
            }
        } while depth > 0
        return true
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
    }
}
