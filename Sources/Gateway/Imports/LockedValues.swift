internal import Expressions
internal import Indicators
internal import ReviewStore

/// The values of locked periods, to refuse what would change them.
struct LockedValues: Sendable {
    private let periods: Set<String>
    private let values: [ValueKey: ComputedValue]
    private let aggregation: Aggregation
    private let selections: [EvidenceSelection]
    private let book: AccountBook
    private let versions: [String: String]
    private let expired: ExpiredValues

    init(_ host: WorkspaceHost) async throws(HostError) {
        periods = Set(
            try await host.storing { () throws(StoreError) in try await host.store.periods() }
                .filter { $0.state == .locked }.map(\.period))
        var values: [ValueKey: ComputedValue] = [:]
        for period in periods {
            let stored = try await host.storing { () throws(StoreError) in
                try await host.store.values(ValueFilter(period: period))
            }
            for value in stored { values[value.key] = value.content }
        }
        self.values = values
        let indicators = periods.isEmpty ? [] : host.workspace.indicators
        book = try await host.accountBook()
        expired = try await host.expiredValues()
        aggregation = try await host.emptyAggregation(of: indicators, records: host.readEvidence)
        selections = host.selections(for: aggregation, indicators)
        versions = Dictionary(
            uniqueKeysWithValues: indicators.map { ($0.definition.id, host.workspace.version(of: $0)) })
    }

    /// - Throws: `StoreError.refused` naming the first value of a locked period that would change.
    ///
    /// `what` begins the sentence, such as `import 7 cannot be undone`.
    func refuseChanges(in evidence: any EvidenceReading, _ what: String) throws(StoreError) {
        if periods.isEmpty { return }
        let values = try evidence.fold(selections, into: aggregation) { $0.add(&$1, of: book) }.values()
        var computed: [ValueKey: ComputedValue] = [:]
        for value in values where periods.contains(value.period.id) {
            let content = ComputedValue(value, definitionVersion: versions[value.indicator] ?? "")
            computed[content.key] = content
        }
        let changed = Set(self.values.keys).union(computed.keys).filter {
            !expired.contains($0) && PreviewReport.Change(key: $0, old: self.values[$0], new: computed[$0]).isReal
        }
        guard let first = changed.min() else { return }
        throw .refused(
            reason: "\(what): \(first.indicator) of \(first.subject.id) in \(first.period) would "
                + "change\(changed.count > 1 ? ", with \(changed.count - 1) more values" : ""), and the period is locked"
        )
    }
}
