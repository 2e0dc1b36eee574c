/// For whom a record counts, given the person or unit that its subject names.
struct SubjectRoster {
    let scope: SubjectKind
    let directory: EmployeeDirectory

    /// The employee and the units above them, or the unit and the units above it, as of a day.
    func subjects(of id: String, on day: Day) throws(Exclusion.Failure) -> [Subject] {
        if UnmatchedAccount.isMeant(by: id) {
            throw .init(.unmatched, "account \(id.dropFirst()) is not matched to an employee")
        }
        if IgnoredAccount.isMeant(by: id) {
            throw .init(.noSubject, "account \(id.dropFirst()) is nobody's: a person has decided so")
        }
        switch scope {
        case .company: return [.company]
        case .employee: return try employee(id, on: day)
        case .orgUnit: return try unit(id, on: day)
        }
    }

    private func employee(_ id: String, on day: Day) throws(Exclusion.Failure) -> [Subject] {
        if id == Subject.unassigned.id { return [.unassigned] }
        guard directory.contains(id) else {
            throw .init(.unmatched, "'\(id)' is no staff number of the people file")
        }
        return [Subject(kind: .employee, id: id)] + units(directory.units(of: id, on: day))
    }

    private func unit(_ id: String, on day: Day) throws(Exclusion.Failure) -> [Subject] {
        guard directory.contains(id) else {
            guard directory.hasUnit(id) else { throw .init(.unmatched, "'\(id)' is no unit of the people file") }
            return units(EmployeeDirectory.unitAndAncestors(id))
        }
        let own = directory.units(of: id, on: day)
        if own.isEmpty { throw .init(.noSubject, "\(id) belongs to no unit on \(day)") }
        return units(own)
    }

    private func units(_ ids: [String]) -> [Subject] { ids.map { Subject(kind: .orgUnit, id: $0) } }
}
