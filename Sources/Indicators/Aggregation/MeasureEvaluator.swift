internal import Expressions

/// Evaluates one measure on records, one after the other.
struct MeasureEvaluator {
    let measure: CompiledMeasure
    let context: AggregationContext
    let scope: SubjectKind
    /// The values that expressions read, in the order of ``IndicatorEnvironment/Slot``.
    var variables: [Value]

    init(_ measure: CompiledMeasure, scope: SubjectKind, context: AggregationContext) {
        self.measure = measure
        self.context = context
        self.scope = scope
        variables = Array(repeating: .null, count: IndicatorEnvironment.Slot.firstLookup + measure.lookups.count)
        self[.constants] = .map(context.constants)
        self[.company] = .string(Subject.company.id)
    }

    /// Whom and when the record counts for, and with what.
    mutating func evaluate(_ evidence: EvidenceRecord) -> Outcome {
        do throws(Exclusion.Failure) {
            self[.record] = evidence.record.value
            try findLookups(of: evidence)
            return measure.inPeriod == nil ? try anchored(evidence) : try stock(evidence)
        } catch {
            return .excluded(error.exclusion, error.subjects, error.periods)
        }
    }

    private mutating func anchored(_ evidence: EvidenceRecord) throws(Exclusion.Failure) -> Outcome {
        let anchor = try anchorOrSubjects()
        readOwners(of: evidence, asOf: anchor)
        return try place(evidence, anchor: anchor, periods: context.periods(containing: anchor))
    }

    /// The anchor; where it is empty, the failure still tells for whom the record would have counted.
    private mutating func anchorOrSubjects() throws(Exclusion.Failure) -> Timestamp {
        do throws(Exclusion.Failure) {
            return try anchorOfRecord()
        } catch {
            let shares = try? subjects(anchor: context.now)
            throw error.concerning(shares?.map(\.subject) ?? [])
        }
    }

    /// A record that is in several periods at once, such as a partner that was active at their start.
    private mutating func stock(_ evidence: EvidenceRecord) throws(Exclusion.Failure) -> Outcome {
        var placements: [Placement] = []
        var exclusion: Outcome?
        for period in context.allPeriods {
            self[.record] = evidence.record.value
            self[.period] = period.value(in: context.zone)
            guard try holds(measure.inPeriod) else { continue }
            let anchor = measure.anchor == nil ? period.start(in: context.zone) : try anchorOfRecord()
            readOwners(of: evidence, asOf: anchor)
            switch try place(evidence, anchor: anchor, periods: [period]) {
            case .included(let more): placements += more
            case let other: exclusion = other
            }
        }
        if placements.isEmpty, let exclusion { return exclusion }
        return .included(placements)
    }

    private mutating func place(
        _ evidence: EvidenceRecord, anchor: Timestamp, periods: [Period]
    ) throws(Exclusion.Failure) -> Outcome {
        var placements: [Placement] = []
        do throws(Exclusion.Failure) {
            let shares = try subjects(anchor: anchor)
            do throws(Exclusion.Failure) {
                for batch in measure.readsPeriod ? periods.map({ [$0] }) : [periods] where !batch.isEmpty {
                    self[.period] = batch[0].value(in: context.zone)
                    try checkCondition()
                    let contribution = try contribution(of: evidence, anchor: anchor)
                    placements += Self.placements(contribution, shares: shares, periods: batch)
                }
            } catch {
                throw error.concerning(shares.map(\.subject))
            }
        } catch {
            throw error.in(periods)
        }
        return .included(placements)
    }

    private static func placements(
        _ contribution: Contribution, shares: [Share], periods: [Period]
    ) -> [Placement] {
        shares.flatMap { share in
            periods.map { period in
                var part = contribution
                part.share = share.part
                return Placement(subject: share.subject, period: period, contribution: part)
            }
        }
    }
}

extension MeasureEvaluator {
    mutating func findLookups(of evidence: EvidenceRecord) throws(Exclusion.Failure) {
        for (index, lookup) in measure.lookups.enumerated() {
            let key = try value(lookup.key)
            guard case .string(let text) = key else {
                throw .init(.noLookup, "it names no \(lookup.name): \(lookup.key.source) is empty")
            }
            let found = context.lookup.record(
                ofType: lookup.type.name, key: text, preferring: evidence.reference.connection)
            guard let found else {
                throw .init(.noLookup, "there is no \(lookup.type.name) '\(text)'")
            }
            variables[IndicatorEnvironment.Slot.firstLookup + index] = found.value
        }
    }

    func anchorOfRecord() throws(Exclusion.Failure) -> Timestamp {
        guard let program = measure.anchor else { return context.now }
        guard case .timestamp(let anchor) = try value(program, emptyAs: .noAnchor) else {
            throw .init(.noAnchor, "\(program.source) is empty")
        }
        return anchor
    }

    mutating func readOwners(of evidence: EvidenceRecord, asOf anchor: Timestamp) {
        guard measure.isAsOfAnchor else { return }
        let lookups = measure.lookups.indices.map { IndicatorEnvironment.Slot.firstLookup + $0 }
        for slot in [IndicatorEnvironment.Slot.record.rawValue] + lookups {
            if case .record(let record) = variables[slot], let dated = record.asOf(anchor) {
                variables[slot] = .record(dated)
            }
        }
    }
}
