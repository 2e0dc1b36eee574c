/// A number of a workbook: a coefficient of at most 18 digits and a power of ten.
///
/// Excel computes in doubles and writes 17 digits, of which it shows 15: what people see as 0.3 may be written as
/// 0.30000000000000004. Numbers are therefore rounded to 15 significant digits, half away from zero; whole numbers that
/// are written out are kept to the last digit.
struct DecimalText {
    private(set) var isNegative = false
    private(set) var coefficient: UInt64 = 0
    private(set) var exponent = 0
    /// How many digits were written, from the first that is not zero.
    private var digits = 0
    private var isWhole = true

    private static let mostDigits = 400

    /// Nil where the bytes are no number.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var place = 0
        func peek() -> UInt8 { place < bytes.count ? bytes[place] : 0 }
        if peek() == UInt8(ascii: "-") || peek() == UInt8(ascii: "+") {
            isNegative = peek() == UInt8(ascii: "-")
            place += 1
        }
        let start = place
        while let digit = Self.digit(peek()) {
            take(digit)
            place += 1
        }
        var written = place - start
        if peek() == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            let point = place
            while let digit = Self.digit(peek()) {
                take(digit)
                exponent -= 1
                place += 1
            }
            written += place - point
        }
        guard written > 0, written <= Self.mostDigits else { return nil }
        if peek() | 0x20 == UInt8(ascii: "e") {
            guard let power = Self.power(bytes, after: place) else { return nil }
            exponent += power
            isWhole = false
        } else if place < bytes.count {
            return nil
        }
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        byte &- 48 < 10 ? UInt64(byte &- 48) : nil
    }

    private mutating func take(_ digit: UInt64) {
        if digits >= 18 {
            exponent += 1
            digits += 1
        } else if digits > 0 || digit > 0 {
            coefficient = coefficient * 10 + digit
            digits += 1
        }
    }

    /// The exponent that follows the letter at `place`; nil where none does.
    private static func power(_ bytes: UnsafeBufferPointer<UInt8>, after place: Int) -> Int? {
        var rest = bytes[(place + 1)...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        guard 1...4 ~= rest.count else { return nil }
        var power = 0
        for byte in rest {
            guard let digit = digit(byte) else { return nil }
            power = power * 10 + Int(digit)
        }
        return isNegative ? -power : power
    }
}

extension DecimalText {
    /// Appends the number in the syntax of JSON; false where the bytes are no number, or one that no double holds.
    static func append(_ bytes: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) -> Bool {
        if isPlain(bytes) {
            text.append(contentsOf: bytes)
            return true
        }
        guard var number = DecimalText(bytes), abs(number.exponent + number.digits) <= 330 else { return false }
        if number.isWhole, number.digits > 15 {
            if number.isNegative { text.append(UInt8(ascii: "-")) }
            text.append(contentsOf: bytes.drop { !(UInt8(ascii: "1")...UInt8(ascii: "9") ~= $0) })
        } else {
            number.round()
            number.write(to: &text)
        }
        return true
    }

    /// Whether the bytes are a whole number that needs no change.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard 1...15 ~= bytes.count, bytes[0] != UInt8(ascii: "0") || bytes.count == 1 else { return false }
        return bytes.allSatisfy { $0 &- 48 < 10 }
    }

    /// Leaves 15 significant digits and no zeros behind them.
    private mutating func round() {
        let surplus = min(digits, 18) - 15
        if surplus > 0 {
            let power = Self.power(of: surplus)
            coefficient = (coefficient + power / 2) / power
            exponent += surplus
        }
        while coefficient > 0, coefficient % 10 == 0 {
            coefficient /= 10
            exponent += 1
        }
    }

    private func write(to text: inout [UInt8]) {
        guard coefficient > 0 else { return text.append(UInt8(ascii: "0")) }
        if isNegative { text.append(UInt8(ascii: "-")) }
        let digits = Array(String(coefficient).utf8)
        let point = digits.count + exponent
        switch point {
        case digits.count...21:
            text.append(contentsOf: digits)
            text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: exponent))
        case 1...21:
            text.append(contentsOf: digits[..<point])
            text.append(UInt8(ascii: "."))
            text.append(contentsOf: digits[point...])
        case -6...0:
            text.append(contentsOf: "0.".utf8)
            text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: -point))
            text.append(contentsOf: digits)
        default:
            text.append(digits[0])
            if digits.count > 1 { text.append(UInt8(ascii: ".")) }
            text.append(contentsOf: digits[1...])
            text.append(contentsOf: "e\(point - 1)".utf8)
        }
    }

    /// Ten to the power of 0 to 19.
    static func power(of exponent: Int) -> UInt64 {
        (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}
