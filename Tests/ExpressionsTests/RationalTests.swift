import BigInt
import Expressions
import Testing

@Suite struct RationalTests {
    @Test(arguments: [
        ("12.50", "12.5"), ("-0.75", "-0.75"), ("1e3", "1000"), ("25E-3", "0.025"), ("+7", "7"), ("0.0", "0"),
        ("9223372036854775808", "9223372036854775808"), ("-9223372036854775808", "-9223372036854775808"),
        ("0.1234567890123456789012345", "0.1234567890123456789012345"),
    ])
    func `decimal text is read exactly`(text: String, shortest: String) {
        #expect(Rational(decimalText: text)?.description == shortest)
    }

    @Test(arguments: ["", "-", ".5", "5.", "1e", "1 ", "0x10", "1_000", "NaN", "1e99999", "１"])
    func `what is no decimal text is refused`(text: String) {
        #expect(Rational(decimalText: text) == nil)
    }

    @Test func `the least integer makes a fraction`() {
        #expect(Rational(numerator: .min, denominator: .min) == .one)
        #expect(Rational(numerator: .min, denominator: -1)?.description == "170141183460469231731687303715884105728")
        #expect(Rational(numerator: 1, denominator: .min)?.signum == -1)
        #expect(-Rational(unsigned: 1 << 63) == Rational(.min))
        #expect(-Rational(.min) == Rational(unsigned: 1 << 63))
    }

    @Test func `a text with too many digits is refused`() {
        #expect(Rational(decimalText: String(repeating: "9", count: 1_000)) != nil)
        #expect(Rational(decimalText: String(repeating: "9", count: 1_001)) == nil)
    }

    @Test(arguments: [
        ("2.345", 2, "2.35"), ("-2.345", 2, "-2.35"), ("2.344999", 2, "2.34"), ("0.5", 0, "1"), ("-0.5", 0, "-1"),
        ("-0.5", 2, "-0.50"), ("-0.001", 2, "0.00"), ("7", 3, "7.000"), ("99.995", 2, "100.00"),
        ("123456789012345678901234567890.5", 0, "123456789012345678901234567891"),
    ])
    func `rounding is half away from zero`(text: String, digits: Int, rounded: String) {
        #expect(Rational(decimalText: text)?.rounded(toDigits: digits) == rounded)
    }

    @Test func `a third has no decimal text and rounds well`() throws {
        let third = try #require(Rational(numerator: "-1", denominator: "-3"))
        #expect(third.description == "1/3")
        #expect(third.rounded(toDigits: 20) == "0.33333333333333333333")
        #expect((third + third + third) == .one)
    }

    @Test func `a fraction is in lowest terms with a positive denominator`() throws {
        let fraction = try #require(Rational(numerator: "6", denominator: "-4"))
        #expect([fraction.numeratorText, fraction.denominatorText] == ["-3", "2"])
        #expect(Rational(numerator: "1", denominator: "0") == nil)
        #expect(Rational(numerator: "x", denominator: "1") == nil)
        #expect(Rational.one.divided(by: .zero) == nil)
    }

    @Test func `numbers agree with big integers whatever their size`() throws {
        var generator = SeededGenerator(state: 7)
        for _ in 0..<2_000 {
            let (left, right) = (Fraction(&generator), Fraction(&generator))
            let (a, b) = (try left.rational(), try right.rational())
            #expect(try a + b == Fraction(left.n * right.d + right.n * left.d, left.d * right.d).rational())
            #expect(try a - b == Fraction(left.n * right.d - right.n * left.d, left.d * right.d).rational())
            #expect(try a * b == Fraction(left.n * right.n, left.d * right.d).rational())
            #expect((a < b) == (left.n * right.d < right.n * left.d))
            #expect(a - b == -(b - a))
            if right.n != 0 { #expect(try a.divided(by: b) == Fraction(left.n * right.d, left.d * right.n).rational()) }
        }
    }

    @Test func `equal numbers hash alike, small or big`() {
        let big = Rational(Int64.max) * Rational(Int64.max)
        let back = big.divided(by: Rational(Int64.max))
        #expect(back == Rational(Int64.max))
        #expect(back?.hashValue == Rational(Int64.max).hashValue)
        #expect(-Rational(Int64.min) - .one == Rational(Int64.max))
    }
}

/// A fraction of big integers, not in lowest terms.
private struct Fraction {
    let n: BigInt
    let d: BigInt

    init(_ n: BigInt, _ d: BigInt) {
        (self.n, self.d) = (n, d)
    }

    init(_ generator: inout SeededGenerator) {
        let limits: [Int64] = [3, 1_000, .max]
        let limit = limits[Int(generator.next() % 3)]
        n = BigInt(Int64.random(in: -limit...limit, using: &generator))
        d = BigInt(Int64.random(in: 1...limit, using: &generator))
    }

    func rational() throws -> Rational {
        try #require(Rational(numerator: n.description, denominator: d.description))
    }
}

/// The same numbers in every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 29)) &* 0x9E37_79B9_7F4A_7C15
    }
}
