internal import Expressions

/// Collects the contributions to one measure of one subject in one period.
struct MeasureAccumulator {
    private let measure: CompiledMeasure
    private let emptyGroup: GroupAccumulator
    private let mergesSmallGroups: Bool
    /// The latest contribution of each key, where `latest_by` keeps only that.
    private var latest = LatestByKey()
    private(set) var groups: [String: GroupAccumulator] = [:]

    init(_ measure: CompiledMeasure, mergesSmallGroups: Bool, zone: Zone) {
        self.measure = measure
        self.mergesSmallGroups = mergesSmallGroups
        emptyGroup = GroupAccumulator(
            aggregate: measure.definition.aggregate.aggregate(percentile: measure.percentile, zone: zone),
            isZeroWhenEmpty: measure.definition.aggregate.isZeroWhenEmpty, keepsContributions: mergesSmallGroups)
    }

    mutating func add(_ contribution: Contribution) {
        guard let key = contribution.latestKey else { return count(contribution) }
        _ = latest.add(contribution, key: key)
    }

    /// The accumulator with what `latest_by` has kept counted: the end of all records.
    var closed: MeasureAccumulator {
        var closed = self
        for contribution in latest.kept { closed.count(contribution) }
        closed.latest = LatestByKey()
        return closed
    }

    /// What the measure gives; groups that are too small add nothing to the sample.
    var total: MeasureTotal {
        var total = MeasureTotal(single: single, missing: missing, digest: digest)
        let shown = isGrouped ? measureGroups.shown() : groups
        total.included = shown.values.reduce(0) { $0 + $1.included }
        total.hidden = groups.values.reduce(0) { $0 + $1.included } - total.included
        total.samples = shown.values.reduce(into: []) { $0.formUnion($1.samples) }
        total.groups = isGrouped ? measureGroups : nil
        return total
    }

    private mutating func count(_ contribution: Contribution) {
        let empty = emptyGroup
        groups[contribution.group, default: empty].add(contribution)
    }

    /// The number of the whole measure where it has no groups; a count or a sum of nothing is zero.
    var single: Rational? {
        if let group = groups[""], group.included > 0 { return group.result }
        return measure.definition.aggregate.isZeroWhenEmpty && missing == 0 ? .zero : nil
    }

    var isGrouped: Bool { !measure.groupBy.isEmpty }

    /// The groups with what the definition says about small ones.
    var measureGroups: MeasureGroups {
        MeasureGroups(groups, of: measure.definition, mergesSmall: mergesSmallGroups)
    }

    private var missing: Int { groups.values.reduce(0) { $0 + $1.missing } }

    private var digest: EvidenceDigest {
        groups.values.reduce(into: EvidenceDigest()) { $0.add($1.digest) }
    }
}

/// Collects the contributions to one group of a measure.
struct GroupAccumulator {
    private var aggregate: any Aggregate
    private let isZeroWhenEmpty: Bool
    private let keepsContributions: Bool
    private(set) var contributions: [Contribution] = []
    private(set) var included = 0
    private(set) var missing = 0
    private(set) var samples: Set<String> = []
    private(set) var digest = EvidenceDigest()
    /// The group's weight; nil where it has none.
    var weight: Rational?
    private var weighed: Contribution?

    init(aggregate: any Aggregate, isZeroWhenEmpty: Bool, keepsContributions: Bool) {
        self.aggregate = aggregate
        self.isZeroWhenEmpty = isZeroWhenEmpty
        self.keepsContributions = keepsContributions
    }

    mutating func add(_ contribution: Contribution) {
        digest.add(contribution.hash)
        guard contribution.missing == nil, let value = contribution.value else {
            missing += 1
            return
        }
        guard contribution.isCounted else { return }
        included += 1
        noteWeight(of: contribution)
        if let sample = contribution.sampleKey { samples.insert(sample) }
        if keepsContributions { contributions.append(contribution) }
        aggregate.add(value, of: contribution)
    }

    /// Where the records of a group give it different weights, the latest record decides.
    private mutating func noteWeight(of contribution: Contribution) {
        guard let weight = contribution.groupWeight, weighed.map({ contribution.isLater(than: $0) }) ?? true
        else { return }
        (self.weight, weighed) = (weight, contribution)
    }

    /// The number of different samples, or of records where the indicator names no sample.
    var size: Int { samples.isEmpty ? included : samples.count }

    /// The group's number; a count or a sum of nothing is zero unless something is missing from it.
    var result: Rational? {
        if included > 0 { return aggregate.result }
        return isZeroWhenEmpty && missing == 0 ? .zero : nil
    }

    /// Takes in another group, which must have kept its contributions; the weights add up.
    mutating func merge(_ other: GroupAccumulator) {
        let weights = [weight, other.weight].compactMap { $0 }
        for contribution in other.contributions { add(contribution) }
        missing += other.missing
        weight = weights.isEmpty ? nil : weights.reduce(.zero, +)
    }
}
