internal import Expressions

extension MeasureEvaluator {
    struct Share {
        let subject: Subject
        let part: Rational
    }

    mutating func subjects(anchor: Timestamp) throws(Exclusion.Failure) -> [Share] {
        switch measure.subject {
        case .company: return [Share(subject: .company, part: .one)]
        case .one(let program): return try subjects(named: value(program, emptyAs: .noSubject), program, anchor: anchor)
        case .shares(let program): return try shares(value(program, emptyAs: .noSubject), program, anchor: anchor)
        }
    }

    mutating func subjects(
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

    func shares(
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

    var roster: SubjectRoster { SubjectRoster(scope: scope, directory: context.directory) }
}
