internal import Expressions
internal import Indicators
public import ReviewStore

extension WorkspaceHost {
    /// Computes the values that changed records or definitions touch, and publishes what differs.
    public func recalculate(cause: String, run: RunID?) async throws(HostError) -> PublicationOutcome {
        try await publishing { () throws(HostError) in
            let judgements = try await judgeRuns()
            var outcome = try await publishChanges(cause, run)
            outcome.judgements = judgements
            return outcome
        }
    }

    private func publishChanges(_ cause: String, _ run: RunID?) async throws(HostError) -> PublicationOutcome {
        let marks = try await storing { () throws(StoreError) in try await store.staleMarks() }
        let indicators = try await indicatorsToCompute(Set(marks.map(\.recordType)))
        if indicators.isEmpty, marks.isEmpty { return PublicationOutcome() }
        let publication = Publication(
            values: try await compute(indicators), scope: .indicators(versions(of: indicators)), cause: cause,
            run: run, actor: actor, clearing: marks)
        return try await storing { () throws(StoreError) in try await store.publish(publication) }
    }

    /// Recomputes every value from the evidence and puts the result in place of the current values.
    public func rebuild() async throws(HostError) -> PublicationOutcome {
        try await publishing { () throws(HostError) in
            let judgements = try await judgeRuns()
            let marks = try await storing { () throws(StoreError) in try await store.staleMarks() }
            let values = try await compute(workspace.indicators)
            var outcome = try await storing { () throws(StoreError) in
                try await store.beginRebuild()
                try await store.addToRebuild(values)
                return try await store.finishRebuild(
                    actor: actor, versions: versions(of: workspace.indicators), clearing: marks)
            }
            outcome.judgements = judgements
            let expired = try await expiredValues()
            outcome.kept = values.count { expired.contains($0.key) }
            return outcome
        }
    }

    /// Does what ends in a publication while nobody else does.
    private func publishing(
        _ work: () async throws(HostError) -> PublicationOutcome
    ) async throws(HostError) -> PublicationOutcome {
        let result = try await storing { () throws(StoreError) in
            try await store.withPublicationClaim { () -> Result<PublicationOutcome, HostError> in
                do throws(HostError) { return .success(try await work()) } catch { return .failure(error) }
            }
        }
        return try result.get()
    }

    /// Those that read a changed type, those that were last computed by another definition or by none, and those whose
    /// values have become complete with time.
    private func indicatorsToCompute(_ types: Set<String>) async throws(HostError) -> [CompiledIndicator] {
        let computed = try await storing { () throws(StoreError) in try await store.definitionVersions() }
        var result: [CompiledIndicator] = []
        for indicator in workspace.indicators {
            let id = indicator.definition.id
            if !indicator.recordTypes.isDisjoint(with: types) || computed[id] != workspace.version(of: indicator) {
                result.append(indicator)
                continue
            }
            let current = try await storing { () throws(StoreError) in
                try await store.values(ValueFilter(indicator: id))
            }
            if current.contains(where: { hasMatured($0.content, indicator.definition) }) { result.append(indicator) }
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

    /// Values of these indicators from the evidence, by default from what of it is in effect.
    func compute(
        _ indicators: [CompiledIndicator], view: EvidenceView = .inEffect
    ) async throws(HostError) -> [ComputedValue] {
        let versions = versions(of: indicators)
        let values = try await aggregateStored(indicators, view: view).map { value in
            ComputedValue(value, definitionVersion: versions[value.indicator] ?? "")
        }
        return try await expiredValues().keeping(values, of: indicators, in: store)
    }

    /// The version of each indicator's definition, by id.
    func versions(of indicators: [CompiledIndicator]) -> [String: String] {
        Dictionary(
            indicators.map { ($0.definition.id, workspace.version(of: $0)) }, uniquingKeysWith: { first, _ in first })
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
