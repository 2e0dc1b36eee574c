/// Withholds the roll-ups of an anonymous indicator that would tell, beside the values of their parts, what few answered.
///
/// Who takes away from a unit's answers those of the largest parts of it that are shown is left with those of the hidden
/// ones. A unit is shown where these are none, or enough to be shown. Units are judged from the smallest to the largest;
/// so the shown values are sums over sets of answers that are apart from each other and each large enough, and whatever
/// is reckoned of them is a sum over whole such sets. Groups that have a minimum are judged each by itself.
struct AnonymousRollUps {
    private let indicator: CompiledIndicator
    private let parts: [Subject: [Subject]]
    private let totals: [Subject: [MeasureTotal]]
    /// Those who belonged to several units, so that nobody can say which of their answers a unit holds.
    private let movers: Set<Subject>
    private(set) var withheld: Set<Subject> = []
    private var hidden: Set<Subject>

    /// Judges the values of one period, with what each measure gave for their subjects.
    init(
        _ values: [IndicatorValue], in period: Period, totals: [Subject: [MeasureTotal]], indicator: CompiledIndicator,
        directory: EmployeeDirectory
    ) {
        self.indicator = indicator
        self.totals = totals
        hidden = Set(values.filter { [.lowSample, .noData].contains($0.status) }.map(\.subject))
        var parts: [Subject: [Subject]] = [:]
        var movers: Set<Subject> = []
        for subject in values.map(\.subject) {
            let units = directory.units(above: subject, in: period)
            for unit in units { parts[Subject(kind: .orgUnit, id: unit), default: []].append(subject) }
            if units.count > 1 { movers.insert(subject) }
        }
        (self.parts, self.movers) = (parts, movers)
        let units = values.map(\.subject).filter { $0.kind == .orgUnit }
        for unit in units.sorted(by: { ($0.id.utf8.count, $0.id) > ($1.id.utf8.count, $1.id) })
        where !hidden.contains(unit) && tellsFew(unit) {
            hidden.insert(unit)
            withheld.insert(unit)
        }
    }

    /// The answers to a measure, all or those of one group.
    private struct Answers {
        var samples: Set<String> = []
        var records = 0
        /// Whether there are more, nobody knows how many.
        var isUncertain = false

        func areTooFew(_ minimum: Int) -> Bool {
            isUncertain || records > 0 && (samples.isEmpty ? records : samples.count) < minimum
        }

        mutating func add(_ other: Answers) {
            samples.formUnion(other.samples)
            records += other.records
            isUncertain = isUncertain || other.isUncertain
        }
    }

    private func tellsFew(_ unit: Subject) -> Bool {
        indicator.measures.indices.contains { index in
            let measure = indicator.measures[index].definition
            let minimum = max(indicator.definition.minSample, measure.minGroup ?? 0)
            return groups(of: unit, index).contains { left(of: unit, index, $0).areTooFew(minimum) }
        }
    }

    /// The groups that a unit's value tells something of; nil stands for all answers.
    private func groups(of unit: Subject, _ index: Int) -> [String?] {
        guard indicator.measures[index].definition.minGroup != nil, let groups = totals[unit]?[index].groups else {
            return [nil]
        }
        return groups.keys.filter { !groups.hiddenNames.contains($0) }
    }

    /// The answers of a unit without those of the largest parts that are shown.
    private func left(of unit: Subject, _ index: Int, _ group: String?) -> Answers {
        let parts = parts[unit] ?? []
        var left = indicator.definition.scope == .orgUnit ? own(unit, parts, index, group) : Answers()
        for part in parts where !shows(part, index, group) {
            left.add(part.kind == .orgUnit ? self.left(of: part, index, group) : answers(of: part, index, group))
        }
        return left
    }

    /// What belongs to a unit itself and to none below it.
    private func own(_ unit: Subject, _ parts: [Subject], _ index: Int, _ group: String?) -> Answers {
        var own = answers(of: unit, index, group)
        for part in parts {
            let other = answers(of: part, index, group)
            own.samples.subtract(other.samples)
            own.records -= other.records
        }
        return own
    }

    private func shows(_ subject: Subject, _ index: Int, _ group: String?) -> Bool {
        guard !hidden.contains(subject) else { return false }
        guard let group, let groups = totals[subject]?[index].groups else { return true }
        return !groups.small.names.contains(group)
    }

    private func answers(of subject: Subject, _ index: Int, _ group: String?) -> Answers {
        guard let total = totals[subject]?[index] else { return Answers() }
        let answers =
            if let group {
                Answers(samples: total.groups?[group]?.samples ?? [], records: total.groups?[group]?.included ?? 0)
            } else {
                Answers(samples: total.samples, records: total.included)
            }
        return movers.contains(subject) && answers.records > 0 ? Answers(isUncertain: true) : answers
    }
}

extension EmployeeDirectory {
    /// The units right above a subject in a period: the parent of a unit, and those in which an employee was.
    fileprivate func units(above subject: Subject, in period: Period) -> Set<String> {
        switch subject.kind {
        case .company: []
        case .orgUnit: Set(Self.unitAndAncestors(subject.id).dropFirst().prefix(1))
        case .employee: Set(rows(of: subject.id).filter { $0.span.overlaps(period) }.compactMap(\.unit))
        }
    }
}
