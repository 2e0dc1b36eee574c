package import PlumblineKit
import PlumblineTesting

extension DingTalkEmulator {
    package struct Department: Sendable {
        package var name: String
        package var parent: Int

        package init(_ name: String, under parent: Int = 1) {
            (self.name, self.parent) = (name, parent)
        }
    }

    package struct User: Sendable {
        package let id: String
        package var name: String
        package var number: String?
        package var title: String?
        package var mobile: String?
        package var email: String?
        package var manager: String?
        package var departments: [Int]
        package var leads: Set<Int> = []
        package var hired: Instant?
        /// Leaves a member out of answers, as a server that is broken would.
        package var lacks: String?

        package init(
            _ id: String, _ name: String, number: String? = nil, in departments: [Int], leads: Set<Int> = [],
            manager: String? = nil
        ) {
            (self.id, self.name, self.number) = (id, name, number)
            (self.departments, self.leads, self.manager) = (departments, leads, manager)
        }
    }

    mutating func legacyAnswer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        let body = (try? JSON.parse(request.body)) ?? .null
        let path = request.path
        require(request.method == "POST", "not a POST", path)
        require(request.query.map(\.name) == ["access_token"], "more than the token in the query", path)
        switch path {
        case "/topapi/v2/department/listsub": return children(body, path)
        case "/topapi/v2/user/list": return members(body, path)
        case "/topapi/v2/user/get": return person(body, path)
        case "/attendance/list": return resultList(body, path)
        case "/attendance/listRecord": return punchList(body, path)
        case "/topapi/attendance/getleavestatus": return leaveList(body, path)
        case "/topapi/attendance/getattcolumns": return columns(body, path)
        case "/topapi/attendance/getcolumnval": return columnValues(body, path)
        default:
            faults.append("\(path): no such path")
            return legacyError(22, "Invalid method")
        }
    }

    private mutating func children(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["dept_id", "language"], of: body, path)
        guard let id = body["dept_id"]?.int, exists(id) else { return legacyError(60003, "no such department") }
        let found = departments.filter { $0.value.parent == id }.sorted { $0.key < $1.key }
        return Self.ok([
            "result": .array(
                found.map {
                    [
                        "dept_id": .int($0.key), "name": .string($0.value.name), "parent_id": .int(id),
                        "ext": .string(canary),
                    ]
                })
        ])
    }

    private mutating func members(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["dept_id", "cursor", "size", "order_field", "contain_access_limit", "language"], of: body, path)
        guard let id = body["dept_id"]?.int, exists(id) else { return legacyError(60003, "no such department") }
        let (start, size) = (body["cursor"]?.int ?? -1, body["size"]?.int ?? 0)
        guard start >= 0, (1...mostListedPeople).contains(size) else {
            faults.append("\(path): cursor or size")
            return legacyError(40035, "parameters")
        }
        let found = users.filter { $0.departments.contains(id) }
        let shown = found.dropFirst(start).prefix(size)
        var result: JSONObject = [
            "list": .array(shown.map { json($0, in: id) }), "has_more": .bool(start + size < found.count),
        ]
        if start + size < found.count { result["next_cursor"] = .int(start + size) }
        return Self.ok(["result": .object(result)])
    }

    private mutating func person(_ body: JSON, _ path: String) -> CannedAnswer {
        expect(["userid", "language"], of: body, path)
        guard let user = users.first(where: { $0.id == body["userid"]?.string }) else {
            return legacyError(60121, "no such user")
        }
        var object = json(user, in: user.departments.first ?? 1).object ?? [:]
        object["manager_userid"] = user.manager.map(JSON.string)
        return Self.ok(["result": .object(object)])
    }

    private func exists(_ id: Int) -> Bool { id == 1 || departments[id] != nil }

    private func json(_ user: User, in department: Int) -> JSON {
        var object: JSONObject = [
            "userid": .string(user.id), "unionid": .string("union-\(canary)"), "name": .string(user.name),
            "avatar": .string("https://avatar.example/\(canary)"), "state_code": .string(canary),
            "telephone": .string(canary), "work_place": .string(canary), "remark": .string(canary),
            "extension": .string("{\"blood\":\"\(canary)\"}"), "hide_mobile": false, "active": true, "admin": false,
            "boss": false, "leader": .bool(user.leads.contains(department)), "dept_order": 1,
            "dept_id_list": .array(user.departments.map(JSON.int)),
        ]
        object["job_number"] = user.number.map(JSON.string)
        object["title"] = user.title.map(JSON.string)
        object["mobile"] = user.mobile.map(JSON.string)
        object["email"] = user.email.map(JSON.string)
        object["hired_date"] = user.hired.map(Self.milliseconds)
        if let name = user.lacks { object[name] = nil }
        return .object(object)
    }
}

// MARK: - What people do there

extension DingTalkEmulator {
    package mutating func hire(_ user: User) { users.append(user) }

    package mutating func leave(_ id: String) { users.removeAll { $0.id == id } }

    package mutating func move(_ id: String, to departments: [Int]) {
        guard let place = users.firstIndex(where: { $0.id == id }) else { return }
        users[place].departments = departments
    }
}
