import BigInt

/// An exact fraction in lowest terms, written for the tests alone: naive, and independent of the program's own numbers.
struct Fraction: Hashable, Comparable, CustomStringConvertible {
    let numerator: BigInt
    /// Above zero.
    let denominator: BigInt

    static let zero = Fraction(0)
    static let one = Fraction(1)

    init(_ number: Int) { self.init(BigInt(number), 1) }

    init(_ numerator: BigInt, _ denominator: BigInt) {
        precondition(denominator != 0)
        let divisor = numerator.greatestCommonDivisor(with: denominator) * (denominator < 0 ? -1 : 1)
        self.numerator = numerator / divisor
        self.denominator = denominator / divisor
    }

    /// A number such as `75`, `-2.50` or `7/3`; nil for any other text.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let above = BigInt(parts[0]), let below = BigInt(parts[1]), below != 0 {
            self.init(above, below)
            return
        }
        let pieces = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 1, (1...2).contains(pieces.count), let digits = BigInt(pieces.joined()) else { return nil }
        self.init(digits, BigInt(10).power(pieces.count == 2 ? pieces[1].count : 0))
    }

    static func + (left: Self, right: Self) -> Self {
        Self(
            left.numerator * right.denominator + right.numerator * left.denominator,
            left.denominator * right.denominator)
    }

    static func - (left: Self, right: Self) -> Self { left + right * Fraction(-1) }

    static func * (left: Self, right: Self) -> Self {
        Self(left.numerator * right.numerator, left.denominator * right.denominator)
    }

    /// The quotient; nil where there is nothing to divide by.
    static func / (left: Self, right: Self) -> Self? {
        if right == .zero { return nil }
        return Self(left.numerator * right.denominator, left.denominator * right.numerator)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.numerator * right.denominator < right.numerator * left.denominator
    }

    var magnitude: Fraction { self < .zero ? .zero - self : self }

    /// The largest whole number that is not above.
    var floor: BigInt {
        let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
        return rest < 0 ? quotient - 1 : quotient
    }

    /// The nearest fraction with so many decimals; of two equally near ones that with an even last digit.
    func roundedHalfEven(toDigits digits: Int) -> Fraction {
        let unit = BigInt(10).power(digits)
        let scaled = self * Fraction(unit, 1)
        let below = scaled.floor
        let rest = scaled - Fraction(below, 1)
        let half = Fraction(1, 2)
        let goesUp = rest > half || rest == half && below % 2 != 0
        return Fraction(goesUp ? below + 1 : below, unit)
    }

    var description: String { denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)" }
}
