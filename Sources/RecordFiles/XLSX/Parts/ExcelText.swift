/// The escapes by which workbooks write characters that XML cannot hold: `_x000D_` is a carriage return.
///
/// - Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
enum ExcelText {
    private static let underscore = UInt8(ascii: "_")

    /// Decodes the escapes from `start` on, in place.
    static func decode(_ bytes: inout [UInt8], from start: Int) {
        guard var read = bytes[start...].firstIndex(of: underscore) else { return }
        var written = read
        while read < bytes.count {
            if let unit = escape(bytes, at: read) {
                read += 7
                var scalar = Unicode.Scalar(unit)
                if UTF16.isLeadSurrogate(unit), let trail = escape(bytes, at: read), UTF16.isTrailSurrogate(trail) {
                    scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(trail) - 0xDC00))
                    read += 7
                }
                // Half a pair and NUL are no text: they show as what they are, not readable.
                let shown = scalar.flatMap { $0.value == 0 ? nil : $0 } ?? "\u{FFFD}"
                for byte in UTF8.encode(shown) ?? UTF8.encodedReplacementCharacter {
                    bytes[written] = byte
                    written += 1
                }
            } else {
                bytes[written] = bytes[read]
                written += 1
                read += 1
            }
        }
        bytes.removeLast(bytes.count - written)
    }

    /// The UTF-16 unit of an escape that stands here.
    private static func escape(_ bytes: [UInt8], at place: Int) -> UInt16? {
        guard place + 7 <= bytes.count, bytes[place] == underscore, bytes[place + 6] == underscore,
            bytes[place + 1] == UInt8(ascii: "x")
        else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[(place + 2)..<(place + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
