/// Cuts a start tag into its name and attributes.
struct XMLTagScan {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private var place = 0

    private static let mostAttributes = 256

    /// Of a tag without its brackets.
    init(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The element's name; nil where there is none.
    mutating func name() -> UnsafeBufferPointer<UInt8>? {
        let start = place
        guard place < bytes.count, Self.beginsName(bytes[place]) else { return nil }
        while place < bytes.count, Self.isName(bytes[place]) { place += 1 }
        return UnsafeBufferPointer(rebasing: UnsafeBufferPointer(bytes)[start..<place])
    }

    /// Reads the attributes; false where they are not well-formed or one is there twice.
    mutating func attributes(_ list: inout [XMLAttribute]) -> Bool {
        list.removeAll(keepingCapacity: true)
        while place < bytes.count {
            let space = place
            skipSpace()
            guard place < bytes.count else { return true }
            guard space < place, list.count < Self.mostAttributes, let attribute = attribute() else { return false }
            guard !list.contains(where: { $0.name == attribute.name }) else { return false }
            list.append(attribute)
        }
        return true
    }

    private mutating func attribute() -> XMLAttribute? {
        guard let name = name(), let start = name.baseAddress else { return nil }
        skipSpace()
        guard place < bytes.count, bytes[place] == UInt8(ascii: "=") else { return nil }
        place += 1
        skipSpace()
        guard place < bytes.count, case let quote = bytes[place], quote == 34 || quote == 39 else { return nil }
        place += 1
        let first = place
        var hasEntity = false
        while place < bytes.count, bytes[place] != quote {
            hasEntity = hasEntity || bytes[place] == UInt8(ascii: "&")
            guard bytes[place] != UInt8(ascii: "<") else { return nil }
            place += 1
        }
        guard place < bytes.count, let base = bytes.baseAddress else { return nil }
        var count = place - first
        place += 1
        if hasEntity {
            guard let decoded = XMLEntity.decode(UnsafeMutableBufferPointer(start: base + first, count: count)) else {
                return nil
            }
            count = decoded
        }
        return XMLAttribute(
            name: XMLName(start, count: name.count), value: XMLValue(start: UnsafePointer(base + first), count: count))
    }

    private mutating func skipSpace() {
        while place < bytes.count, bytes[place] <= 32 { place += 1 }
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte >= 0x80
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte > 62 || (byte > 44 && byte != 47 && byte < 59)
    }
}

/// The five entities of XML, and characters by number.
enum XMLEntity {
    /// The character of an entity, without `&` and `;`; nil where there is none.
    static func scalar(_ name: some Collection<UInt8>) -> Unicode.Scalar? {
        let text = String(decoding: name, as: UTF8.self)
        switch text {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard text.hasPrefix("#"), !text.contains("+"), !text.contains("-") else { return nil }
            let value = text.hasPrefix("#x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text.dropFirst())
            return value.flatMap(Unicode.Scalar.init).flatMap { isXML($0) ? $0 : nil }
        }
    }

    /// Decodes all entities in place and returns the length that is left; nil where one is unknown.
    static func decode(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Int? {
        var (read, written) = (0, 0)
        while read < bytes.count {
            guard bytes[read] == UInt8(ascii: "&") else {
                bytes[written] = bytes[read]
                (read, written) = (read + 1, written + 1)
                continue
            }
            let name = bytes[(read + 1)...].prefix(12).prefix { $0 != UInt8(ascii: ";") }
            guard name.endIndex < bytes.count, bytes[name.endIndex] == UInt8(ascii: ";"), let scalar = scalar(name)
            else {
                return nil
            }
            read = name.endIndex + 1
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                bytes[written] = byte
                written += 1
            }
        }
        return written
    }

    private static func isXML(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 32 ? scalar.value != 0xFFFE && scalar.value != 0xFFFF : [9, 10, 13].contains(scalar.value)
    }
}
