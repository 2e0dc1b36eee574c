extension StandardLibrary {
    static func addEncoders(to table: inout FunctionTable) {
        table.add("base64.encode") { (bytes: Bytes) in Base64.encode(bytes.content) }
        table.add("base64.decode") { (text: String) throws(EvaluationError) in
            guard let bytes = Base64.decode(text) else {
                throw .invalidArgument(zh: "文本不是 base64", en: "the text is no base64")
            }
            return Bytes(bytes)
        }
    }
}

/// Base64 with the standard alphabet.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The padded text.
    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let isPadding = position > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * position) & 63)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes of a text with or without padding; nil for any other text.
    static func decode(_ text: String) -> [UInt8]? {
        var digits = Substring(text)
        for _ in 0..<2 where digits.utf8.count % 4 != 1 && digits.last == "=" { digits.removeLast() }
        guard digits.utf8.count % 4 != 1 else { return nil }
        var (bytes, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        for character in digits.utf8 {
            guard let digit = digit(character) else { return nil }
            bits = bits << 6 | digit
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }

    private static func digit(_ character: UInt8) -> UInt32? {
        switch character {
        case 65...90: UInt32(character) - 65
        case 97...122: UInt32(character) - 71
        case 48...57: UInt32(character) + 4
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
