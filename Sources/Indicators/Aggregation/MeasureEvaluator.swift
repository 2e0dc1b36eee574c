internal import Expressions

/// What a measure makes of a record.
enum Outcome {
    /// The record counts, once for each placement.
    case included([Placement])
    /// The record does not count for these subjects in these periods; both are empty where they could not be told.
    case excluded(Exclusion, [Subject], [Period])
}

/// A contribution with the subject and period it belongs to.
struct Placement {
    let subject: Subject
    let period: Period
    let contribution: Contribution
}

/// Evaluates one measure on records, one after the other.
struct MeasureEvaluator {
    private let measure: CompiledMeasure
    private let context: AggregationContext
    private let scope: SubjectKind
    private var variables: [Value]

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

// MARK: - Lookups, anchor and owners

extension MeasureEvaluator {
    private mutating func findLookups(of evidence: EvidenceRecord) throws(Exclusion.Failure) {
        for (index, lookup) in measure.lookups.enumerated() {
            let key = try value(lookup.key)
            guard case .string(let text) = key else {
                throw .init(.noLookup, "it names no \(lookup.name): \(lookup.key.source) is empty")
            }
            let found = context.lookup.record(
                ofType: lookup.type.name, key: text, nearest: evidence.reference.connection)
            guard let found else {
                throw .init(.noLookup, "there is no \(lookup.type.name) '\(text)'")
            }
            variables[IndicatorEnvironment.Slot.firstLookup + index] = found.value
        }
    }

    private func anchorOfRecord() throws(Exclusion.Failure) -> Timestamp {
        guard let program = measure.anchor else { return context.now }
        guard case .timestamp(let anchor) = try value(program, emptyAs: .noAnchor) else {
            throw .init(.noAnchor, "\(program.source) is empty")
        }
        return anchor
    }

    private mutating func readOwners(of evidence: EvidenceRecord, asOf anchor: Timestamp) {
        guard measure.isAsOfAnchor else { return }
        let lookups = measure.lookups.indices.map { IndicatorEnvironment.Slot.firstLookup + $0 }
        for slot in [IndicatorEnvironment.Slot.record.rawValue] + lookups {
            if case .record(let record) = variables[slot], let dated = record.asOf(anchor) {
                variables[slot] = .record(dated)
            }
        }
    }
}

// MARK: - Subjects

extension MeasureEvaluator {
    private struct Share {
        let subject: Subject
        let part: Rational
    }

    private mutating func subjects(anchor: Timestamp) throws(Exclusion.Failure) -> [Share] {
        switch measure.subject {
        case .company: return [Share(subject: .company, part: .one)]
        case .one(let program): return try subjects(named: value(program, emptyAs: .noSubject), program, anchor: anchor)
        case .shares(let program): return try shares(value(program, emptyAs: .noSubject), program, anchor: anchor)
        }
    }

    private mutating func subjects(
        named value: Value, _ program: Program, anchor: Timestamp
    ) throws(Exclusion.Failure) -> [Share] {
        guard case .string(let id) = value, !id.isEmpty else {
            throw .init(.noSubject, "\(program.source) is empty")
        }
        let day = context.zone.day(of: anchor)
        let person = context.accounts.employee(id, on: day) ?? id
        self[.employee] = context.directory.entry(of: person, on: day)?.value ?? .null
        return try roster.subjects(of: person, on: day).map { Share(subject: $0, part: .one) }
    }

    private func shares(
        _ value: Value, _ program: Program, anchor: Timestamp
    ) throws(Exclusion.Failure) -> [Share] {
        guard case .map(let map) = value else { throw .init(.noSubject, "\(program.source) is no map of shares") }
        var result: [Share] = []
        for key in map.keys {
            guard case .string(let id) = key, let part = map[key]?.rational else {
                throw .init(.noSubject, "\(program.source) must map subjects to numbers")
            }
            let day = context.zone.day(of: anchor)
            let subjects = try roster.subjects(of: context.accounts.employee(id, on: day) ?? id, on: day)
            result += subjects.map { Share(subject: $0, part: part) }
        }
        return result
    }

    private var roster: SubjectRoster { SubjectRoster(scope: scope, directory: context.directory) }
}

// MARK: - Conditions and contributions

extension MeasureEvaluator {
    private func checkCondition() throws(Exclusion.Failure) {
        guard let condition = measure.condition else { return }
        if try !holds(condition) { throw .init(.condition, "not fulfilled: \(condition.source)") }
    }

    private func contribution(
        of evidence: EvidenceRecord, anchor: Timestamp
    ) throws(Exclusion.Failure) -> Contribution {
        var contribution = Contribution(
            reference: evidence.reference, hash: evidence.hash, run: evidence.run, anchor: anchor,
            isCounted: try holds(measure.counted), share: .one, group: try key(measure.groupBy) ?? "")
        contribution.latest = try key(measure.latestBy)
        contribution.distinct = try key(measure.distinctBy)
        contribution.sample = try measure.sampleBy.map { program throws(Exclusion.Failure) in
            try value(program).keyText
        }
        contribution.weight = try measure.innerWeight.flatMap { program throws(Exclusion.Failure) in
            try value(program).rational
        }
        contribution.groupWeight = try groupWeight(of: contribution.group)
        try measureValue(into: &contribution)
        try checkCounterpart(&contribution)
        return contribution
    }

    private func measureValue(into contribution: inout Contribution) throws(Exclusion.Failure) {
        guard let program = measure.value else {
            contribution.value = .one
            return
        }
        guard contribution.isCounted else {
            contribution.value = .zero
            return
        }
        switch answer(program) {
        case .value(.null): contribution.missing = "\(program.source) is empty"
        case .value(let value): try measure(value, of: program, into: &contribution)
        case .empty(let reason), .failed(let reason): contribution.missing = reason
        }
    }

    private func measure(
        _ value: Value, of program: Program, into contribution: inout Contribution
    ) throws(Exclusion.Failure) {
        if case .duration(let duration) = value, duration < .zero {
            contribution.missing = "the time runs backwards: \(program.source)"
            return
        }
        guard let number = value.number(secondsPerUnit: measure.secondsPerUnit) else {
            throw .init(.failed, "\(program.source) gave \(value.kind), which is no exact number")
        }
        contribution.value = number
    }

    /// A record that the other part of a ratio cannot measure is left out of this part too.
    private func checkCounterpart(_ contribution: inout Contribution) throws(Exclusion.Failure) {
        guard let other = measure.counterpart, contribution.missing == nil, try holds(other.counted),
            let program = other.value
        else { return }
        var checked = contribution
        switch answer(program) {
        case .value(.null): checked.missing = "\(program.source) is empty"
        case .value(let value): try measure(value, of: program, into: &checked)
        case .empty(let reason), .failed(let reason): checked.missing = reason
        }
        contribution.missing = checked.missing
    }

    private func groupWeight(of group: String) throws(Exclusion.Failure) -> Rational? {
        switch measure.groupWeights {
        case .equal: return .one
        case .record(let program): return try value(program).rational
        case .map(let program):
            guard case .map(let weights) = try value(program) else { return nil }
            return weights[.string(group)]?.rational
        }
    }

    private func key(_ programs: [Program]) throws(Exclusion.Failure) -> String? {
        if programs.isEmpty { return nil }
        var parts: [String] = []
        for program in programs { parts.append(try value(program).keyText) }
        return parts.joined(separator: "\u{1F}")
    }
}

// MARK: - Evaluating expressions

extension MeasureEvaluator {
    private enum Answer {
        case value(Value)
        case empty(String)
        case failed(String)
    }

    private subscript(slot: IndicatorEnvironment.Slot) -> Value {
        get { variables[slot.rawValue] }
        set { variables[slot.rawValue] = newValue }
    }

    private func answer(_ program: Program) -> Answer {
        do throws(EvaluationError) {
            return .value(try program.evaluate(variables))
        } catch {
            if case .emptyOperand = error { return .empty(error.message) }
            return .failed("\(program.source): \(error.message)")
        }
    }

    /// A condition that an empty field leaves open is not fulfilled.
    private func holds(_ program: Program?) throws(Exclusion.Failure) -> Bool {
        guard let program else { return true }
        switch answer(program) {
        case .value(.bool(let holds)): return holds
        case .value, .empty: return false
        case .failed(let reason): throw .init(.failed, reason)
        }
    }

    private func value(_ program: Program, emptyAs kind: Exclusion.Kind? = nil) throws(Exclusion.Failure) -> Value {
        switch answer(program) {
        case .value(let value): return value
        case .empty(let reason):
            guard let kind else { return .null }
            throw .init(kind, reason)
        case .failed(let reason): throw .init(.failed, reason)
        }
    }
}
