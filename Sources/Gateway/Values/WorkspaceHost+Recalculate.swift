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
        let moment = now()
        let plan = try await recomputation(after: marks, at: moment)
        if plan.isEmpty, marks.isEmpty { return PublicationOutcome() }
        let (values, scope) = try await compute(plan)
        let publication = Publication(
            values: values, scope: scope, cause: cause, run: run, actor: actor, clearing: marks, moment: moment)
        return try await storing { () throws(StoreError) in try await store.publish(publication) }
    }

    /// Recomputes every value from the evidence and puts the result in place of the current values.
    public func rebuild() async throws(HostError) -> PublicationOutcome {
        try await publishing { () throws(HostError) in
            let judgements = try await judgeRuns()
            let marks = try await storing { () throws(StoreError) in try await store.staleMarks() }
            let moment = now()
            let values = try await compute(workspace.indicators)
            var outcome = try await storing { () throws(StoreError) in
                try await store.beginRebuild()
                try await store.addToRebuild(values)
                return try await store.finishRebuild(
                    actor: actor, versions: versions(of: workspace.indicators), moment: moment, clearing: marks)
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

    /// Values of these indicators from the evidence, by default from what of it is in effect.
    func compute(
        _ indicators: [CompiledIndicator], view: EvidenceView = .inEffect
    ) async throws(HostError) -> [ComputedValue] {
        try await computed(try await aggregateStored(indicators, view: view), by: indicators)
    }

    /// The values as they are published, with those that are published already in the place of those that can no longer be
    /// computed.
    func computed(
        _ values: [IndicatorValue], by indicators: [CompiledIndicator]
    ) async throws(HostError) -> [ComputedValue] {
        let versions = versions(of: indicators)
        let values = values.map { ComputedValue($0, definitionVersion: versions[$0.indicator] ?? "") }
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
