internal import BigInt

extension Rational: CustomStringConvertible {
    /// The digits, and the power of ten they are multiplied by, that ``init(decimalText:)`` accepts at most.
    static let longestDecimalText = 1_000

    /// The number written as `-12.50` or `1e3`; nil for any other text, and for one with more than 1,000
    /// digits or a power of ten beyond 1,000.
    public init?(decimalText: some StringProtocol) {
        if let short = Self.short(decimalText) {
            self = short
            return
        }
        guard let parsed = DecimalText(decimalText) else { return nil }
        if let digits = Int64(parsed.digits), abs(parsed.exponent) <= 18 {
            let power = powerOfTen(abs(parsed.exponent))
            self.init(
                reducing: Int128(digits) * (parsed.exponent > 0 ? power : 1),
                parsed.exponent < 0 ? power : 1)
            return
        }
        guard let digits = BigInt(parsed.digits) else { return nil }
        let power = BigInt(10).power(abs(parsed.exponent))
        self.init(reducing: parsed.exponent > 0 ? digits * power : digits, parsed.exponent < 0 ? power : 1)
    }

    /// The number of a text of digits with at most one point among them, as nearly all are; nil for any other.
    private static func short(_ text: some StringProtocol) -> Rational? {
        let utf8 = text.utf8
        guard utf8.count <= 18 else { return nil }
        var (digits, fraction, hasPoint) = (Int64(0), 0, false)
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits = digits * 10 + Int64(byte - UInt8(ascii: "0"))
                if hasPoint { fraction += 1 }
            case UInt8(ascii: ".") where !hasPoint && utf8.first != byte: hasPoint = true
            default: return nil
            }
        }
        guard !utf8.isEmpty, !hasPoint || fraction > 0 else { return nil }
        if fraction == 0 { return Rational(digits) }
        return Rational(reducing: digits, Int64(powerOfTen(fraction)))
    }

    /// The number as decimal text with always `digits` fraction digits, rounded half away from zero: `2.35`, `-0.50`.
    ///
    /// What rounds to zero has no sign.
    public func rounded(toDigits digits: Int) -> String {
        let digits = max(0, digits)
        let negative = signum < 0
        let text = scaledMagnitude(digits)
        let isZero = text.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
        return (negative && !isZero ? "-" : "") + Rational.pointed(text, digits)
    }

    /// The shortest exact text: `3`, `2.5`, and `1/3` where no decimal is exact.
    public var description: String {
        guard let digits = fractionDigits else { return numeratorText + "/" + denominatorText }
        return rounded(toDigits: digits)
    }

    /// How many fraction digits write the number exactly; nil where none do.
    private var fractionDigits: Int? {
        var rest = big.denominator
        var (twos, fives) = (0, 0)
        while rest % 2 == 0 { (rest, twos) = (rest / 2, twos + 1) }
        while rest % 5 == 0 { (rest, fives) = (rest / 5, fives + 1) }
        return rest == 1 ? max(twos, fives) : nil
    }

    /// The digits of |self| * 10^digits, rounded half up.
    private func scaledMagnitude(_ digits: Int) -> String {
        if case .small(let numerator, let denominator) = storage, digits <= 18 {
            let twice = Int128(numerator.magnitude) * powerOfTen(digits) * 2
            return ((twice + Int128(denominator)) / (2 * Int128(denominator))).description
        }
        let (numerator, denominator) = big
        let twice = BigInt(numerator.magnitude) * BigInt(10).power(digits) * 2
        return ((twice + denominator) / (2 * denominator)).description
    }

    /// The digits with a point before the last `fraction` of them.
    static func pointed(_ digits: String, _ fraction: Int) -> String {
        guard fraction > 0 else { return digits }
        let padded = String(repeating: "0", count: max(0, fraction + 1 - digits.utf8.count)) + digits
        return padded.dropLast(fraction) + "." + padded.suffix(fraction)
    }
}

/// 10 to a power of at most 18.
private func powerOfTen(_ exponent: Int) -> Int128 {
    var power: Int128 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
}

/// The parts of a decimal text: all digits with the sign, and the power of ten they are multiplied by.
private struct DecimalText {
    var digits = ""
    var exponent = 0

    init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        if rest.first == "-" || rest.first == "+" { digits = rest.removeFirst() == "-" ? "-" : "" }
        let whole = DecimalText.digits(&rest)
        guard !whole.isEmpty else { return nil }
        digits += whole
        guard readFraction(&rest), readExponent(&rest), rest.isEmpty else { return nil }
        guard digits.utf8.count <= Rational.longestDecimalText else { return nil }
        guard abs(exponent) <= Rational.longestDecimalText else { return nil }
    }

    private mutating func readFraction(_ rest: inout Substring) -> Bool {
        guard rest.first == "." else { return true }
        rest.removeFirst()
        let fraction = DecimalText.digits(&rest)
        digits += fraction
        exponent = -fraction.utf8.count
        return !fraction.isEmpty
    }

    private mutating func readExponent(_ rest: inout Substring) -> Bool {
        guard rest.first == "e" || rest.first == "E" else { return true }
        rest.removeFirst()
        var sign = 1
        if rest.first == "-" || rest.first == "+" { sign = rest.removeFirst() == "-" ? -1 : 1 }
        let text = DecimalText.digits(&rest)
        guard let power = Int32(text) else { return false }
        exponent += sign * Int(power)
        return true
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let end = rest.utf8.firstIndex { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return rest[..<end]
    }
}
