extension Lexer {
    mutating func number() throws(ExpressionError) -> Token {
        let start = position
        if let hexadecimal = try hexadecimal() { return hexadecimal }
        var text = take { $0.isDigit }
        let isDouble = takeFraction(&text) || takeExponent(&text)
        if isDouble {
            _ = takeExponent(&text)
            guard let double = Double(text), double.isFinite else {
                throw error("the number does not fit a double", at: start)
            }
            return .double(double)
        }
        return try whole(UInt64(text), from: start)
    }

    private mutating func hexadecimal() throws(ExpressionError) -> Token? {
        guard peek() == UInt8(ascii: "0"), let mark = peek(1), mark | 32 == UInt8(ascii: "x") else { return nil }
        guard peek(2)?.hexDigit != nil else { return nil }
        let start = position
        position += 2
        return try whole(UInt64(take { $0.hexDigit != nil }, radix: 16), from: start)
    }

    private mutating func whole(_ number: UInt64?, from start: Int) throws(ExpressionError) -> Token {
        let isUnsigned = peek().map { $0 | 32 == UInt8(ascii: "u") } ?? false
        if isUnsigned { position += 1 }
        guard let number else { throw error("the number does not fit 64 bits", at: start) }
        return isUnsigned ? .uint(number) : .int(number)
    }

    private mutating func takeFraction(_ text: inout String) -> Bool {
        guard peek() == UInt8(ascii: "."), peek(1)?.isDigit == true else { return false }
        position += 1
        text = (text.isEmpty ? "0" : text) + "." + take { $0.isDigit }
        return true
    }

    private mutating func takeExponent(_ text: inout String) -> Bool {
        guard let mark = peek(), mark | 32 == UInt8(ascii: "e") else { return false }
        let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
        guard peek(signed ? 2 : 1)?.isDigit == true else { return false }
        let sign = signed && peek(1) == UInt8(ascii: "-") ? "-" : ""
        position += signed ? 2 : 1
        text += "e" + sign + take { $0.isDigit }
        return true
    }
}
