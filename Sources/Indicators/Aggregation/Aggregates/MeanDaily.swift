internal import Expressions

/// The sum of each anchor day, then the mean over the days that have records.
struct MeanDaily: Aggregate {
    private let zone: Zone
    private var sums: [Day: Rational] = [:]

    init(zone: Zone) { self.zone = zone }

    mutating func add(_ value: Rational, of contribution: Contribution) {
        let day = zone.day(of: contribution.anchor)
        sums[day] = sums[day, default: .zero] + value
    }

    var result: Rational? {
        sums.values.reduce(.zero, +).divided(by: Rational(Int64(sums.count)))
    }
}
