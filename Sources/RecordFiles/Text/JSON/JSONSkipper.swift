/// Finds the end of a JSON value by its brackets and quotes alone, however long it is.
struct JSONSkipper {
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    private var isInScalar = false

    /// Behind the value; nil when it does not end before `end`.
    mutating func skip(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var quotes = ByteFinder(.quote)
        var escapes = ByteFinder(.backslash)
        var next = start
        while next < end {
            if isInText, !isEscaped {
                next = min(quotes.next(base, from: next, to: end), escapes.next(base, from: next, to: end))
                guard next < end else { return nil }
            }
            let (place, byte) = (next, base[next])
            next += 1
            if isInText {
                guard endsText(byte) else { continue }
                if depth == 0 { return place + 1 }
            } else if isInScalar, depth == 0, Self.isBehindScalar(byte) {
                return place
            } else {
                switch byte {
                case .quote: isInText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth <= 0 { return place + 1 }
                default: isInScalar = !JSONScanner.isSpace(byte)
                }
            }
        }
        return nil
    }

    private mutating func endsText(_ byte: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if byte == .backslash {
            isEscaped = true
        } else if byte == .quote {
            isInText = false
            return true
        }
        return false
    }

    private static func isBehindScalar(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || JSONScanner.isSpace(byte)
    }
}
