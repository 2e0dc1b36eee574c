internal import Expressions
internal import Indicators
internal import ReviewStore

/// What is to be computed again.
struct Recomputation {
    /// Indicators of which every value is.
    var whole: [CompiledIndicator] = []
    /// Indicators of which the values are that changed records count for.
    var touched: [CompiledIndicator] = []
    /// The types of those records.
    var touchedTypes: Set<String> = []
    /// Indicators with values that the workspace defines no longer.
    var withdrawn: Set<String> = []

    var isEmpty: Bool { whole.isEmpty && touched.isEmpty && withdrawn.isEmpty }
}

extension WorkspaceHost {
    /// What changed records, changed definitions and the time that has passed leave to be computed.
    ///
    /// As a whole: indicators that were last computed by another definition or by none, those of which time has changed
    /// values since, and those that look up changed records or read a type of which more has changed than single records.
    func recomputation(after marks: [StaleMark], at moment: Timestamp) async throws(HostError) -> Recomputation {
        let versions = try await storing { () throws(StoreError) in try await store.definitionVersions() }
        let aged = try await agedIndicators(at: moment)
        let wholeTypes = Set(marks.filter(\.isWhole).map(\.recordType))
        var result = Recomputation()
        result.touchedTypes = Set(marks.map(\.recordType)).subtracting(wholeTypes)
        result.withdrawn = Set(versions.keys).subtracting(workspace.indicators.map(\.definition.id))
        for indicator in workspace.indicators {
            let id = indicator.definition.id
            if versions[id] != workspace.version(of: indicator) || aged.contains(id)
                || !indicator.recordTypes.isDisjoint(with: wholeTypes)
            {
                result.whole.append(indicator)
            } else if !indicator.recordTypes.isDisjoint(with: result.touchedTypes) {
                if indicator.isTouchedOnly(by: result.touchedTypes) {
                    result.touched.append(indicator)
                } else {
                    result.whole.append(indicator)
                }
            }
        }
        return result
    }

    /// The indicators of which time alone has changed values since all of them were computed, and those of which nobody
    /// knows when that was.
    private func agedIndicators(at moment: Timestamp) async throws(HostError) -> Set<String> {
        let computed = try await storing { () throws(StoreError) in try await store.wholeComputations() }
        let unripe = Dictionary(
            grouping: try await storing { () throws(StoreError) in try await store.unripeValues() }, by: \.indicator)
        let aged = workspace.indicators.filter { indicator in
            let id = indicator.definition.id
            guard let last = computed[id] else { return true }
            let passed = PassedTime(since: last, until: moment)
            return hasBegunPeriod(of: indicator, passed)
                || (unripe[id] ?? []).contains { passed.includes(ripeness(of: $0, indicator.definition)) }
        }
        return Set(aged.map(\.definition.id))
    }

    /// Whether a period has begun in which there are values without any record having changed.
    private func hasBegunPeriod(of indicator: CompiledIndicator, _ passed: PassedTime) -> Bool {
        guard indicator.fillsPeriods || !indicator.canBeTouched else { return false }
        let zone = workspace.calendar.zone
        return indicator.ownPeriodKinds(of: workspace.configuration.periodKinds)
            .contains { passed.includes(Period(kind: $0, containing: zone.day(of: passed.end)).start(in: zone)) }
    }

    /// When the period of values is over, or their records have matured.
    private func ripeness(of values: UnripeValues, _ definition: IndicatorDefinition) -> Timestamp? {
        let zone = workspace.calendar.zone
        return Period(id: values.period).map { period in
            let end = period.end(in: zone)
            return values.status == .partial ? end : zone.adding(days: definition.maturesAfterDays, to: end)
        }
    }

    /// The values that are to be computed, and which of those published they stand for.
    func compute(
        _ plan: Recomputation
    ) async throws(HostError) -> (values: [ComputedValue], scope: Publication.Scope) {
        let indicators = plan.whole + plan.touched
        let aggregation = try await aggregate(plan)
        let undecided = aggregation.undecided
        var values = aggregation.values().filter { !undecided.contains($0.indicator) }
        let again = plan.touched.filter { undecided.contains($0.definition.id) }
        if !again.isEmpty { values += try await aggregateStored(again) }
        var scope = Publication.Scope.indicators(versions(of: plan.whole + again))
        for (id, cells) in aggregation.touched where !undecided.contains(id) { scope.add(cells, of: id) }
        scope.withdrawn = plan.withdrawn
        return (try await computed(values, by: indicators), scope)
    }

    private func aggregate(_ plan: Recomputation) async throws(HostError) -> Aggregation {
        let states = try await touchedStates(plan)
        let published = try await publishedSubjects(plan.touched)
        let ids = Set(plan.touched.map(\.definition.id))
        return try await aggregation(of: plan.whole + plan.touched) { aggregation, book in
            aggregation.restrict(ids, to: states.map { book.resolved($0) }, published: published)
        }
    }

    private func touchedStates(_ plan: Recomputation) async throws(HostError) -> [Evidence] {
        guard !plan.touched.isEmpty else { return [] }
        var states: [Evidence] = []
        let read = plan.touched.reduce(into: Set<String>()) { $0.formUnion($1.recordTypes) }
        for type in plan.touchedTypes.intersection(read).sorted() {
            states += try await storing { () throws(StoreError) in try await store.touchedStates(of: type) }
        }
        return states
    }

    private func publishedSubjects(
        _ indicators: [CompiledIndicator]
    ) async throws(HostError) -> [String: Set<Subject>] {
        let expired = try await expiredValues()
        var subjects: [String: Set<Subject>] = [:]
        for id in indicators.filter(\.hasNaturalZeros).map(\.definition.id) {
            let before = expired.before(id)
            subjects[id] = try await storing { () throws(StoreError) in
                try await store.publishedSubjects(of: id) { period in before.map { period.firstDay >= $0 } ?? true }
            }
        }
        return subjects
    }
}

/// The time between two computations.
private struct PassedTime {
    private let start: Timestamp
    let end: Timestamp

    init(since start: Timestamp, until end: Timestamp) { (self.start, self.end) = (start, end) }

    /// Whether a moment lies behind the first computation, and not behind the second.
    func includes(_ moment: Timestamp?) -> Bool { moment.map { start < $0 && $0 <= end } ?? false }
}

extension CompiledIndicator {
    /// Whether changed records of some types touch no other values than those that they count for.
    fileprivate func isTouchedOnly(by types: Set<String>) -> Bool {
        canBeTouched && lookupTypes.isDisjoint(with: types)
    }
}

extension Publication.Scope {
    fileprivate mutating func add(_ cells: TouchedCells, of indicator: String) {
        periods[indicator] = Set(cells.periods.map(\.id))
        for (subject, period) in cells.pairs {
            keys.insert(ValueKey(indicator: indicator, subject: subject, period: period.id))
        }
    }
}
