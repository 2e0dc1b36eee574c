internal import Expressions

/// Places records: finds for whom and in which periods each one counts, one record after the other.
///
/// `start` takes a record in; `next` then gives its readings one by one. A reading is a set of subjects and periods for
/// which the record says the same, with ``variables`` set for them. Most records have one; those of a stock, and those
/// whose expressions read the period, have one for each period.
struct RecordPlacer {
    let plan: PlacementPlan
    let context: AggregationContext
    /// The values that expressions read, in the order of ``IndicatorEnvironment/Slot``.
    private(set) var variables: [Value]
    /// The subjects and periods met so far.
    private(set) var table = CellTable()
    /// For whom the present reading counts, by the numbers of ``table``, with the part that counts for them.
    private(set) var subjects: [(number: Int, part: Rational)] = []
    /// The periods of the present reading, by the numbers of ``table``.
    private(set) var periods: [Int] = []
    /// What decided the periods of the present reading.
    private(set) var anchor = Timestamp(seconds: 0)

    private var roster: RosterCache
    private var calendar: PeriodCache
    private var evidence: EvidenceRecord?
    /// The periods that are still to be read one by one, the next one last.
    private var pending: [Period] = []
    private var failure: Exclusion?
    /// A lookup that found nothing, so that what reads it cannot be told.
    private var unfound: Exclusion?
    /// All periods of a stock, the first one last.
    private let stockPeriods: [Period]

    /// What a reading says.
    enum Reading {
        case counted
        /// The record does not count for ``subjects`` in ``periods``; either is empty where it could not be told.
        case excluded(Exclusion)
    }

    init(_ plan: PlacementPlan, context: AggregationContext) {
        self.plan = plan
        self.context = context
        roster = RosterCache(scope: plan.scope, context: context)
        calendar = PeriodCache(context: context)
        stockPeriods = plan.inPeriod == nil ? [] : context.allPeriods.reversed()
        variables = Array(repeating: .null, count: IndicatorEnvironment.Slot.firstLookup + plan.lookups.count)
        self[.constants] = .map(context.constants)
        self[.company] = .string(Subject.company.id)
    }

    private subscript(slot: IndicatorEnvironment.Slot) -> Value {
        get { variables[slot.rawValue] }
        set { variables[slot.rawValue] = newValue }
    }

    /// Takes in a record, whose readings ``next()`` gives.
    mutating func start(_ evidence: EvidenceRecord) {
        self.evidence = evidence
        (failure, unfound) = (nil, nil)
        pending.removeAll(keepingCapacity: true)
        forget()
        do throws(Exclusion.Failure) {
            self[.record] = evidence.record.value
            try findLookups(of: evidence)
            if plan.inPeriod == nil { try placeByAnchor(evidence) } else { pending = stockPeriods }
        } catch {
            failure = told(error)
        }
        if plan.inPeriod == nil, failure == nil, let unfound { failure = told(unfound) }
    }

    /// The next reading of the record; nil when there is none left.
    mutating func next() -> Reading? {
        guard let evidence else { return nil }
        if let failure {
            self.evidence = nil
            return .excluded(failure)
        }
        if plan.inPeriod != nil { return nextOfStock(evidence) }
        if plan.readsPeriod { return nextByPeriod() }
        self.evidence = nil
        return periods.isEmpty ? nil : reading()
    }

    /// Lets go of the record, so that the next one may be read into its place.
    mutating func finish() {
        evidence = nil
        self[.record] = .null
    }

    /// The row of a subject in a period, by their numbers; nil where none is wanted.
    mutating func row(subject: Int, period: Int) -> Int? { table.row(subject: subject, period: period) }

    /// From here on, only these cells have rows.
    mutating func restrict(to touched: TouchedCells) { table.restrict(to: touched) }

    private mutating func forget() {
        subjects.removeAll(keepingCapacity: true)
        periods.removeAll(keepingCapacity: true)
    }

    /// Whether the condition holds for the present reading.
    private func reading() -> Reading {
        guard let condition = plan.condition else { return .counted }
        do throws(Exclusion.Failure) {
            return try condition.holds(variables) ? .counted : .excluded(plan.unfulfilled)
        } catch {
            return .excluded(error.exclusion)
        }
    }
}

// MARK: - Records with an anchor

extension RecordPlacer {
    private mutating func placeByAnchor(_ evidence: EvidenceRecord) throws(Exclusion.Failure) {
        anchor = try anchorOrSubjects()
        readOwners(asOf: anchor)
        let found = calendar.periods(containing: anchor, &table)
        if plan.readsPeriod { pending = found.periods.reversed() }
        periods += found.numbers
        try findSubjects()
    }

    /// The anchor; where it is empty, the failure still tells for whom the record would have counted.
    private mutating func anchorOrSubjects() throws(Exclusion.Failure) -> Timestamp {
        do throws(Exclusion.Failure) {
            return try anchorOfRecord()
        } catch {
            anchor = context.now
            do throws(Exclusion.Failure) { try findSubjects() } catch { subjects.removeAll(keepingCapacity: true) }
            throw error
        }
    }

    /// One period of a record whose expressions read the period.
    private mutating func nextByPeriod() -> Reading? {
        guard let period = pending.popLast() else { return nil }
        periods = [table.number(of: period)]
        self[.period] = period.value(in: context.zone)
        return reading()
    }

    private func anchorOfRecord() throws(Exclusion.Failure) -> Timestamp {
        guard let program = plan.anchor else { return context.now }
        guard case .timestamp(let anchor) = try program.value(variables, emptyAs: .noAnchor) else {
            throw .init(.noAnchor, "\(program.source) is empty")
        }
        return anchor
    }
}

// MARK: - Records that are in several periods at once

extension RecordPlacer {
    /// The next period of a stock, such as a partner that was active at its start.
    private mutating func nextOfStock(_ evidence: EvidenceRecord) -> Reading? {
        while let period = pending.popLast() {
            do throws(Exclusion.Failure) {
                guard try enter(period, with: evidence) else { continue }
                return unfound.map { .excluded(told($0)) } ?? reading()
            } catch {
                return .excluded(told(error))
            }
        }
        return nil
    }

    private mutating func enter(_ period: Period, with evidence: EvidenceRecord) throws(Exclusion.Failure) -> Bool {
        forget()
        self[.record] = evidence.record.value
        self[.period] = period.value(in: context.zone)
        var failure: Exclusion.Failure?
        do throws(Exclusion.Failure) {
            guard try isIn() else { return false }
        } catch {
            // Whether it is in the period cannot be told, but those whom it concerns are.
            failure = error
        }
        periods.append(table.number(of: period))
        anchor = plan.anchor == nil ? period.start(in: context.zone) : try anchorOrSubjects()
        readOwners(asOf: anchor)
        try findSubjects()
        if let failure { throw failure }
        return true
    }

    /// Whether the record is in the present period, or might be, for what tells was not found.
    private func isIn() throws(Exclusion.Failure) -> Bool {
        guard let program = plan.inPeriod else { return true }
        if unfound != nil, plan.reads(lookupIn: program) { return true }
        return try program.holds(variables)
    }
}

// MARK: - Lookups and people

extension RecordPlacer {
    /// Finds the other records; one that is named but not there leaves its name empty.
    private mutating func findLookups(of evidence: EvidenceRecord) throws(Exclusion.Failure) {
        for index in plan.lookups.indices {
            variables[IndicatorEnvironment.Slot.firstLookup + index] = .null
        }
        for (index, lookup) in plan.lookups.enumerated() {
            guard case .string(let text) = try lookup.key.value(variables) else {
                throw .init(.noLookup, "it names no \(lookup.name): \(lookup.key.source) is empty")
            }
            let found = context.lookup.record(
                ofType: lookup.type.name, key: text, preferring: evidence.reference.connection)
            if let found {
                variables[IndicatorEnvironment.Slot.firstLookup + index] = found.value
            } else {
                unfound = unfound ?? Exclusion(.noLookup, "there is no \(lookup.type.name) '\(text)'")
            }
        }
    }

    /// What is told of a record that could not be placed: that a lookup found nothing, where that may be why.
    private mutating func told(_ failure: Exclusion.Failure) -> Exclusion {
        let isNobodys = [.unmatched, .noSubject].contains(failure.exclusion.kind)
        guard let unfound, !isNobodys || plan.subjectReadsLookup else { return failure.exclusion }
        return told(unfound)
    }

    /// What is told of a record of which a lookup found nothing: that, unless it does not fulfil the condition anyway.
    private mutating func told(_ unfound: Exclusion) -> Exclusion {
        if plan.inPeriod == nil { self[.period] = .null }
        if subjects.isEmpty { self[.employee] = .null }
        guard let condition = plan.condition, case .value(.bool(false)) = condition.answer(variables) else {
            return unfound
        }
        return plan.unfulfilled
    }

    private mutating func readOwners(asOf anchor: Timestamp) {
        for slot in plan.ownedSlots {
            if case .record(let record) = variables[slot], let dated = record.asOf(anchor) {
                variables[slot] = .record(dated)
            }
        }
    }

    private mutating func findSubjects() throws(Exclusion.Failure) {
        switch plan.subject {
        case .company: subjects.append((table.number(of: .company), .one))
        case .one(let program): try findSubjects(program)
        case .shares(let program): try findShares(program)
        }
    }

    private mutating func findSubjects(_ program: Program) throws(Exclusion.Failure) {
        guard case .string(let id) = try program.value(variables, emptyAs: .noSubject), !id.isEmpty else {
            throw .init(.noSubject, "\(program.source) is empty")
        }
        let day = context.zone.day(of: anchor)
        let found = try roster.subjects(of: id, on: day, &table)
        if plan.readsEmployee { self[.employee] = context.directory.entry(of: found.person, on: day)?.value ?? .null }
        for number in found.numbers { subjects.append((number, .one)) }
    }

    private mutating func findShares(_ program: Program) throws(Exclusion.Failure) {
        guard case .map(let map) = try program.value(variables, emptyAs: .noSubject) else {
            throw .init(.noSubject, "\(program.source) is no map of shares")
        }
        var found: [(number: Int, part: Rational)] = []
        for (key, value) in zip(map.keys, map.values) {
            guard case .string(let id) = key, let part = value.rational else {
                throw .init(.noSubject, "\(program.source) must map subjects to numbers")
            }
            let numbers = try roster.subjects(of: id, on: context.zone.day(of: anchor), &table).numbers
            for number in numbers { found.add(part, of: number) }
        }
        subjects = found
    }
}

extension [(number: Int, part: Rational)] {
    /// People of one unit have one part of a record there: the sum of theirs.
    fileprivate mutating func add(_ part: Rational, of number: Int) {
        if let index = firstIndex(where: { $0.number == number }) {
            self[index].part = self[index].part + part
        } else {
            append((number, part))
        }
    }
}
