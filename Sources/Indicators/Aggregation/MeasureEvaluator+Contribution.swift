internal import Expressions

extension MeasureEvaluator {
    func checkCondition() throws(Exclusion.Failure) {
        guard let condition = measure.condition else { return }
        if try !holds(condition) { throw .init(.condition, "not fulfilled: \(condition.source)") }
    }

    func contribution(
        of evidence: EvidenceRecord, anchor: Timestamp
    ) throws(Exclusion.Failure) -> Contribution {
        var contribution = Contribution(
            reference: evidence.reference, hash: evidence.hash, run: evidence.run, anchor: anchor,
            isCounted: try holds(measure.counted), share: .one, group: try key(measure.groupBy) ?? "")
        contribution.latestKey = try key(measure.latestBy)
        contribution.distinctKey = try key(measure.distinctBy)
        contribution.sampleKey = try measure.sampleBy.map { program throws(Exclusion.Failure) in
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

    func measureValue(into contribution: inout Contribution) throws(Exclusion.Failure) {
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

    func measure(
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
    func checkCounterpart(_ contribution: inout Contribution) throws(Exclusion.Failure) {
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

    func groupWeight(of group: String) throws(Exclusion.Failure) -> Rational? {
        switch measure.groupWeights {
        case .equal: return .one
        case .record(let program): return try value(program).rational
        case .map(let program):
            guard case .map(let weights) = try value(program) else { return nil }
            return weights[.string(group)]?.rational
        }
    }

    func key(_ programs: [Program]) throws(Exclusion.Failure) -> String? {
        if programs.isEmpty { return nil }
        var parts: [String] = []
        for program in programs { parts.append(try value(program).keyText) }
        return parts.joined(separator: "\u{1F}")
    }
}
