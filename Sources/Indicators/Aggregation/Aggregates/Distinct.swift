internal import Expressions

/// The number of different keys; a record without a key counts by itself.
struct Distinct: Aggregate {
    private var keys: Set<String> = []
    private var withoutKey = 0

    mutating func add(_ value: Rational, of contribution: Contribution) {
        if let key = contribution.distinctKey { keys.insert(key) } else { withoutKey += 1 }
    }

    var result: Rational? { Rational(Int64(keys.count + withoutKey)) }
}
