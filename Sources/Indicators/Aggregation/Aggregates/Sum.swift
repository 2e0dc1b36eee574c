internal import Expressions

/// Adds up; a count is a sum of ones. Each record counts with its share.
struct Sum: Aggregate {
    private var sum = Rational.zero

    mutating func add(_ value: Rational, of contribution: Contribution) { sum = sum + value * contribution.share }

    var result: Rational? { sum }
}
