import PlumblineKit

/// The tree of departments as the app sees it.
struct WeComDepartments: Hashable {
    private struct Department: Hashable {
        let name: String?
        let parent: Int
        /// Accounts, folded; nil where the answer does not tell.
        let leaders: Set<String>?
    }

    private let departments: [Int: Department]

    /// Of `department` or `department_id` in the answer.
    init(_ rows: [JSON]) throws(ConnectorError) {
        var departments: [Int: Department] = [:]
        for row in rows {
            guard let id = row["id"]?.int, let parent = row["parentid"]?.int else {
                throw .unexpected(reason: "a department has no 'id' with a 'parentid'")
            }
            let leaders = row["department_leader"]?.array?.compactMap { $0.scalarText?.weComAccount }
            departments[id] = Department(name: row.filled("name"), parent: parent, leaders: leaders.map(Set.init))
        }
        self.departments = departments
    }

    /// Ascending.
    var ids: [Int] { departments.keys.sorted() }

    /// Whether any department has a name.
    var haveNames: Bool { departments.values.contains { $0.name != nil } }

    /// The names from the first department that the app sees down to this one; nil where one has none, or is in itself.
    func path(of id: Int) -> String? {
        var names: [String] = []
        var place = departments[id] == nil ? nil : Optional(id)
        while let here = place {
            guard let department = departments[here], let name = department.name, names.count <= departments.count
            else { return nil }
            names.append(name.replacing("/", with: "／"))
            place = departments[department.parent] == nil ? nil : department.parent
        }
        return names.isEmpty ? nil : names.reversed().joined(separator: "/")
    }

    /// The departments that somebody leads, ascending; nil where no department tells who leads it.
    func led(by account: String) -> [Int]? {
        guard departments.values.contains(where: { $0.leaders != nil }) else { return nil }
        return ids.filter { departments[$0]?.leaders?.contains(account) == true }
    }
}
