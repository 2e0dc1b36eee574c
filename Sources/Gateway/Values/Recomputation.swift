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

    var isEmpty: Bool { whole.isEmpty && touched.isEmpty }
}

extension WorkspaceHost {
    /// What changed records, changed definitions and the time that has passed leave to be computed.
    ///
    /// As a whole: indicators that were last computed by another definition or by none, of which values have become
    /// complete or a period has begun, and those that look up changed records or read a type of which more has changed
    /// than single records.
    func recomputation(after marks: [StaleMark]) async throws(HostError) -> Recomputation {
        let versions = try await storing { () throws(StoreError) in try await store.definitionVersions() }
        let matured = try await maturedIndicators()
        let wholeTypes = Set(marks.filter(\.isWhole).map(\.recordType))
        var result = Recomputation()
        result.touchedTypes = Set(marks.map(\.recordType)).subtracting(wholeTypes)
        for indicator in workspace.indicators {
            let id = indicator.definition.id
            if versions[id] != workspace.version(of: indicator) || matured.contains(id)
                || !indicator.recordTypes.isDisjoint(with: wholeTypes)
            {
                result.whole.append(indicator)
            } else if !indicator.recordTypes.isDisjoint(with: result.touchedTypes) {
                if try await isTouchedOnly(indicator, result.touchedTypes) {
                    result.touched.append(indicator)
                } else {
                    result.whole.append(indicator)
                }
            }
        }
        return result
    }

    /// The indicators with values whose status says that their period still runs, or their records still mature,
    /// although they do not.
    private func maturedIndicators() async throws(HostError) -> Set<String> {
        let unripe = try await storing { () throws(StoreError) in try await store.unripeValues() }
        let definitions = Dictionary(
            workspace.indicators.map { ($0.definition.id, $0.definition) }, uniquingKeysWith: { first, _ in first })
        return Set(
            unripe.filter { values in definitions[values.indicator].map { hasMatured(values, $0) } ?? false }
                .map(\.indicator))
    }

    private func hasMatured(_ values: UnripeValues, _ definition: IndicatorDefinition) -> Bool {
        guard let period = Period(id: values.period) else { return false }
        let zone = workspace.calendar.zone
        let end = period.end(in: zone)
        return now() >= (values.status == .partial ? end : zone.adding(days: definition.maturesAfterDays, to: end))
    }

    /// Whether changed records of some types touch no other values than those that they count for.
    private func isTouchedOnly(_ indicator: CompiledIndicator, _ types: Set<String>) async throws(HostError) -> Bool {
        guard indicator.canBeTouched, indicator.lookupTypes.isDisjoint(with: types) else { return false }
        guard indicator.fillsPeriods else { return true }
        let periods = try await storing { () throws(StoreError) in
            try await store.publishedPeriods(of: indicator.definition.id)
        }
        return currentPeriods(of: indicator).allSatisfy { periods.contains($0.id) }
    }

    private func currentPeriods(of indicator: CompiledIndicator) -> [Period] {
        let today = workspace.calendar.zone.day(of: now())
        return indicator.ownPeriodKinds(of: workspace.configuration.periodKinds)
            .map { Period(kind: $0, containing: today) }
            .filter { $0.firstDay >= workspace.configuration.firstPeriod.firstDay }
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
        var subjects: [String: Set<Subject>] = [:]
        for id in indicators.filter(\.hasNaturalZeros).map(\.definition.id) {
            subjects[id] = try await storing { () throws(StoreError) in try await store.publishedSubjects(of: id) }
        }
        return subjects
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
