internal import Expressions

/// Makes one number of the contributions of a group. The result does not depend on their order.
protocol Aggregate: Sendable {
    mutating func add(_ value: Rational, of contribution: Contribution)
    /// The number; nil where there is none.
    var result: Rational? { get }
}

extension AggregateKind {
    /// An empty aggregate of this kind. `percentile` matters to percentiles, `zone` to daily means.
    func aggregate(percentile: Rational, zone: Zone) -> any Aggregate {
        switch self {
        case .count, .sum: Sum()
        case .mean: Mean()
        case .weightedMean: WeightedMean()
        case .median: Percentile(Percentile.half)
        case .percentile: Percentile(percentile)
        case .min: Extreme { $0 < $1 }
        case .max: Extreme { $0 > $1 }
        case .last: Last()
        case .distinct: Distinct()
        case .meanDaily: MeanDaily(zone: zone)
        }
    }

    /// Whether nothing is a real zero: counts and sums.
    var isZeroWhenEmpty: Bool {
        switch self {
        case .count, .sum, .distinct: true
        default: false
        }
    }
}
