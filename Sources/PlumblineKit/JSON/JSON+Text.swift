extension JSON {
    /// The value as compact JSON text: no spaces, members in their order, characters beyond ASCII as they are.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// `text` in UTF-8.
    public var bytes: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    private func append(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .bool(let value): output += (value ? "true" : "false").utf8
        case .number(let text): output += text.utf8
        case .string(let text): Self.append(quoted: text, to: &output)
        case .array(let elements): Self.append(elements, between: ("[", "]"), to: &output) { $0.append(to: &$1) }
        case .object(let object):
            Self.append(object.members, between: ("{", "}"), to: &output) { member, output in
                Self.append(quoted: member.key, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.append(to: &output)
            }
        }
    }

    private static func append<Item>(
        _ items: [Item], between brackets: (Unicode.Scalar, Unicode.Scalar), to output: inout [UInt8],
        appending: (Item, inout [UInt8]) -> Void
    ) {
        output.append(UInt8(ascii: brackets.0))
        var isFirst = true
        for item in items {
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            appending(item, &output)
        }
        output.append(UInt8(ascii: brackets.1))
    }

    private static func append(quoted text: String, to output: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): output += [UInt8(ascii: "\\"), byte]
            case 0x0A: output += "\\n".utf8
            case 0x0D: output += "\\r".utf8
            case 0x09: output += "\\t".utf8
            case 0..<0x20: output += "\\u00".utf8 + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension JSON: CustomStringConvertible, CustomDebugStringConvertible {
    /// As `text`.
    public var description: String { text }
    /// As `text`.
    public var debugDescription: String { text }
}
