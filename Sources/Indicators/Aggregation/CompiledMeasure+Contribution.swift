internal import Expressions

extension CompiledMeasure {
    /// What a record adds to the measure, with everything that groups, samples and explanations want to know.
    func contribution(
        of evidence: EvidenceRecord, anchor: Timestamp, _ variables: [Value]
    ) throws(Exclusion.Failure) -> Contribution {
        var contribution = Contribution(
            reference: evidence.reference, hash: evidence.hash, run: evidence.run, anchor: anchor,
            isCounted: try isCounted(variables), share: .one, group: try groupBy.key(variables) ?? "")
        contribution.latestKey = try latestBy.key(variables)
        contribution.distinctKey = try distinctBy.key(variables)
        contribution.sampleKey = try sampleBy.map { program throws(Exclusion.Failure) in
            try program.value(variables).partText
        }
        contribution.weight = try innerWeight.flatMap { program throws(Exclusion.Failure) in
            try program.value(variables).rational
        }
        contribution.groupWeight = try groupWeight(of: contribution.group, variables)
        switch try measurement(isCounted: contribution.isCounted, variables) {
        case .ticks(let ticks): contribution.value = Rational(ticks).divided(by: Rational(ticksPerUnit))
        case .exact(let number): contribution.value = number
        case .missing(let reason): contribution.missing = reason
        }
        return contribution
    }

    private func groupWeight(of group: String, _ variables: [Value]) throws(Exclusion.Failure) -> Rational? {
        switch groupWeights {
        case .equal: return .one
        case .record(let program): return try program.value(variables).rational
        case .map(let program):
            guard case .map(let weights) = try program.value(variables) else { return nil }
            return weights[.string(group)]?.rational
        }
    }
}
