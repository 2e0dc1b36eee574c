package import PlumblineKit
import PlumblineTesting

/// Contact v3: departments below the root `0`, at most 50 in a page; users of a department, at most 50 in a page (UNC).
/// Users and departments have the members that the notes name; of those without scope there is none. `orders` of users,
/// with a mark of the main department, is in no reference (UNC): it comes where a user has a `main`.
extension FeishuEmulator {
    package struct Department: Sendable {
        package let id: String
        package var name: String
        package var parent: String
        /// A user_id.
        package var leader: String?

        package init(_ id: String, _ name: String, parent: String = "0", leader: String? = nil) {
            (self.id, self.name, self.parent, self.leader) = (id, name, parent, leader)
        }
    }

    package struct User: Sendable {
        package let id: String
        package var name: String
        package var departments: [String]
        package var number: String?
        package var email: String?
        package var mobile: String?
        package var title: String?
        package var manager: String?
        package var joined: Instant?
        package var main: String?
        package var isResigned = false
        package var isFrozen = false
        /// Leaves a member out of answers.
        package var lacks: String?

        package init(_ id: String, _ name: String, in departments: [String]) {
            (self.id, self.name, self.departments) = (id, name, departments)
        }
    }

    mutating func contact(_ request: EmulatedRequest, _ path: [String]) -> CannedAnswer {
        let common: Set = ["user_id_type", "department_id_type", "page_size", "page_token"]
        if request["department_id_type"] != "open_department_id" { fault(request, "department_id_type") }
        if path.count == 3, path[0] == "departments", path[2] == "children" {
            expect(common.union(["fetch_child"]), of: request)
            let below = departments.values.filter { request["fetch_child"] == "true" || $0.parent == path[1] }
            return page(of: below.sorted { $0.id < $1.id }.map { json($0, request) }, request, most: 50)
        }
        guard path == ["users", "find_by_department"], let id = request["department_id"] else {
            return unknown(request)
        }
        expect(common.union(["department_id"]), of: request)
        guard id == "0" || departments[id] != nil else { return failure(40_011, "no such department", status: 400) }
        let members = users.values.filter { $0.departments.contains(id) }.sorted { $0.id < $1.id }
        return page(of: members.map { json($0, request) }, request, most: 50)
    }

    /// What a user is called by in answers to a request.
    private func name(_ user: String, _ request: EmulatedRequest) -> String {
        request["user_id_type"] == "user_id" ? user : "ou_" + user
    }

    private func json(_ department: Department, _ request: EmulatedRequest) -> JSON {
        visible([
            "name": .string(department.name), "department_id": .string("d-" + department.id),
            "open_department_id": .string(department.id), "parent_department_id": .string(department.parent),
            "leader_user_id": .string(department.leader.map { name($0, request) } ?? ""), "member_count": 1,
            "order": "100", "status": ["is_deleted": false], "chat_id": .string(Self.canary),
        ])
    }

    private func json(_ user: User, _ request: EmulatedRequest) -> JSON {
        var object: JSONObject = [
            "open_id": .string("ou_" + user.id), "union_id": .string("on_" + user.id), "user_id": .string(user.id),
            "name": .string(user.name), "en_name": "", "email": .string(user.email ?? ""),
            "mobile": .string(user.mobile ?? ""), "employee_no": .string(user.number ?? ""), "employee_type": 1,
            "job_title": .string(user.title ?? ""), "department_ids": .array(user.departments.map(JSON.string)),
            "leader_user_id": .string(user.manager.map { name($0, request) } ?? ""),
            "join_time": .int(Int((user.joined?.microseconds ?? 0) / 1_000_000)),
            "status": [
                "is_frozen": .bool(user.isFrozen), "is_resigned": .bool(user.isResigned), "is_activated": true,
                "is_exited": false, "is_unjoin": false,
            ],
            "custom_attrs": [["id": "C-1", "value": ["text": .string(Self.canary)]]],
            "gender": 2, "city": .string(Self.canary), "avatar": ["avatar_72": .string(Self.canary)],
            "orders": .array(
                user.departments.map {
                    ["department_id": .string($0), "is_primary_dept": .bool($0 == user.main), "user_order": 0]
                }),
        ]
        if user.main == nil { object["orders"] = nil }
        if let name = user.lacks { object[name] = nil }
        return visible(object)
    }

    private func visible(_ object: JSONObject) -> JSON {
        .object(JSONObject(object.members.filter { !hidden.contains($0.key) }.map { ($0.key, $0.value) }))
    }
}
