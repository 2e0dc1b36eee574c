internal import Expressions

/// The arithmetic mean, weighted by `inner_weight` where records have weights; all empty weights count as equal.
struct Mean: Aggregate {
    private var sum = Rational.zero
    private var count: Int64 = 0
    private var weighted = WeightedMean()
    private var weights = 0

    mutating func add(_ value: Rational, of contribution: Contribution) {
        sum = sum + value
        count += 1
        if contribution.weight != nil { weights += 1 }
        weighted.add(value, of: contribution)
    }

    var result: Rational? { weights == 0 ? sum.divided(by: Rational(count)) : weighted.result }
}

/// The mean weighted by the contributions' weights; a record without one takes no part.
struct WeightedMean: Aggregate {
    private var sum = Rational.zero
    private var weights = Rational.zero

    mutating func add(_ value: Rational, of contribution: Contribution) {
        guard let weight = contribution.weight else { return }
        add(value, weight: weight)
    }

    mutating func add(_ value: Rational, weight: Rational) {
        sum = sum + value * weight
        weights = weights + weight
    }

    var result: Rational? { sum.divided(by: weights) }
}
