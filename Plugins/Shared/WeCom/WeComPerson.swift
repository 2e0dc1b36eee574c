import PlumblineKit

/// What WeCom tells of somebody, beside the department tree.
struct WeComPerson {
    private let person: JSON
    private let member: WeComDirectory.Member
    private let tree: WeComDepartments

    /// What an app is told only where an administrator grants it.
    static let granted = ["name", "email", "mobile", "position", "main_department", "direct_leader", "status"]

    init(_ person: JSON, _ member: WeComDirectory.Member, _ tree: WeComDepartments) {
        (self.person, self.member, self.tree) = (person, member, tree)
    }

    var json: JSON {
        let main = mainDepartment
        let others = departments.filter { $0 != main }
        return [
            "id": .string(member.account), "staff_number": .null, "name": .text(person.filled("name")),
            "name_en": .null, "email": .text(person.filled("email") ?? person.filled("biz_mail")),
            "mobile": .text(person.filled("mobile")), "title": .text(person.filled("position")),
            "unit": .text(main.flatMap(tree.path)),
            "units": .array(([main].compactMap(\.self) + others).compactMap { tree.path(of: $0).map(JSON.string) }),
            "manager": .text(manager), "leads": leads, "joined_on": .null, "left_on": .null,
            "is_active": .bool(person["status"]?.int != 5),
        ]
    }

    /// Those that the person tells, else those that the list showed.
    private var departments: [Int] {
        let told = person["department"]?.array?.compactMap(\.int) ?? []
        return told.isEmpty ? member.departments : told
    }

    /// Nil where it is not told and there are several.
    private var mainDepartment: Int? {
        if let main = person["main_department"]?.int, main > 0 { return main }
        return departments.count == 1 ? departments[0] : nil
    }

    /// Nil where none is told, or several.
    private var manager: String? {
        let leaders = person["direct_leader"]?.array?.compactMap(\.scalarText) ?? []
        return leaders.count == 1 ? leaders[0].weComAccount : nil
    }

    /// Both the person and the departments may tell.
    private var leads: JSON {
        let marks = person["is_leader_in_dept"]?.array?.map(\.int)
        let own = marks.flatMap { marks in
            marks.count == departments.count ? zip(departments, marks).filter { $0.1 == 1 }.map(\.0) : nil
        }
        let told = tree.led(by: member.account)
        guard own != nil || told != nil else { return .null }
        let led = Set((own ?? []) + (told ?? [])).sorted()
        return .array(led.compactMap { tree.path(of: $0).map(JSON.string) })
    }
}
