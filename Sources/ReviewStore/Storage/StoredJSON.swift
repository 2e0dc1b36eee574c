/// The little JSON that columns hold: lists, spans and audit details, in one fixed form without spaces.
///
/// Numbers are integers; exact decimals are texts.
indirect enum StoredJSON: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case list([StoredJSON])
    case object([Member])

    struct Member: Sendable, Hashable {
        let name: String
        let value: StoredJSON
    }

    /// A list of texts.
    static func strings(_ strings: [String]) -> StoredJSON { .list(strings.map { .string($0) }) }

    /// An object with its names in ascending order, so that equal contents have equal texts.
    static func object(_ members: [String: StoredJSON]) -> StoredJSON {
        .object(members.sorted { $0.key < $1.key }.map { Member(name: $0.key, value: $0.value) })
    }

    /// Reads a list of texts as a column holds it.
    static func strings(stored text: String) throws(StoreError) -> [String] {
        guard case .list(let items)? = StoredJSON(text) else { throw damagedList }
        var strings: [String] = []
        for item in items {
            guard case .string(let text) = item else { throw damagedList }
            strings.append(text)
        }
        return strings
    }

    /// Says nothing of the contents, which may be a person's.
    private static let damagedList = StoreError.damaged(reason: "a list of texts is not as it was written")

    /// The member of an object; null where there is none.
    subscript(name: String) -> StoredJSON {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }

    /// The texts of a list of texts.
    var strings: [String] {
        guard case .list(let items) = self else { return [] }
        return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension StoredJSON {
    /// The JSON text.
    var text: String {
        var bytes: [UInt8] = []
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let bool): bytes += (bool ? "true" : "false").utf8
        case .integer(let integer): bytes += String(integer).utf8
        case .string(let text): Self.write(text, to: &bytes)
        case .list(let items):
            Self.write(items, between: ("[", "]"), to: &bytes) { $0.write(to: &$1) }
        case .object(let members):
            Self.write(members, between: ("{", "}"), to: &bytes) { member, bytes in
                Self.write(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(to: &bytes)
            }
        }
    }

    private static func write<Item>(
        _ items: [Item], between brackets: (Unicode.Scalar, Unicode.Scalar), to bytes: inout [UInt8],
        each: (Item, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: brackets.0))
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            each(item, &bytes)
        }
        bytes.append(UInt8(ascii: brackets.1))
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
