extension Lexer {
    /// The literal of a string or of bytes that begins here; nil where none does.
    mutating func quotedLiteral() throws(ExpressionError) -> Token? {
        guard let form = QuotedForm(at: bytes[position...]) else { return nil }
        let start = position
        position += form.prefixLength + form.quote.count
        var content: [UInt8] = []
        while !closes(form) {
            try takeCharacter(form, into: &content, start)
        }
        position += form.quote.count
        return form.isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
    }

    private func closes(_ form: QuotedForm) -> Bool {
        bytes[position...].starts(with: form.quote)
    }

    private mutating func takeCharacter(
        _ form: QuotedForm, into content: inout [UInt8], _ start: Int
    ) throws(ExpressionError) {
        guard let byte = peek() else { throw error("the string that begins here has no end", at: start) }
        if !form.isTriple, byte == 10 || byte == 13 {
            throw error("the string that begins here has no end on its line", at: start)
        }
        if byte == UInt8(ascii: "\\"), !form.isRaw {
            try takeEscape(form, into: &content)
        } else {
            content.append(byte)
            position += 1
        }
    }

    private mutating func takeEscape(_ form: QuotedForm, into content: inout [UInt8]) throws(ExpressionError) {
        let start = position
        guard let mark = peek(1) else { throw error("the escape has no end", at: start) }
        if let plain = Lexer.plainEscapes[mark] {
            content.append(plain)
            position += 2
            return
        }
        let code = try escapedCode(mark, form.isBytes)
        if form.isBytes {
            guard code < 256 else { throw error("the escape is more than one byte", at: start) }
            content.append(UInt8(code))
            return
        }
        guard let scalar = Unicode.Scalar(code) else { throw error("the escape names no character", at: start) }
        content.append(contentsOf: String(scalar).utf8)
    }

    /// Reads an escape that names a number, from its backslash on.
    private mutating func escapedCode(_ mark: UInt8, _ isBytes: Bool) throws(ExpressionError) -> UInt32 {
        switch mark {
        case UInt8(ascii: "x"), UInt8(ascii: "X"): try code(skipping: 2, digits: 2, radix: 16)
        case UInt8(ascii: "u") where !isBytes: try code(skipping: 2, digits: 4, radix: 16)
        case UInt8(ascii: "U") where !isBytes: try code(skipping: 2, digits: 8, radix: 16)
        case UInt8(ascii: "0")...UInt8(ascii: "3"): try code(skipping: 1, digits: 3, radix: 8)
        default: throw error("unknown escape; a backslash itself is written \\\\", at: position)
        }
    }

    private mutating func code(skipping: Int, digits: Int, radix: UInt32) throws(ExpressionError) -> UInt32 {
        var code: UInt32 = 0
        for distance in skipping..<(skipping + digits) {
            guard let digit = peek(distance)?.hexDigit, digit < radix else {
                throw error("the escape needs \(digits) digits", at: position)
            }
            code = code &* radix &+ digit
        }
        position += skipping + digits
        return code
    }

    private static let plainEscapes: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92,
        UInt8(ascii: "?"): 63, UInt8(ascii: "\""): 34, UInt8(ascii: "'"): 39, UInt8(ascii: "`"): 96,
    ]
}

/// How a literal is quoted: with one or three quotes, raw, bytes.
private struct QuotedForm {
    var isRaw = false
    var isBytes = false
    var prefixLength = 0
    let quote: [UInt8]

    var isTriple: Bool { quote.count == 3 }

    init?(at text: ArraySlice<UInt8>) {
        var rest = text
        while prefixLength < 2, let letter = rest.first {
            if letter | 32 == UInt8(ascii: "r"), !isRaw {
                isRaw = true
            } else if letter | 32 == UInt8(ascii: "b"), !isBytes, !isRaw {
                isBytes = true
            } else {
                break
            }
            rest = rest.dropFirst()
            prefixLength += 1
        }
        guard let mark = rest.first, mark == UInt8(ascii: "'") || mark == UInt8(ascii: "\"") else { return nil }
        let triple = [mark, mark, mark]
        quote = rest.starts(with: triple) ? triple : [mark]
    }
}
