extension StoredJSON {
    /// Reads a text that the store wrote; nil for anything else.
    init?(_ text: String) {
        var reader = StoredJSONReader(bytes: Array(text.utf8))
        guard let value = reader.value(), reader.isAtEnd else { return nil }
        self = value
    }
}

private struct StoredJSONReader {
    let bytes: [UInt8]
    private var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    mutating func value() -> StoredJSON? {
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "["): return list()
        case UInt8(ascii: "{"): return object()
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "n"): return skip("null") ? .null : nil
        case UInt8(ascii: "t"): return skip("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return skip("false") ? .bool(false) : nil
        default: return integer()
        }
    }

    private mutating func list() -> StoredJSON? {
        var items: [StoredJSON] = []
        guard skip("[") else { return nil }
        if skip("]") { return .list(items) }
        repeat {
            guard let item = value() else { return nil }
            items.append(item)
        } while skip(",")
        return skip("]") ? .list(items) : nil
    }

    private mutating func object() -> StoredJSON? {
        var members: [StoredJSON.Member] = []
        guard skip("{") else { return nil }
        if skip("}") { return .object(members) }
        repeat {
            guard let name = string(), skip(":"), let value = value() else { return nil }
            members.append(StoredJSON.Member(name: name, value: value))
        } while skip(",")
        return skip("}") ? .object(members) : nil
    }

    private mutating func integer() -> StoredJSON? {
        let start = position
        while position < bytes.count, bytes[position] == UInt8(ascii: "-") || (48...57).contains(bytes[position]) {
            position += 1
        }
        return Int64(String(decoding: bytes[start..<position], as: UTF8.self)).map { .integer($0) }
    }

    private mutating func string() -> String? {
        guard skip("\"") else { return nil }
        var content: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                guard let byte = escape() else { return nil }
                content.append(byte)
            } else {
                content.append(bytes[position])
                position += 1
            }
        }
        return skip("\"") ? String(decoding: content, as: UTF8.self) : nil
    }

    private mutating func escape() -> UInt8? {
        if skip("\\\"") { return UInt8(ascii: "\"") }
        if skip("\\\\") { return UInt8(ascii: "\\") }
        if skip("\\n") { return UInt8(ascii: "\n") }
        guard skip("\\u00"), position + 2 <= bytes.count else { return nil }
        defer { position += 2 }
        return UInt8(String(decoding: bytes[position..<position + 2], as: UTF8.self), radix: 16)
    }

    private mutating func skip(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { expected in
            guard bytes.count - position >= expected.count,
                expected.indices.allSatisfy({ bytes[position + $0] == expected[$0] })
            else { return false }
            position += expected.count
            return true
        }
    }
}
