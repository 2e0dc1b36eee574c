internal import Expressions
internal import Indicators
public import ReviewStore

extension WorkspaceHost {
    /// Computes the values that changed records or definitions touch, and publishes what differs.
    public func recalculate(cause: String, run: RunID?) async throws(HostError) -> PublicationOutcome {
        let marks = try await storing { () throws(StoreError) in try await store.staleMarks() }
        let indicators = try await indicatorsToCompute(Set(marks.map(\.recordType)))
        if indicators.isEmpty, marks.isEmpty { return PublicationOutcome() }
        let values = try await compute(indicators)
        let publication = Publication(
            values: values,
            scope: .whole(indicators: Set(indicators.map(\.definition.id)), periods: periods(of: values)),
            cause: cause, run: run, actor: actor, clearing: marks)
        return try await storing { () throws(StoreError) in try await store.publish(publication) }
    }

    /// Recomputes every value from the evidence and puts the result in place of the current values.
    public func rebuild() async throws(HostError) -> PublicationOutcome {
        let marks = try await storing { () throws(StoreError) in try await store.staleMarks() }
        let values = try await compute(workspace.indicators)
        return try await storing { () throws(StoreError) in
            try await store.beginRebuild()
            try await store.addToRebuild(values)
            return try await store.finishRebuild(actor: actor, clearing: marks)
        }
    }

    /// Those that read a changed type, those whose definition is not the one they were computed by, and those whose
    /// values have become complete with time.
    private func indicatorsToCompute(_ types: Set<String>) async throws(HostError) -> [CompiledIndicator] {
        var result: [CompiledIndicator] = []
        for indicator in workspace.indicators {
            if !indicator.recordTypes.isDisjoint(with: types) {
                result.append(indicator)
                continue
            }
            let current = try await storing { () throws(StoreError) in
                try await store.values(ValueFilter(indicator: indicator.definition.id))
            }
            let version = workspace.version(of: indicator)
            let isOutdated = current.contains { value in
                value.content.status != .noData && value.content.definitionVersion != version
                    || hasMatured(value.content, indicator.definition)
            }
            if isOutdated { result.append(indicator) }
        }
        return result
    }

    /// Whether the status of a value says that its period still runs, or its records still mature, although they do not.
    private func hasMatured(_ value: ComputedValue, _ definition: IndicatorDefinition) -> Bool {
        guard [.partial, .provisional].contains(value.status), let period = Period(id: value.key.period) else {
            return false
        }
        let zone = workspace.calendar.zone
        let end = period.end(in: zone)
        return now() >= (value.status == .partial ? end : zone.adding(days: definition.maturesAfterDays, to: end))
    }

    /// Values of these indicators from the evidence as it is.
    func compute(_ indicators: [CompiledIndicator]) async throws(HostError) -> [ComputedValue] {
        let versions = Dictionary(
            uniqueKeysWithValues: indicators.map { ($0.definition.id, workspace.version(of: $0)) })
        return try await aggregateStored(indicators).map { value in
            ComputedValue(value, definitionVersion: versions[value.indicator] ?? "")
        }
    }

    /// All periods that may have values: from the first one on, some way past now for what is due later.
    private func periods(of values: [ComputedValue]) -> Set<String> {
        let today = workspace.calendar.zone.day(of: now())
        let known = workspace.configuration.periodKinds.flatMap { kind in
            sequence(first: Period(kind: kind, containing: workspace.configuration.firstPeriod.firstDay)) { $0.next }
                .prefix { $0.firstDay <= today + 750 }
        }
        return Set(known.map(\.id) + values.map(\.key.period))
    }
}

extension ComputedValue {
    /// A computed value as the store keeps it.
    init(_ value: IndicatorValue, definitionVersion: String) {
        self.init(
            key: ValueKey(indicator: value.indicator, subject: value.subject, period: value.period.id),
            status: value.status, exact: value.value, decimal: value.decimal, sampleSize: value.sample,
            coverage: value.coverage, flags: value.flags, definitionVersion: definitionVersion,
            evidenceDigest: value.digest.hex)
    }
}
