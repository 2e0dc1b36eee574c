public import Expressions

/// Records of which a field of the kind `datetime` lies in a span of time.
public struct FieldWindow: Sendable, Hashable {
    /// The field's name.
    public let field: String
    /// From when until before when.
    public let times: Range<Timestamp>

    /// The records of a span of time.
    public init(field: String, times: Range<Timestamp>) {
        self.field = field
        self.times = times
    }
}

extension Aggregation {
    /// Restricts what is computed of some indicators to the values that changed records count for, as they were or as they
    /// are. Comes before any record is fed; then every live record that ``windows(of:)`` does not leave out is fed.
    ///
    /// - Parameters:
    ///   - ids: The indicators, which must be ``CompiledIndicator/canBeTouched``; of the others all values are computed.
    ///   - states: Each changed record as it was, and as it is.
    ///   - published: Those who have a published value, by the ids of the indicators that have natural zeros.
    public mutating func restrict(
        _ ids: Set<String>, to states: [EvidenceRecord], published: [String: Set<Subject>]
    ) {
        let touched = plans.touchedCells(of: states)
        for index in indicators.indices where ids.contains(indicators[index].id) {
            indicators[index].restrict(to: touched, plans, published: published[indicators[index].id] ?? [])
        }
        for placing in plans.placings.indices {
            let users = indicators.filter { $0.places.contains { plans.placing(of: $0.plan) == placing } }
            let wanted = users.compactMap { $0.restriction?.touched }
            guard wanted.count == users.count else { continue }
            plans.restrict(placing: placing, to: wanted.reduce(into: TouchedCells()) { $0.formUnion($1) })
        }
    }

    /// Where the records of a type lie that count for what is computed, in any of these windows; nil where they may lie
    /// anywhere.
    public func windows(of type: String) -> [FieldWindow]? {
        var windows: [FieldWindow] = []
        for placing in plans.placings where placing.placer.plan.record.name == type {
            guard let own = placing.windows else { return nil }
            windows += own
        }
        return windows
    }

    /// The values that are computed, by the ids of the indicators that are restricted.
    public var touched: [String: TouchedCells] {
        Dictionary(
            indicators.compactMap { columns in columns.restriction.map { (columns.id, $0.touched) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The restricted indicators of which all values must be computed after all, now that every record is fed.
    ///
    /// Somebody lost what is touched of them: whether they have other records, and so zeros, only those would tell.
    public var undecided: Set<String> { Set(indicators.filter { $0.isUndecided(plans) }.map(\.id)) }
}

/// What is computed of an indicator.
struct Restriction {
    /// The values that are computed.
    let touched: TouchedCells
    /// Those whose records changed.
    let subjects: Set<Subject>
    /// Those who have a published value, where the indicator has natural zeros.
    let published: Set<Subject>
}

extension CompiledIndicator {
    /// Whether a lack of records is a zero: then a subject that has a value in one period has one in all others.
    public var hasNaturalZeros: Bool { definition.zeroDenominator == .zero }

    /// Whether values come into being as time goes by, without any record: those of a period that has begun.
    public var fillsPeriods: Bool { hasNaturalZeros || measures.contains { $0.inPeriod != nil } }

    /// Whether changed records tell which values are touched: not where the moment of reading decides the period.
    public var canBeTouched: Bool { measures.allSatisfy { $0.anchor != nil || $0.inPeriod != nil } }
}

extension CompiledMeasure {
    /// Whether it counts for the company as a whole.
    fileprivate var isOfCompany: Bool {
        if case .company = subject { true } else { false }
    }
}

extension IndicatorColumns {
    var id: String { indicator.definition.id }

    /// Restricts what is computed to what is touched of its measures, given by placing.
    mutating func restrict(to placings: [TouchedCells], _ plans: AggregatedPlans, published: Set<Subject>) {
        var touched = TouchedCells()
        for (measure, place) in zip(indicator.measures, places) {
            var own = placings[plans.placing(of: place.plan)]
            // A measure of the whole company takes part in everybody's value.
            if measure.isOfCompany { own = own.wholePeriods(of: .company) }
            touched.formUnion(own)
        }
        // What is withheld of an anonymous value depends on those beside it.
        if indicator.definition.anonymous { touched = touched.wholePeriods() }
        let subjects = Set(touched.cells.map(\.subject))
        if indicator.hasNaturalZeros { touched.insert(subjects.subtracting(published), in: context.allPeriods) }
        // What the whole company has takes part in every value, whichever measure touches it.
        if indicator.measures.contains(where: \.isOfCompany) {
            touched.insert([.company], in: Array(touched.allPeriods))
        }
        restriction = Restriction(touched: touched, subjects: subjects, published: published)
    }

    /// Those who have a value in some period.
    func subjects(_ placed: Set<Cell>) -> Set<Subject> {
        remembered.union(placed.map(\.subject)).union(restriction?.published ?? [])
    }

    func isUndecided(_ plans: AggregatedPlans) -> Bool {
        guard let restriction, indicator.hasNaturalZeros else { return false }
        return !restriction.subjects.intersection(restriction.published).isSubset(
            of: remembered.union(cells(plans).map(\.subject)))
    }
}
