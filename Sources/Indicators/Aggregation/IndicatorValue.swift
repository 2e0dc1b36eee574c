public import Expressions

/// How far a value can be trusted; where several hold, the first of this order counts.
public enum ValueStatus: String, Sendable, Hashable, CaseIterable {
    /// The indicator does not apply to this subject in this period.
    case exempt
    /// There is nothing to compute.
    case noData = "no_data"
    /// Fewer than `min_sample`: computed, but not scored.
    case lowSample = "low_sample"
    /// The period is still running, or a condition, an anchor or a key failed on records, so that nobody knows what they
    /// would have added. Records that are unmatched, or whose measured field is empty or unusable, leave the status as it is.
    case partial
    /// The period is over, but not the days in which its records still mature.
    case provisional
    /// The period is over and its records have matured.
    case complete
}

/// How many records a value rests on, and how many are missing from it.
public struct Coverage: Sendable, Hashable {
    /// Records that are counted or measured.
    public var included = 0
    /// Records whose measured field is empty or unusable, or of which an expression failed.
    public var missing = 0
    /// Records that belong to the subject and period but do not fulfil the conditions, or whose group is too small.
    public var excluded = 0
    /// Records of the indicator and period that could be anybody's: their account is matched to nobody, or a lookup that
    /// would tell the subject found nothing.
    public var unmatched = 0

    /// These numbers of records, none where nothing is said.
    public init(included: Int = 0, missing: Int = 0, excluded: Int = 0, unmatched: Int = 0) {
        self.included = included
        self.missing = missing
        self.excluded = excluded
        self.unmatched = unmatched
    }
}

/// The value of an indicator for a subject in a period.
public struct IndicatorValue: Sendable, Hashable {
    /// The indicator's id.
    public let indicator: String
    /// Whom the value belongs to.
    public let subject: Subject
    /// The period it is for.
    public let period: Period
    /// How far it can be trusted.
    public var status: ValueStatus
    /// The exact value; nil where there is none.
    public var value: Rational?
    /// The value rounded half away from zero to the indicator's digits; nil where there is none.
    public var decimal: String?
    /// What is divided, for ratios.
    public var numerator: Rational?
    /// What it is divided by, for ratios.
    public var denominator: Rational?
    /// How many records the value rests on, or how many different samples: of a ratio those of its denominator, of a
    /// finish those of the smallest measure that has any. Groups too small to be shown add nothing.
    public var sample: Int
    /// How many records count, lack what is measured, or are left out.
    public var coverage: Coverage
    /// The names of the definition's flags that hold, in its order.
    public var flags: [String]
    /// The digest of all records that take part.
    public var digest: EvidenceDigest
}

extension IndicatorValue {
    /// The value without its number, as too few answers would be told by it.
    var withheld: IndicatorValue {
        var withheld = self
        withheld.status = .lowSample
        (withheld.value, withheld.decimal, withheld.numerator, withheld.denominator) = (nil, nil, nil, nil)
        withheld.flags = []
        return withheld
    }
}
