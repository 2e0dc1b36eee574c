extension JSON {
    /// Reads one JSON value (RFC 8259) that fills `bytes`, white space apart.
    ///
    /// Strict: no comments, no trailing commas, no second value, no key twice in one object, no broken UTF-8, no lone
    /// surrogate, and at most `depth` brackets inside each other.
    public static func parse(_ bytes: [UInt8], depth: Int = 128) throws(JSONSyntaxError) -> JSON {
        try parse(bytes[...], depth: depth)
    }

    /// Reads a slice, as from a file of many values; offsets in errors count from the slice's start.
    public static func parse(_ bytes: ArraySlice<UInt8>, depth: Int = 128) throws(JSONSyntaxError) -> JSON {
        let result = bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(bytes: buffer, depth: depth)
            do throws(JSONSyntaxError) {
                return Result<JSON, JSONSyntaxError>.success(try parser.document())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}

/// A recursive descent over bytes. Lives only inside `JSON.parse`, which keeps the buffer alive.
private struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    var depth: Int
    var place = 0

    mutating func document() throws(JSONSyntaxError) -> JSON {
        let value = try value()
        skipSpace()
        guard place == bytes.count else { throw fault("expected the end after the value, got \(seen)") }
        return value
    }

    private mutating func value() throws(JSONSyntaxError) -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"): return .number(try number())
        default:
            guard isDigit else { throw fault("expected a value, got \(seen)") }
            return .number(try number())
        }
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONObject {
        try descend()
        var members: [JSONObject.Member] = []
        if take(UInt8(ascii: "}")) { return leave(JSONObject()) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("expected a key in quotes, got \(seen)") }
            let start = place
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw fault("expected ':' after the key, got \(seen)") }
            members.append(JSONObject.Member(key: key, value: try value()))
            if isRepeated(members) { throw fault("this key stands in the object twice", at: start) }
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("expected ',' or '}', got \(seen)") }
        if members.count > Self.fewMembers { try checkDistinct(members) }
        return leave(JSONObject(distinct: members))
    }

    private mutating func array() throws(JSONSyntaxError) -> [JSON] {
        try descend()
        var elements: [JSON] = []
        if take(UInt8(ascii: "]")) { return leave(elements) }
        repeat {
            elements.append(try value())
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("expected ',' or ']', got \(seen)") }
        return leave(elements)
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONSyntaxError) -> JSON {
        let length = word.utf8CodeUnitCount
        guard place + length <= bytes.count,
            (0..<length).allSatisfy({ bytes[place + $0] == word.utf8Start[$0] })
        else { throw fault("expected a value, got an unknown word") }
        place += length
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> String {
        let start = place
        if next == UInt8(ascii: "-") { place += 1 }
        if next == UInt8(ascii: "0") {
            place += 1
            if isDigit { throw fault("a number does not begin with 0") }
        } else {
            try digits()
        }
        if next == UInt8(ascii: ".") {
            place += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            try digits()
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard isDigit else { throw fault("expected a digit, got \(seen)") }
        while isDigit { place += 1 }
    }

    private mutating func string() throws(JSONSyntaxError) -> String {
        place += 1
        let start = place
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
        guard next != UInt8(ascii: "\"") else {
            defer { place += 1 }
            return try text(UnsafeBufferPointer(rebasing: bytes[start..<place]), at: start)
        }
        var content = Array(bytes[start..<place])
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw fault("a control character in a text must be written as an escape") }
            place += 1
            if byte == UInt8(ascii: "\\") { try escape(into: &content) } else { content.append(byte) }
        }
        guard next != nil else { throw fault("the text is not closed") }
        place += 1
        return try content.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in try text(buffer, at: start) }
    }

    private func text(_ buffer: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONSyntaxError) -> String {
        guard let text = String(validating: buffer, as: UTF8.self) else {
            throw fault("the text is not valid UTF-8", at: start)
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONSyntaxError) {
        guard let byte = next else { throw fault("the text is not closed") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content += Array(String(Character(try scalar())).utf8)
        default: throw fault("unknown escape", at: place - 1)
        }
    }

    /// The character of one `\u` escape, or of the two that make up a surrogate pair.
    private mutating func scalar() throws(JSONSyntaxError) -> Unicode.Scalar {
        let start = place
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        if unit < 0xDC00, next == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u") {
            place += 2
            let low = try codeUnit()
            if (0xDC00...0xDFFF).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            {
                return scalar
            }
        }
        throw fault("half of a surrogate pair", at: start)
    }

    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("expected four hexadecimal digits after \\u")
            }
            unit = unit << 4 | UInt32(digit)
            place += 1
        }
        return unit
    }
}

extension JSONParser {
    /// Up to this many members, keys are compared one by one.
    private static let fewMembers = 16

    /// Whether the last key of a small object stood there before; large objects are checked once, at their end.
    private func isRepeated(_ members: [JSONObject.Member]) -> Bool {
        guard members.count <= Self.fewMembers, let last = members.last else { return false }
        return members.dropLast().contains { $0.key == last.key }
    }

    private func checkDistinct(_ members: [JSONObject.Member]) throws(JSONSyntaxError) {
        if Set(members.lazy.map(\.key)).count < members.count {
            throw fault("a key stands twice in the object that ends here")
        }
    }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private var isDigit: Bool { next.map { (0x30...0x39).contains($0) } ?? false }

    private var seen: String {
        guard let byte = next else { return "the end" }
        return (0x21...0x7E).contains(byte) ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        place += 1
        return true
    }

    private mutating func descend() throws(JSONSyntaxError) {
        guard depth > 0 else { throw fault("brackets are nested too deeply") }
        depth -= 1
        place += 1
    }

    private mutating func leave<Value>(_ value: Value) -> Value {
        depth += 1
        return value
    }

    private func fault(_ message: String, at offset: Int? = nil) -> JSONSyntaxError {
        let offset = offset ?? place
        let before = bytes[..<offset]
        let line = before.count { $0 == 0x0A } + 1
        let column = offset - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return JSONSyntaxError(offset: offset, line: line, column: column, message: message)
    }
}
