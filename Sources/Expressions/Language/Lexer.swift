/// Splits the text of an expression into tokens.
struct Lexer {
    let source: String
    let bytes: [UInt8]
    var position = 0

    private static let longSymbols = ["&&", "||", "==", "!=", "<=", ">="]
    private static let shortSymbols = Set("()[]{},.?:+-*/%!<>".utf8)

    init(_ source: String) {
        self.source = source
        bytes = Array(source.utf8)
    }

    /// All tokens of `source`; the last is ``Token/end``.
    static func tokens(of source: String) throws(ExpressionError) -> [PlacedToken] {
        var lexer = Lexer(source)
        var tokens: [PlacedToken] = []
        repeat {
            tokens.append(try lexer.next())
        } while tokens[tokens.count - 1].token != .end
        return tokens
    }

    mutating func next() throws(ExpressionError) -> PlacedToken {
        skipBlanks()
        let start = position
        guard let byte = peek() else { return PlacedToken(token: .end, offset: start) }
        return PlacedToken(token: try token(startingWith: byte), offset: start)
    }

    private mutating func token(startingWith byte: UInt8) throws(ExpressionError) -> Token {
        if let literal = try quotedLiteral() { return literal }
        if byte.isNameStart { return word() }
        if byte.isDigit || (byte == UInt8(ascii: ".") && peek(1)?.isDigit == true) { return try number() }
        if byte == UInt8(ascii: "`") { return try backquoted() }
        return try symbol()
    }

    private mutating func word() -> Token {
        let name = take { $0.isNamePart }
        return name == "in" ? .symbol(name) : .identifier(name)
    }

    private mutating func symbol() throws(ExpressionError) -> Token {
        let pair = String(decoding: bytes[position..<min(position + 2, bytes.count)], as: UTF8.self)
        if Lexer.longSymbols.contains(pair) {
            position += 2
            return .symbol(pair)
        }
        guard Lexer.shortSymbols.contains(bytes[position]) else { throw unexpectedCharacter() }
        position += 1
        return .symbol(String(UnicodeScalar(bytes[position - 1])))
    }

    private func unexpectedCharacter() -> ExpressionError {
        let rest = Substring(decoding: bytes[position...], as: UTF8.self).unicodeScalars
        let character = rest.first.map { String($0) } ?? ""
        let name = Substring(rest.prefix(while: \.properties.isXIDContinue))
        let otherName = name.isEmpty ? nil : "write source['\(name)']"
        let hint = (Lexer.hints[character] ?? otherName).map { "; \($0)" } ?? ""
        return error("unexpected character '\(character)'\(hint)", at: position)
    }

    private static let hints = ["=": "equality is ==", "&": "and is &&", "|": "or is ||"]

    /// A field name in backquotes.
    private mutating func backquoted() throws(ExpressionError) -> Token {
        let start = position
        position += 1
        let name = take { $0.isNamePart || Lexer.quotedNameBytes.contains($0) }
        guard peek() == UInt8(ascii: "`"), !name.isEmpty else {
            throw error("a name in backquotes has letters, digits, '_', '.', '-', '/' and blanks", at: start)
        }
        position += 1
        return .quoted(name)
    }

    private static let quotedNameBytes = Set(".-/ ".utf8)

    private mutating func skipBlanks() {
        while let byte = peek() {
            if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                while let byte = peek(), byte != UInt8(ascii: "\n") { position += 1 }
            } else if byte == 32 || (9...13).contains(byte) {
                position += 1
            } else {
                return
            }
        }
    }

    func peek(_ distance: Int = 0) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    /// The bytes from here on for which `condition` holds.
    mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek(), condition(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    func error(_ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(message, at: offset, in: source)
    }
}

extension UInt8 {
    var isDigit: Bool { (48...57).contains(self) }
    var isLetter: Bool { (65...90).contains(self) || (97...122).contains(self) }
    var isNameStart: Bool { isLetter || self == UInt8(ascii: "_") }
    var isNamePart: Bool { isNameStart || isDigit }

    /// The value of a hexadecimal digit.
    var hexDigit: UInt32? {
        switch self {
        case 48...57: UInt32(self) - 48
        case 65...70: UInt32(self) - 55
        case 97...102: UInt32(self) - 87
        default: nil
        }
    }
}
