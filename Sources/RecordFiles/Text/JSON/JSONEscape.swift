/// The escapes in JSON texts.
enum JSONEscape {
    /// Checks the escape whose backslash stands at `start`; where the text goes on behind it.
    static func check(_ base: UnsafePointer<UInt8>, at start: Int, to end: Int) throws(JSONFault) -> Int {
        guard start + 1 < end else { throw JSONFault(.open, at: end) }
        switch base[start + 1] {
        case .quote, .backslash, UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            return start + 2
        case UInt8(ascii: "u"): return try checkUnit(base, at: start, to: end)
        default: throw JSONFault(.unknownEscape, at: start + 1)
        }
    }

    private static func checkUnit(_ base: UnsafePointer<UInt8>, at start: Int, to end: Int) throws(JSONFault) -> Int {
        let first = try unit(base, at: start + 2, to: end)
        guard (0xD800..<0xE000).contains(first) else { return start + 6 }
        guard first < 0xDC00, start + 7 < end, base[start + 6] == .backslash, base[start + 7] == UInt8(ascii: "u"),
            (0xDC00..<0xE000).contains(try unit(base, at: start + 8, to: end))
        else { throw JSONFault(.halfSurrogate, at: start + 2) }
        return start + 12
    }

    private static func unit(_ base: UnsafePointer<UInt8>, at start: Int, to end: Int) throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for place in start..<start + 4 {
            guard place < end, let digit = hexDigit(base[place]) else { throw JSONFault(.notHex, at: place) }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte) - 0x30
        case 0x41...0x46: UInt32(byte) - 0x37
        case 0x61...0x66: UInt32(byte) - 0x57
        default: nil
        }
    }

    /// Adds a checked text without its escapes.
    static func decode(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        var place = 0
        while place < text.count {
            guard text[place] == .backslash, place + 1 < text.count else {
                output.append(text[place])
                place += 1
                continue
            }
            let letter = text[place + 1]
            place += 2
            if letter == UInt8(ascii: "u") {
                output += UTF8.encode(scalar(text, &place)) ?? UTF8.encodedReplacementCharacter
            } else {
                output.append(meaning(letter))
            }
        }
    }

    private static func meaning(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): .lineFeed
        case UInt8(ascii: "r"): .carriageReturn
        case UInt8(ascii: "t"): .tab
        default: letter
        }
    }

    /// The character whose first four digits begin at `place`, which goes behind its last one.
    private static func scalar(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> Unicode.Scalar {
        var code = unit(text, &place)
        if (0xD800..<0xDC00).contains(code), place + 6 <= text.count {
            place += 2
            code = 0x10000 + (code - 0xD800) << 10 + (unit(text, &place) & 0x3FF)
        }
        return Unicode.Scalar(code) ?? "\u{FFFD}"
    }

    private static func unit(_ text: UnsafeBufferPointer<UInt8>, _ place: inout Int) -> UInt32 {
        var unit: UInt32 = 0
        for byte in text[place..<min(text.count, place + 4)] { unit = unit << 4 | (hexDigit(byte) ?? 0) }
        place = min(text.count, place + 4)
        return unit
    }
}
