/// Writes JSON texts.
enum JSONText {
    /// Adds a text in quotes, with the escapes that it needs.
    static func append(quoted text: some Sequence<UInt8>, to output: inout [UInt8]) {
        output.append(.quote)
        for byte in text {
            switch byte {
            case .quote, .backslash: output += [.backslash, byte]
            case .lineFeed: output += "\\n".utf8
            case .carriageReturn: output += "\\r".utf8
            case .tab: output += "\\t".utf8
            case 0..<0x20: output += "\\u00".utf8 + [hexDigit(byte >> 4), hexDigit(byte & 15)]
            default: output.append(byte)
            }
        }
        output.append(.quote)
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { value + (value < 10 ? 0x30 : 0x57) }
}
