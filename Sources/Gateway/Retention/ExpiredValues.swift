internal import Indicators
internal import ReviewStore

/// Which values can no longer be computed, for evidence of theirs was deleted when its time was over: those of periods
/// that begin before a day. They stay as they were published, whatever the rest of the evidence gives.
struct ExpiredValues: Sendable {
    private let days: [String: Day]

    /// What was deleted, as far as indicators read it.
    init(_ expired: [ExpiredEvidence], _ indicators: [CompiledIndicator]) {
        let byType = Dictionary(expired.map { ($0.recordType, $0.before) }, uniquingKeysWith: max)
        let days = indicators.map { ($0.definition.id, $0.recordTypes.compactMap { byType[$0] }.max()) }
        self.days = Dictionary(days.compactMap { id, day in day.map { (id, $0) } }, uniquingKeysWith: max)
    }

    /// The day before which evidence of an indicator was deleted; nil where none was.
    func before(_ indicator: String) -> Day? { days[indicator] }

    /// The day before which evidence was deleted, where the period begins before it; else nil.
    func before(_ indicator: String, _ period: Period) -> Day? {
        days[indicator].flatMap { period.firstDay < $0 ? $0 : nil }
    }

    func contains(_ key: ValueKey) -> Bool {
        guard days[key.indicator] != nil, let period = Period(id: key.period) else { return false }
        return before(key.indicator, period) != nil
    }

    /// Computed values of indicators, those that are published in the place of those that can no longer be computed.
    func keeping(
        _ values: [ComputedValue], of indicators: [CompiledIndicator], in store: any ReviewStore
    ) async throws(HostError) -> [ComputedValue] {
        if days.isEmpty { return values }
        var kept: [ComputedValue] = []
        for id in indicators.map(\.definition.id) where days[id] != nil {
            do throws(StoreError) {
                kept += try await store.values(ValueFilter(indicator: id)).map(\.content).filter { contains($0.key) }
            } catch {
                throw .store(error)
            }
        }
        return values.filter { !contains($0.key) } + kept
    }

}

extension WorkspaceHost {
    func expiredValues() async throws(HostError) -> ExpiredValues {
        let expired = try await storing { () throws(StoreError) in try await store.expiredEvidence() }
        return ExpiredValues(expired, workspace.indicators)
    }
}
