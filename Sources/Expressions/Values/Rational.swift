internal import BigInt

/// An exact number: a fraction in lowest terms, of any size.
///
/// Two 64-bit integers while they suffice, big integers beyond. Nothing overflows and nothing is rounded, except by
/// ``rounded(toDigits:)``.
public struct Rational: Hashable, Sendable {
    enum Storage: Hashable, Sendable {
        /// Coprime, the denominator positive.
        case small(Int64, Int64)
        /// Coprime, the denominator positive, at least one of them too big for `small`.
        case big(BigFraction)
    }

    let storage: Storage

    /// The number 0.
    public static let zero = Rational(0)
    /// The number 1.
    public static let one = Rational(1)

    private init(_ storage: Storage) { self.storage = storage }

    /// A whole number.
    public init(_ int: Int64) {
        storage = .small(int, 1)
    }

    /// A whole number.
    public init(unsigned: UInt64) {
        self.init(reducing: Int128(unsigned), 1)
    }

    /// The fraction of two whole numbers in decimal text; nil where a text is no whole number or the denominator is 0.
    public init?(numerator: String, denominator: String) {
        if let numerator = Int64(numerator), let denominator = Int64(denominator) {
            guard denominator != 0 else { return nil }
            self.init(reducing: Int128(numerator), Int128(denominator))
            return
        }
        guard let numerator = BigInt(numerator), let denominator = BigInt(denominator), denominator != 0 else {
            return nil
        }
        self.init(reducing: numerator, denominator)
    }

    /// The fraction of two whole numbers; nil where the denominator is 0.
    public init?(numerator: Int128, denominator: Int128) {
        guard denominator != 0 else { return nil }
        if numerator > .min, denominator > .min {
            self.init(reducing: numerator, denominator)
        } else {
            self.init(reducing: BigInt(numerator), BigInt(denominator))
        }
    }

    /// The fraction of two machine integers that have opposites; `denominator` is not 0.
    init(reducing numerator: Int128, _ denominator: Int128) {
        let sign: Int128 = denominator < 0 ? -1 : 1
        let divisor = greatestCommonDivisor(numerator.magnitude, denominator.magnitude)
        let top = numerator / Int128(divisor) * sign
        let bottom = denominator / Int128(divisor) * sign
        if let top = Int64(exactly: top), let bottom = Int64(exactly: bottom) {
            storage = .small(top, bottom)
        } else {
            storage = .big(BigFraction(BigInt(top), BigInt(bottom)))
        }
    }

    /// The fraction of two machine words; `denominator` is above 0 and `numerator` has an opposite.
    init(reducing numerator: Int64, _ denominator: Int64) {
        let divisor = Int64(truncatingIfNeeded: greatestCommonDivisor(numerator.magnitude, denominator.magnitude))
        self.init(.small(numerator / divisor, denominator / divisor))
    }

    /// The fraction of two integers of any size; `denominator` is not 0.
    init(reducing numerator: BigInt, _ denominator: BigInt) {
        let divisor = numerator.greatestCommonDivisor(with: denominator)
        let sign: BigInt = denominator < 0 ? -1 : 1
        let top = numerator / divisor * sign
        let bottom = denominator / divisor * sign
        self.init(coprime: top, bottom)
    }

    /// The fraction of two integers in lowest terms; `bottom` is positive.
    init(coprime top: BigInt, _ bottom: BigInt) {
        if let small = Int64(exactly: top), let under = Int64(exactly: bottom) {
            storage = .small(small, under)
        } else {
            storage = .big(BigFraction(top, bottom))
        }
    }
}

/// The two integers of a fraction that is too big for machine words.
final class BigFraction: Hashable, Sendable {
    let numerator: BigInt
    let denominator: BigInt

    init(_ numerator: BigInt, _ denominator: BigInt) {
        self.numerator = numerator
        self.denominator = denominator
    }

    static func == (left: BigFraction, right: BigFraction) -> Bool {
        left.numerator == right.numerator && left.denominator == right.denominator
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(numerator)
        hasher.combine(denominator)
    }
}

extension Rational {
    /// Whether there is no fraction part.
    public var isInteger: Bool {
        switch storage {
        case .small(_, let denominator): denominator == 1
        case .big(let fraction): fraction.denominator == 1
        }
    }

    /// The number as an integer; nil where it has a fraction part or is too big.
    public var int64: Int64? {
        if case .small(let numerator, 1) = storage { numerator } else { nil }
    }

    /// The sign: -1, 0 or 1.
    public var signum: Int {
        switch storage {
        case .small(let numerator, _): Int(numerator.signum())
        case .big(let fraction): Int(fraction.numerator.signum())
        }
    }

    /// The numerator, in lowest terms, as decimal text; it carries the sign.
    public var numeratorText: String {
        switch storage {
        case .small(let numerator, _): String(numerator)
        case .big(let fraction): fraction.numerator.description
        }
    }

    /// The denominator, in lowest terms and positive, as decimal text.
    public var denominatorText: String {
        switch storage {
        case .small(_, let denominator): String(denominator)
        case .big(let fraction): fraction.denominator.description
        }
    }

    var big: (numerator: BigInt, denominator: BigInt) {
        switch storage {
        case .small(let numerator, let denominator): (BigInt(numerator), BigInt(denominator))
        case .big(let fraction): (fraction.numerator, fraction.denominator)
        }
    }

    /// How many machine words the number takes: what an operation on it costs grows with the square of this.
    var words: Int {
        switch storage {
        case .small: 1
        case .big(let fraction): (fraction.numerator.bitWidth + fraction.denominator.bitWidth) / 64 + 1
        }
    }
}

private func greatestCommonDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
    var (a, b) = (left, right)
    while b != 0 {
        if a <= UInt128(UInt64.max), b <= UInt128(UInt64.max) {
            return UInt128(greatestCommonDivisor(UInt64(truncatingIfNeeded: a), UInt64(truncatingIfNeeded: b)))
        }
        (a, b) = (b, a % b)
    }
    return a
}

private func greatestCommonDivisor(_ left: UInt64, _ right: UInt64) -> UInt64 {
    var (a, b) = (left, right)
    while b != 0 { (a, b) = (b, a % b) }
    return a
}
