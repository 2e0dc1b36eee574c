internal import Expressions

/// What one measure gives for one subject in one period.
struct MeasureTotal {
    /// The number of the whole measure where it has no groups; nil where it has no data.
    var single: Rational?
    /// Records that count.
    var included = 0
    /// Records whose group is too small to be shown.
    var hidden = 0
    /// Records without the measured field.
    var missing = 0
    /// Records of which an expression failed, so that nobody knows what they would have added.
    var failed = 0
    /// What `sample_by` gives, each once.
    var samples: Set<String> = []
    /// The digest of all records that take part.
    var digest = EvidenceDigest()
    /// The groups; nil where the measure has none.
    var groups: MeasureGroups?

    /// The number of different samples, or of records where the measure names no sample.
    var size: Int { samples.isEmpty ? included : samples.count }

    /// The total of no records: a count or a sum of nothing is zero.
    static func empty(_ measure: CompiledMeasure) -> MeasureTotal {
        MeasureTotal(
            single: measure.definition.aggregate.isZeroWhenEmpty ? .zero : nil,
            groups: measure.groupBy.isEmpty ? nil : MeasureGroups([:], of: measure.definition, mergesSmall: false))
    }
}
