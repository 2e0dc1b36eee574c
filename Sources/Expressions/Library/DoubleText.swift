internal import BigInt

/// The shortest decimal text that reads back as the same double; with an exponent from 1e21 on and below 1e-4.
func doubleText(_ double: Double) -> String {
    guard double.isFinite else { return specialText(double) }
    let parts = ShortestDigits(double)
    return (-4..<21).contains(parts.exponent) ? parts.plain : parts.scientific
}

/// The shortest decimal text that reads back as the same double, without an exponent.
func plainDoubleText(_ double: Double) -> String {
    double.isFinite ? ShortestDigits(double).plain : specialText(double)
}

private func specialText(_ double: Double) -> String {
    double.isNaN ? "NaN" : double < 0 ? "-Infinity" : "Infinity"
}

/// The digits of a double, the first before the point, and the power of ten they are multiplied by.
private struct ShortestDigits {
    let sign: String
    let digits: String
    let exponent: Int

    init(_ double: Double) {
        sign = double.sign == .minus ? "-" : ""
        let parts = double.magnitude.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".")
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        let all = whole + fraction
        let leading = all.prefix { $0 == "0" }.count
        let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let significant = String(all.dropFirst(leading))
        exponent = significant.isEmpty ? 0 : power + whole.utf8.count - 1 - leading
        digits = ShortestDigits.trimmed(significant)
    }

    private static func trimmed(_ digits: String) -> String {
        var digits = digits
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return digits.isEmpty ? "0" : digits
    }

    var plain: String {
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let whole = exponent + 1
        let padded = digits + String(repeating: "0", count: max(0, whole - digits.utf8.count))
        let fraction = padded.dropFirst(whole)
        return sign + padded.prefix(whole) + (fraction.isEmpty ? "" : "." + fraction)
    }

    var scientific: String {
        let fraction = digits.dropFirst()
        return sign + digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + exponentText(exponent)
    }
}

private func exponentText(_ exponent: Int) -> String {
    "e" + (exponent < 0 ? "-" : "+") + (exponent.magnitude < 10 ? "0" : "") + String(exponent.magnitude)
}

/// A number as a fraction of big integers, for texts with a given count of digits.
struct ExactNumber {
    let isNegative: Bool
    private let numerator: BigInt
    private let denominator: BigInt
    private let roundsHalfAway: Bool

    /// The exact value of a finite double, whose ties are rounded to even.
    init(_ double: Double) {
        roundsHalfAway = false
        isNegative = double.sign == .minus
        let power = double.isZero ? 0 : Int(double.exponent) - Double.significandBitCount
        let bits = BigInt(double.isZero ? 0 : Int64(double.magnitude.significand * ExactNumber.significandScale))
        numerator = bits << max(power, 0)
        denominator = BigInt(1) << max(-power, 0)
    }

    private static let significandScale = Double(1 << Double.significandBitCount)

    /// A number whose ties are rounded to even, or away from zero as ``Rational/rounded(toDigits:)`` does.
    init(_ decimal: Rational, roundsHalfAway: Bool = false) {
        self.roundsHalfAway = roundsHalfAway
        isNegative = decimal.signum < 0
        numerator = BigInt(decimal.big.numerator.magnitude)
        denominator = decimal.big.denominator
    }

    /// `-123.45`: rounded to nearest.
    func fixed(_ digits: Int) -> String {
        let scaled = rounded(numerator * BigInt(10).power(digits), denominator)
        return (isNegative ? "-" : "") + Rational.pointed(scaled.description, digits)
    }

    /// `1.2345e+02`: rounded to nearest.
    func scientific(_ digits: Int) -> String {
        var exponent = self.exponent
        var scaled = scaled(to: digits - exponent)
        if scaled.description.utf8.count > digits + 1 {
            exponent += 1
            scaled = self.scaled(to: digits - exponent)
        }
        return (isNegative ? "-" : "") + Rational.pointed(scaled.description, digits) + exponentText(exponent)
    }

    /// The power of ten of the first digit.
    private var exponent: Int {
        guard numerator != 0 else { return 0 }
        let guess = numerator.description.utf8.count - denominator.description.utf8.count
        let isSmaller =
            guess < 0
            ? numerator * BigInt(10).power(-guess) < denominator
            : numerator < denominator * BigInt(10).power(guess)
        return isSmaller ? guess - 1 : guess
    }

    private func scaled(to power: Int) -> BigInt {
        let factor = BigInt(10).power(abs(power))
        return power >= 0 ? rounded(numerator * factor, denominator) : rounded(numerator, denominator * factor)
    }

    private func rounded(_ numerator: BigInt, _ denominator: BigInt) -> BigInt {
        let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
        let twice = remainder * 2
        let isUp = twice > denominator || (twice == denominator && (roundsHalfAway || quotient % 2 != 0))
        return isUp ? quotient + 1 : quotient
    }
}
