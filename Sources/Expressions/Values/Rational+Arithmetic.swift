internal import BigInt

extension Rational: Comparable {
    /// The sum.
    public static func + (left: Rational, right: Rational) -> Rational {
        if case (.small(let a, let b), .small(let c, let d)) = (left.storage, right.storage) {
            if b == 1, d == 1 { return Rational(integer: Int128(a) + Int128(c)) }
            return Rational(reducing: Int128(a) * Int128(d) + Int128(c) * Int128(b), Int128(b) * Int128(d))
        }
        let (a, b) = left.big
        let (c, d) = right.big
        return Rational(reducing: a * d + c * b, b * d)
    }

    /// The difference.
    public static func - (left: Rational, right: Rational) -> Rational {
        left + -right
    }

    /// The product.
    public static func * (left: Rational, right: Rational) -> Rational {
        if case (.small(let a, let b), .small(let c, let d)) = (left.storage, right.storage) {
            if b == 1, d == 1 { return Rational(integer: Int128(a) * Int128(c)) }
            return Rational(reducing: Int128(a) * Int128(c), Int128(b) * Int128(d))
        }
        let (a, b) = left.big
        let (c, d) = right.big
        return Rational(reducing: a * c, b * d)
    }

    /// The quotient; nil where `divisor` is 0.
    public func divided(by divisor: Rational) -> Rational? {
        guard divisor.signum != 0 else { return nil }
        if case (.small(let a, let b), .small(let c, let d)) = (storage, divisor.storage) {
            return Rational(reducing: Int128(a) * Int128(d), Int128(b) * Int128(c))
        }
        let (a, b) = big
        let (c, d) = divisor.big
        return Rational(reducing: a * d, b * c)
    }

    /// The number with the other sign.
    public static prefix func - (number: Rational) -> Rational {
        switch number.storage {
        case .small(let numerator, let denominator):
            Rational(reducing: -Int128(numerator), Int128(denominator))
        case .big(let fraction):
            Rational(coprime: -fraction.numerator, fraction.denominator)
        }
    }

    /// The distance from 0.
    public var magnitude: Rational { signum < 0 ? -self : self }

    /// Whether `left` is the smaller number.
    public static func < (left: Rational, right: Rational) -> Bool {
        if case (.small(let a, let b), .small(let c, let d)) = (left.storage, right.storage) {
            return b == d ? a < c : Int128(a) * Int128(d) < Int128(c) * Int128(b)
        }
        let (a, b) = left.big
        let (c, d) = right.big
        return a * d < c * b
    }

    private init(integer: Int128) {
        if let small = Int64(exactly: integer) {
            self.init(small)
        } else {
            self.init(reducing: integer, 1)
        }
    }
}
