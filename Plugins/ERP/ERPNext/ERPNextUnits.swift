import PlumblineKit

/// Gives employees the path of their department, from the top of the tree.
struct ERPNextUnits {
    let client: ERPNextClient
    let settings: Settings

    static let reads = Setting<Bool>.flag(
        "read_departments", default: true,
        LocalizedText(zh: "是否读取部门树，给出员工部门的路径", en: "Whether the tree of departments is read, for the paths of units"))
    static let doctype = Setting<String>.text(
        "department_doctype", default: "Department",
        LocalizedText(zh: "部门：DocType 名称", en: "Departments: name of the DocType"))
    static let fields = Setting<[String: String]>.map(
        "department_fields", default: ["name": "department_name", "parent": "parent_department"],
        LocalizedText(zh: "部门：名称 name 与上级 parent 的字段名", en: "Departments: fields with their name and their parent"))
    static let rootName = Setting<String?>.text(
        "root_name",
        LocalizedText(
            zh: "部门树顶端的名称，各路径以它开头；不写则用 ERPNext 的名称",
            en: "The name of the top of the tree, with which every path begins; as ERPNext has it unless said"))

    static let all: [SettingField] = [reads.field, doctype.field, fields.field, rootName.field]

    private struct Department {
        let name: String
        let parent: String?
    }

    /// The records with `left_on`, the day behind the last one, and `unit`: null where somebody has no department, or
    /// its way to the top cannot be seen.
    func completed(_ records: [SourceRecord]) async throws(ConnectorError) -> [SourceRecord] {
        let isNeeded = records.contains { $0.json["department"]?.string != nil }
        let departments = settings[Self.reads] && isNeeded ? try await departments() : [:]
        return records.map { record in
            guard var members = record.json.object else { return record }
            let department = members["department"]?.string
            members["unit"] = .text(department.flatMap { path(to: $0, in: departments) })
            let lastDay = members["last_day"]?.string.flatMap { LocalDay($0) }
            members["left_on"] = .text(lastDay?.advanced(by: 1).text)
            return SourceRecord(id: record.id, version: record.version, json: .object(members))
        }
    }

    private func departments() async throws(ConnectorError) -> [String: Department] {
        let doctype = settings[Self.doctype]
        let members = try ERPNextForm.members(Self.fields, settings)
        var departments: [String: Department] = [:]
        for row in try await client.list(.all(doctype, fields: members.map(\.field), where: [])) {
            guard let id = row["name"]?.scalarText,
                let read = try? JSON.object(JSONObject(members.read(from: row))), let name = read["name"]?.string
            else { throw .unexpected(reason: "\(doctype): a department has no name") }
            departments[id] = Department(name: name, parent: read["parent"]?.string)
        }
        return departments
    }

    private func path(to id: String, in departments: [String: Department]) -> String? {
        var (names, next, seen): ([String], String?, Set<String>) = ([], id, [])
        while let id = next {
            guard let department = departments[id], seen.insert(id).inserted else { return nil }
            names.append(department.parent == nil ? settings[Self.rootName] ?? department.name : department.name)
            next = department.parent
        }
        return names.reversed().joined(separator: "/")
    }
}
