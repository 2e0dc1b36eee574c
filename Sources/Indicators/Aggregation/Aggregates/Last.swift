internal import Expressions

/// The sum of the values with the latest anchor: several records of the same moment, such as those of two units, add up.
struct Last: Aggregate {
    private var anchor: Timestamp?
    private var sum = Rational.zero

    mutating func add(_ value: Rational, of contribution: Contribution) {
        if let anchor, contribution.anchor < anchor { return }
        if contribution.anchor != anchor { sum = .zero }
        anchor = contribution.anchor
        sum = sum + value
    }

    var result: Rational? { anchor == nil ? nil : sum }
}
