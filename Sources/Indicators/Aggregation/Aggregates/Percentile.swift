internal import Expressions

/// A percentile by linear interpolation: position (n - 1) * p on the ascending list. The median is the one of 1/2.
struct Percentile: Aggregate {
    /// The share of the median.
    static let half = Rational(1).divided(by: Rational(2)) ?? .zero

    private let share: Rational
    private var values: [Rational] = []

    init(_ share: Rational) { self.share = share }

    mutating func add(_ value: Rational, of contribution: Contribution) { values.append(value) }

    var result: Rational? { Self.percentile(share, of: values) }

    /// The percentile `share` (0 to 1) of `values`; nil where there are none.
    static func percentile(_ share: Rational, of values: [Rational]) -> Rational? {
        guard let last = values.indices.last else { return nil }
        let ascending = values.sorted()
        let position = share * Rational(Int64(last))
        let index = min(max(position.floored, 0), last)
        let fraction = position - Rational(Int64(index))
        let next = ascending[min(index + 1, last)]
        return ascending[index] + (next - ascending[index]) * fraction
    }
}

extension Percentile {
    /// The percentile of whole numbers.
    static func percentile(_ share: Rational, ofTicks ticks: TickList) -> Rational? {
        let ascending = ticks.all
        let last = ascending.count - 1
        guard last >= 0 else { return nil }
        let position = share * Rational(Int64(last))
        let index = min(max(position.floored, 0), last)
        let fraction = position - Rational(Int64(index))
        var rest = ascending.dropFirst(index).makeIterator()
        guard let low = rest.next() else { return nil }
        return Rational(low) + (Rational(rest.next() ?? low) - Rational(low)) * fraction
    }
}

extension Rational {
    /// The integer part of a small non-negative number.
    fileprivate var floored: Int {
        guard let numerator = Int(numeratorText), let denominator = Int(denominatorText) else { return 0 }
        return numerator / denominator
    }
}
