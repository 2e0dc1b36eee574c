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
            keepsContributions: mergesSmallGroups)
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

    /// What the measure gives.
    var total: MeasureTotal {
        MeasureTotal(
            single: single, included: included, missing: missing, samples: samples, digest: digest,
            groups: isGrouped ? shownGroups() : nil)
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
    var included: Int { groups.values.reduce(0) { $0 + $1.included } }
    var missing: Int { groups.values.reduce(0) { $0 + $1.missing } }
    var samples: Set<String> { groups.values.reduce(into: []) { $0.formUnion($1.samples) } }

    var digest: EvidenceDigest {
        groups.values.reduce(into: EvidenceDigest()) { $0.add($1.digest) }
    }

    /// The groups that take no part: too small, and not merged into one that is large enough.
    var namesOfSmallGroups: Set<String> {
        let shown = shownGroups()
        return shown[Self.others] == nil ? Set(groups.keys.filter { shown[$0] == nil }) : []
    }

    /// The key of the group into which small ones are merged.
    static let others = "others"

    /// The groups that reach the minimum, small ones merged into ``others`` where the definition says so.
    func shownGroups() -> [String: GroupAccumulator] {
        guard let minimum = measure.definition.minGroup else { return groups }
        let except = measure.definition.minGroupExcept
        let shown = groups.filter { except.contains($0.key) || $0.value.size >= minimum }
        let small = groups.filter { shown[$0.key] == nil }.values
        guard mergesSmallGroups, small.count > 1 else { return shown }
        let merged = merge(Array(small))
        return merged.size >= minimum ? shown.merging([Self.others: merged]) { first, _ in first } : shown
    }

    private func merge(_ small: [GroupAccumulator]) -> GroupAccumulator {
        var merged = emptyGroup
        for group in small {
            for contribution in group.contributions { merged.add(contribution) }
        }
        merged.weight = small.compactMap(\.weight).reduce(.zero, +)
        return merged
    }
}

/// Collects the contributions to one group of a measure.
struct GroupAccumulator {
    private var aggregate: any Aggregate
    private let keepsContributions: Bool
    private(set) var contributions: [Contribution] = []
    private(set) var included = 0
    private(set) var missing = 0
    private(set) var samples: Set<String> = []
    private(set) var digest = EvidenceDigest()
    /// The group's weight; nil where it has none.
    var weight: Rational?
    private var weighed: Contribution?

    init(aggregate: any Aggregate, keepsContributions: Bool) {
        self.aggregate = aggregate
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

    var result: Rational? { included == 0 ? nil : aggregate.result }
}
