import PlumblineKit

/// Walks one JSON value in the window once, checks it, and tells where the wanted members stand.
///
/// Lives on the sentinel of ``TextWindow``: what stands at `end` is a line feed, which no text and no number goes beyond.
struct JSONScanner {
    /// A value's kind and place.
    struct Value {
        var kind = SourceBatch.Kind.missing
        /// Whether the text has escapes.
        var isEscaped = false
        var start = 0
        var count = 0
    }

    let base: UnsafePointer<UInt8>
    let end: Int
    private(set) var place: Int
    private var depth: Int
    private let longest: Int

    init(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, limits: FileLimits) {
        self.base = base
        self.end = end
        place = start
        depth = limits.depth
        longest = limits.cellBytes
    }

    /// Walks the object that begins here; its wanted members go to `values`, which must be `missing` before.
    @inline(__always)
    mutating func object(_ fields: JSONFieldTable, _ values: inout [Value]) throws(JSONFault) {
        try descend()
        if take(UInt8(ascii: "}")) {
            depth += 1
            return
        }
        repeat {
            skipSpace()
            let start = place
            let field = try field(fields)
            try colon()
            let value = try value()
            guard field >= 0 else { continue }
            guard values[field].kind == .missing else { throw JSONFault(.twice, at: start, reached: place) }
            if value.count > longest { throw JSONFault(.tooLong, at: value.start) }
            values[field] = value
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw JSONFault(.notMemberEnd, at: place) }
        depth += 1
    }

    /// Walks any value.
    @inline(__always)
    mutating func value() throws(JSONFault) -> Value {
        skipSpace()
        let start = place
        switch base[place] {
        case .quote:
            let isEscaped = try string()
            return Value(kind: .text, isEscaped: isEscaped, start: start + 1, count: place - start - 2)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try nested()
            return Value(kind: .json, start: start, count: place - start)
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "t"): return try word("true", .yes)
        case UInt8(ascii: "f"): return try word("false", .no)
        case UInt8(ascii: "-"), 0x30...0x39:
            try number()
            return Value(kind: .number, start: start, count: place - start)
        default: throw JSONFault(.notValue, at: place)
        }
    }

    /// That nothing follows.
    mutating func finish() throws(JSONFault) {
        skipSpace()
        guard place == end else { throw JSONFault(.notEnd, at: place) }
    }

    @inline(__always)
    mutating func skipSpace() {
        while place < end, Self.isSpace(base[place]) { place += 1 }
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool {
        byte <= .space && (byte == .space || byte == .lineFeed || byte == .carriageReturn || byte == .tab)
    }
}

extension JSONScanner {
    /// The wanted field whose key stands here; -1 for another key.
    @inline(__always)
    private mutating func field(_ fields: JSONFieldTable) throws(JSONFault) -> Int {
        guard base[place] == .quote, place < end else { throw JSONFault(.notKey, at: place) }
        let start = place + 1
        let isEscaped = try string()
        let name = UnsafeBufferPointer(start: base + start, count: place - start - 1)
        return isEscaped ? Self.field(escaped: name, fields) : fields.find(name)
    }

    private static func field(escaped name: UnsafeBufferPointer<UInt8>, _ fields: JSONFieldTable) -> Int {
        var text: [UInt8] = []
        JSONEscape.decode(name, to: &text)
        return text.withUnsafeBufferPointer(fields.find)
    }

    @inline(__always)
    private mutating func colon() throws(JSONFault) {
        guard take(UInt8(ascii: ":")) else { throw JSONFault(.notColon, at: place) }
    }

    /// Walks a list or object that nobody looks into.
    private mutating func nested() throws(JSONFault) {
        let isObject = base[place] == UInt8(ascii: "{")
        let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
        try descend()
        if take(close) {
            depth += 1
            return
        }
        repeat {
            if isObject {
                skipSpace()
                guard base[place] == .quote, place < end else { throw JSONFault(.notKey, at: place) }
                _ = try string()
                try colon()
            }
            _ = try inner()
        } while take(UInt8(ascii: ","))
        guard take(close) else { throw JSONFault(isObject ? .notMemberEnd : .notElementEnd, at: place) }
        depth += 1
    }

    /// `value` where it need not be fast; keeps the recursion out of the fast one.
    @inline(never)
    private mutating func inner() throws(JSONFault) -> Value { try value() }

    @inline(__always)
    private mutating func descend() throws(JSONFault) {
        guard depth > 0 else { throw JSONFault(.tooDeep, at: place) }
        depth -= 1
        place += 1
    }

    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard base[place] == byte, place < end else { return false }
        place += 1
        return true
    }

    private mutating func word(_ word: StaticString, _ kind: SourceBatch.Kind) throws(JSONFault) -> Value {
        let count = word.utf8CodeUnitCount
        for offset in 0..<count where base[place + offset] != word.utf8Start[offset] {
            throw JSONFault(.unknownWord, at: place)
        }
        place += count
        return Value(kind: kind)
    }

    @inline(__always)
    private mutating func number() throws(JSONFault) {
        if base[place] == UInt8(ascii: "-") { place += 1 }
        if base[place] == UInt8(ascii: "0") {
            place += 1
            if isDigit { throw JSONFault(.leadingZero, at: place) }
        } else {
            try digits()
        }
        if base[place] == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if base[place] | 0x20 == UInt8(ascii: "e") {
            place += 1
            if base[place] == UInt8(ascii: "+") || base[place] == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
    }

    @inline(__always)
    private mutating func digits() throws(JSONFault) {
        guard isDigit else { throw JSONFault(.notDigit, at: place) }
        repeat { place += 1 } while isDigit
    }

    @inline(__always)
    private var isDigit: Bool { base[place] &- 0x30 < 10 }

    /// Walks a text from quote to quote; whether it has escapes.
    @inline(__always)
    private mutating func string() throws(JSONFault) -> Bool {
        let stop = textEnd(from: place + 1)
        guard base[stop] != .quote else {
            place = stop + 1
            return false
        }
        return try escapedString(from: stop)
    }

    private mutating func escapedString(from first: Int) throws(JSONFault) -> Bool {
        var stop = first
        while base[stop] != .quote {
            guard stop < end else {
                throw JSONFault(
                    stop - place - 1 > longest ? .tooLong : .open, at: stop - place - 1 > longest ? place : stop)
            }
            guard base[stop] == .backslash else { throw JSONFault(.control, at: stop) }
            stop = textEnd(from: try JSONEscape.check(base, at: stop, to: end))
        }
        place = stop + 1
        return true
    }

    /// The next quote, backslash or control character.
    @inline(__always)
    private func textEnd(from start: Int) -> Int {
        var place = start
        while true {
            let word = ByteScan.word(base, place)
            let found =
                ByteScan.zeros(word ^ ByteScan.spread(.quote)) | ByteScan.zeros(word ^ ByteScan.spread(.backslash))
                | ByteScan.controls(word)
            if found != 0 { return place + ByteScan.lowest(found) }
            place += 8
        }
    }
}
