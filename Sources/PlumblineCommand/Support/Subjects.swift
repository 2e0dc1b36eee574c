internal import Gateway
internal import Indicators
internal import PlumblineKit

extension Subject {
    /// The subject as every command prints it.
    var json: JSON { ["kind": .string(kind.rawValue), "id": .string(id)] }
}

extension EmployeeDirectory {
    /// The person, unit or company that a person names at the command line.
    func subject(_ name: String) throws(HostError) -> Subject {
        if name == Subject.company.id { return .company }
        if name == Subject.unassigned.id { return .unassigned }
        if contains(name) { return Subject(kind: .employee, id: name) }
        if hasUnit(name) { return Subject(kind: .orgUnit, id: name) }
        throw .invalid("'\(name)' is neither a staff number nor a unit of the people file")
    }
}
