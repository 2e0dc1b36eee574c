import PlumblineKit
import PlumblineTesting

extension WeComEmulator {
    package struct Department: Sendable {
        package var name: String
        package var parent: Int
        package var leaders: [String]

        package init(_ name: String, in parent: Int, leaders: [String] = []) {
            (self.name, self.parent, self.leaders) = (name, parent, leaders)
        }
    }

    package struct User: Sendable {
        /// As the administrator spelled it.
        package let userid: String
        package var name: String
        package var departments: [Int]
        package var main: Int?
        package var leads: [Int] = []
        package var manager: String?
        package var title = ""
        package var email = ""
        package var mobile = ""
        package var status = 1

        package init(_ userid: String, _ name: String, in departments: [Int]) {
            (self.userid, self.name, self.departments) = (userid, name, departments)
            main = departments.first
        }
    }

    /// Puts somebody in the place of who has the same userid in any case of letters.
    package mutating func put(_ user: User) { users[user.userid.lowercased()] = user }

    mutating func departmentList(_ request: EmulatedRequest, isSimple: Bool) -> CannedAnswer {
        expect(["id"], "GET", request)
        let rows = departments.sorted { $0.key < $1.key }.map { id, department -> JSON in
            var row: JSONObject = ["id": .int(id), "parentid": .int(department.parent), "order": .int(100 - id)]
            if !isSimple {
                if namesDepartments { row["name"] = .string(department.name) }
                row["name_en"] = ""
                row["department_leader"] = .array(department.leaders.map(JSON.string))
            }
            return .object(row)
        }
        return success([isSimple ? "department_id" : "department": .array(rows)])
    }

    mutating func user(_ request: EmulatedRequest) -> CannedAnswer {
        expect(["userid"], "GET", request)
        guard let user = users[request["userid"]?.lowercased() ?? ""] else { return failure(60111) }
        return success(object(user))
    }

    mutating func userList(_ request: EmulatedRequest) -> CannedAnswer {
        expect(["department_id"], "GET", request)
        guard allowsUserList else { return failure(48002) }
        guard let id = request["department_id"].flatMap({ Int($0) }), departments[id] != nil else {
            return failure(60003)
        }
        let found = users.sorted { $0.key < $1.key }.map(\.value).filter { $0.departments.contains(id) }
        return success(["userlist": .array(found.map { .object(object($0)) })])
    }

    /// Rows in the order of department and account. The cursor is the last row's place.
    mutating func idList(_ request: EmulatedRequest) -> CannedAnswer {
        let body = body(["cursor", "limit"], of: request)
        guard let limit = body["limit"]?.int, (1...10_000).contains(limit), let cursor = body["cursor"]?.string else {
            fault("\(request.path): a cursor and a limit up to 10000 are wanted")
            return failure(40058)
        }
        let all = users.values.flatMap { user in user.departments.map { (Self.place($0, user.userid), $0, user) } }
        let rest = all.filter { $0.0 > cursor }.sorted { $0.0 < $1.0 }
        let shown = rest.prefix(limit)
        let rows = shown.map { _, department, user -> JSON in
            // One who is in several departments is spelled in different ways.
            let userid = department.isMultiple(of: 2) ? user.userid : user.userid.uppercased()
            return ["userid": .string(userid), "department": .int(department)]
        }
        return success([
            "dept_user": .array(rows), "next_cursor": .string(rest.count > limit ? shown.last?.0 ?? "" : ""),
        ])
    }

    private static func place(_ department: Int, _ userid: String) -> String {
        "\(1000 + department)/\(userid.lowercased())"
    }

    private func object(_ user: User) -> JSONObject {
        var object: JSONObject = [
            "userid": .string(user.userid), "department": .array(user.departments.map(JSON.int)),
            "order": .array(user.departments.map { _ in 0 }), "isleader": 0, "alias": .string(Self.canary),
            "telephone": .string(Self.canary), "address": .string(Self.canary), "qr_code": .string(Self.canary),
        ]
        guard grantsPersonalFields else { return object }
        let granted: JSONObject = [
            "name": .string(user.name), "position": .string(user.title), "mobile": .string(user.mobile),
            "email": .string(user.email), "biz_mail": .string("\(user.userid.lowercased())@biz.plumbline.example"),
            "gender": .string(Self.canary), "avatar": .string(Self.canary), "thumb_avatar": .string(Self.canary),
            "is_leader_in_dept": .array(user.departments.map { .int(user.leads.contains($0) ? 1 : 0) }),
            "direct_leader": .array([user.manager].compactMap { $0.map(JSON.string) }),
            "main_department": .int(user.main ?? 0), "status": .int(user.status),
            "extattr": ["attrs": [["type": 0, "name": .string(Self.canary), "value": .string(Self.canary)]]],
        ]
        for member in granted.members { object[member.key] = member.value }
        return object
    }
}
