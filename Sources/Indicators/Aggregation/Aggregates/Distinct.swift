internal import Expressions

/// The number of different keys.
struct Distinct: Aggregate {
    private var keys: Set<String> = []

    mutating func add(_ value: Rational, of contribution: Contribution) { keys.insert(contribution.distinctKey ?? "") }

    var result: Rational? { Rational(Int64(keys.count)) }
}
