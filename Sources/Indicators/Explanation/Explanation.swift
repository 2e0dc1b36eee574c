public import Expressions

/// Why a value is what it is: every record that takes part, and every one that does not, with its reason.
public struct Explanation: Sendable {
    /// The definition that explains, as it is now.
    public let definition: IndicatorDefinition
    /// The value as computed now; nil where the subject has none in this period.
    public let value: IndicatorValue?
    /// The measures in the order of the definition.
    public let measures: [Measure]

    /// One of the numbers that the value is made of.
    public struct Measure: Sendable {
        /// What the measure counts or adds up.
        public let definition: MeasureDefinition
        /// The measure's number; nil where it has no data or has groups.
        public let result: Rational?
        /// The groups by key, where the measure has any.
        public let groups: [Group]
        /// The records that take part, by origin.
        public let records: [Contribution]
        /// The records that do not, by origin, with the reason.
        public let excluded: [Excluded]
    }

    /// One group of a measure, with what it gives.
    public struct Group: Sendable {
        /// What `group_by` gives, or `others` for small groups that were merged.
        public let key: String
        /// Different samples, or records.
        public let size: Int
        /// The group's number; nil where none of its records counts.
        public let result: Rational?
        /// Its weight in a weighted mean; nil where it has none.
        public let weight: Rational?
        /// Whether the group reaches the minimum and counts.
        public let isShown: Bool
    }

    /// A record that takes no part, with its reason.
    public struct Excluded: Sendable {
        /// Where the record came from.
        public let reference: EvidenceReference
        /// The hash of the record's fields.
        public let hash: ContentHash
        /// The run that brought the record as it is now.
        public let run: Int64
        /// Why it takes no part.
        public let exclusion: Exclusion
    }
}

/// Explains values of one indicator: feed the same records as for the values.
public struct Explainer {
    /// The subject and period of a value to be explained.
    public struct Target: Sendable, Hashable {
        /// Whose value it is.
        public let subject: Subject
        /// The value's period.
        public let period: Period

        /// A target for a subject in a period.
        public init(subject: Subject, period: Period) {
            self.subject = subject
            self.period = period
        }
    }

    private let indicator: CompiledIndicator
    private let context: AggregationContext
    private let targets: [Target]
    private let targetsOfPeriod: [Period: [Int]]
    private var aggregation: Aggregation
    private var placers: [RecordPlacer]
    /// By target, then by measure.
    private var contributions: [[[Contribution]]]
    private var excluded: [[[Explanation.Excluded]]]

    /// An explainer of the values of `targets`, without records.
    ///
    /// `context` must be the one that the values are computed with, and so must those be whose records were deleted when
    /// their time was over (``Aggregation/remember(_:)``).
    public init(
        _ indicator: CompiledIndicator, targets: [Target], context: AggregationContext, remembered: Set<Subject> = []
    ) {
        self.indicator = indicator
        self.context = context
        self.targets = targets
        targetsOfPeriod = Dictionary(grouping: targets.indices) { targets[$0].period }
        aggregation = Aggregation([indicator], context: context)
        aggregation.remember([indicator.definition.id: remembered])
        placers = indicator.measures.map {
            RecordPlacer(PlacementPlan($0, scope: indicator.definition.scope), context: context)
        }
        contributions = targets.map { _ in indicator.measures.map { _ in [] } }
        excluded = targets.map { _ in indicator.measures.map { _ in [] } }
    }

    /// The types of records to feed.
    public var recordTypes: [String] { indicator.countedTypes.sorted() }

    /// Takes in a record, once; types that no measure counts are passed over.
    public mutating func add(_ evidence: EvidenceRecord) {
        aggregation.add(evidence)
        for index in indicator.measures.indices
        where indicator.measures[index].record.name == evidence.record.type.name {
            placers[index].start(evidence)
            while let reading = placers[index].next() {
                switch reading {
                case .counted: count(evidence, index)
                case .excluded(let exclusion): exclude(evidence, exclusion, index)
                }
            }
        }
    }

    private mutating func count(_ evidence: EvidenceRecord, _ index: Int) {
        let placer = placers[index]
        do throws(Exclusion.Failure) {
            let contribution = try indicator.measures[index].contribution(
                of: evidence, anchor: placer.anchor, placer.variables)
            for (number, part) in placer.subjects { count(contribution, placer.table.subjects[number], part, index) }
        } catch {
            exclude(evidence, error.exclusion, index)
        }
    }

    /// A measure of the whole company takes part in everybody's value.
    private mutating func count(_ contribution: Contribution, _ subject: Subject, _ part: Rational, _ index: Int) {
        let isForAll = if case .company = indicator.measures[index].subject { true } else { false }
        var own = contribution
        own.share = part
        for period in placers[index].periods {
            for target in targetsOfPeriod[placers[index].table.periods[period]] ?? []
            where isForAll || targets[target].subject == subject {
                contributions[target][index].append(own)
            }
        }
    }

    private mutating func exclude(_ evidence: EvidenceRecord, _ exclusion: Exclusion, _ index: Int) {
        for target in targets.indices where concerns(targets[target], exclusion, placers[index]) {
            excluded[target][index].append(
                .init(reference: evidence.reference, hash: evidence.hash, run: evidence.run, exclusion: exclusion))
        }
    }

    /// Records of the subject and period, of the subject but no period, and of the period that could be anybody's.
    private func concerns(_ target: Target, _ exclusion: Exclusion, _ placer: RecordPlacer) -> Bool {
        let isInPeriod = placer.periods.contains { placer.table.periods[$0] == target.period }
        if placer.subjects.isEmpty, exclusion.kind.couldBeAnybodys { return isInPeriod }
        return placer.subjects.contains { placer.table.subjects[$0.number] == target.subject }
            && (isInPeriod || placer.periods.isEmpty)
    }

    /// The explanations of all records fed so far, one for each target in its order.
    public func explanations() -> [Explanation] {
        var values: [Target: IndicatorValue] = [:]
        for value in aggregation.values() { values[Target(subject: value.subject, period: value.period)] = value }
        return targets.indices.map { target in
            Explanation(
                definition: indicator.definition, value: values[targets[target]], measures: measures(of: target))
        }
    }

    private func measures(of target: Int) -> [Explanation.Measure] {
        let latest = contributions[target].map(LatestOnly.init)
        let accumulators = zip(indicator.measures, latest).map { measure, latest in
            var accumulator = MeasureAccumulator(
                measure, mergesSmallGroups: indicator.definition.mergesSmallGroups, zone: context.zone)
            for contribution in latest.kept { accumulator.add(contribution) }
            return accumulator.closed
        }
        return accumulators.indices.map { index in
            // Of a ratio, the denominator decides which groups are small.
            let deciding = accumulators[indicator.definition.isRatio ? 1 : index].measureGroups
            return measure(index, latest[index], accumulators[index], deciding, excluded[target][index])
        }
    }

    private func measure(
        _ index: Int, _ latest: LatestOnly, _ accumulator: MeasureAccumulator, _ deciding: MeasureGroups,
        _ excluded: [Explanation.Excluded]
    ) -> Explanation.Measure {
        let small = deciding.hiddenNames
        let (missing, measured) = latest.kept.split { $0.missing != nil }
        let (left, counted) = measured.split { small.contains($0.group) }
        let out = latest.superseded.map(Self.superseded) + missing.map(Self.missing) + left.map(Self.small)
        return Explanation.Measure(
            definition: indicator.measures[index].definition,
            result: accumulator.isGrouped ? nil : accumulator.single,
            groups: accumulator.isGrouped ? groups(accumulator, small: deciding.small) : [],
            records: counted.sorted { $0.reference < $1.reference },
            excluded: (excluded + out).sorted { $0.reference < $1.reference })
    }

    private func groups(_ accumulator: MeasureAccumulator, small: MeasureGroups.Small) -> [Explanation.Group] {
        let shown = accumulator.measureGroups.shown(without: small)
        return accumulator.groups.merging(shown) { own, _ in own }.sorted { $0.key < $1.key }.map { key, group in
            .init(key: key, size: group.size, result: group.result, weight: group.weight, isShown: shown[key] != nil)
        }
    }

    private static func superseded(_ contribution: Contribution) -> Explanation.Excluded {
        excluded(contribution, Exclusion(.notLatest, "a later record has the same key"))
    }

    private static func missing(_ contribution: Contribution) -> Explanation.Excluded {
        excluded(contribution, Exclusion(.missing, contribution.missing ?? ""))
    }

    private static func small(_ contribution: Contribution) -> Explanation.Excluded {
        excluded(contribution, Exclusion(.smallGroup, "its group is smaller than the minimum"))
    }

    private static func excluded(_ contribution: Contribution, _ exclusion: Exclusion) -> Explanation.Excluded {
        .init(
            reference: contribution.reference, hash: contribution.hash, run: contribution.run, exclusion: exclusion)
    }
}

/// Splits contributions into those that count and those that a later one of the same key replaces.
private struct LatestOnly {
    private(set) var kept: [Contribution] = []
    private(set) var superseded: [Contribution] = []

    init(_ contributions: [Contribution]) {
        var latest = LatestByKey()
        for contribution in contributions {
            guard let key = contribution.latestKey else {
                kept.append(contribution)
                continue
            }
            if let replaced = latest.add(contribution, key: key) { superseded.append(replaced) }
        }
        kept += latest.kept
    }
}

extension Array {
    /// The elements that fulfil a condition, and the others, each in their order.
    fileprivate func split(_ condition: (Element) -> Bool) -> (matching: [Element], others: [Element]) {
        (filter(condition), filter { !condition($0) })
    }
}
