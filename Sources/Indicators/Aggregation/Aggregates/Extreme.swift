internal import Expressions

/// The smallest or the greatest value.
struct Extreme: Aggregate {
    private let isBetter: @Sendable (Rational, Rational) -> Bool
    private(set) var result: Rational?

    /// `isBetter` tells whether its first operand takes the second one's place.
    init(_ isBetter: @escaping @Sendable (Rational, Rational) -> Bool) { self.isBetter = isBetter }

    mutating func add(_ value: Rational, of contribution: Contribution) {
        if result.map({ isBetter(value, $0) }) ?? true { result = value }
    }
}
