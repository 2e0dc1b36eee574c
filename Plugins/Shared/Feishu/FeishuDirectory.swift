package import PlumblineKit

/// Departments and people as they are now, read once in a run.
///
/// People who move between departments while these are read could be missed. So the directory is read until two walks
/// one after the other find the same departments with the same members.
package actor FeishuDirectory {
    private let client: FeishuClient
    private let idType: String
    private let listSize: Int
    private var known: FeishuSnapshot?

    /// `idType` is what people are called by: `user_id`, `open_id`.
    package init(client: FeishuClient, idType: String, settings: Settings) {
        (self.client, self.idType) = (client, idType)
        listSize = min(50, settings[FeishuSettings.listSize])
    }

    /// The root department, which is the company.
    static let root = "0"

    /// Everybody whom the app may see.
    ///
    /// - Throws: `.unavailable` where it changes all the time, `.settings` where the app may not see what people are
    ///   called by.
    package func snapshot() async throws(ConnectorError) -> FeishuSnapshot {
        if let known { return known }
        let snapshot = try await FeishuClient.settled("the directory") { () async throws(ConnectorError) in
            try await walk()
        }
        guard snapshot.people.isEmpty || snapshot.people.values.contains(where: { $0.filled(idType) != nil }) else {
            throw .settings(
                field: "app_id",
                reason: "the app sees nobody's \(idType): grant it contact:user.employee_id:readonly and publish it")
        }
        known = snapshot
        return snapshot
    }

    /// How many departments the app sees below the root.
    package func departmentCount() async throws(ConnectorError) -> Int { try await departments().count }

    /// Nil where a department went while it was read.
    private func walk() async throws(ConnectorError) -> FeishuSnapshot? {
        let departments = try await departments()
        var snapshot = FeishuSnapshot(idType: idType, departments: departments)
        for department in [Self.root] + departments.keys.sorted() {
            do throws(ConnectorError) {
                snapshot.add(try await members(of: department), of: department)
            } catch {
                guard case .unexpected = error, try await self.departments() != departments else { throw error }
                return nil
            }
        }
        return snapshot
    }

    private var types: [(String, String)] {
        [("user_id_type", idType), ("department_id_type", "open_department_id")]
    }

    private func departments() async throws(ConnectorError) -> [String: JSON] {
        let call = FeishuCall.get(
            "contact/v3/departments/:department_id/children", ["department_id": Self.root],
            query: types + [("fetch_child", "true")], keeping: Self.departmentList)
        var departments: [String: JSON] = [:]
        for department in try await client.list(call, size: listSize) {
            guard let id = department.filled("open_department_id") else {
                throw .unexpected(reason: "\(call.route) lists a department without an open_department_id")
            }
            if department["status"]?["is_deleted"] != true { departments[id] = department }
        }
        return departments
    }

    private func members(of department: String) async throws(ConnectorError) -> [JSON] {
        let call = FeishuCall.get(
            "contact/v3/users/find_by_department", query: types + [("department_id", department)],
            keeping: Self.userList)
        return try await client.list(call, size: listSize)
    }

    private static let departmentList: JSON = [
        "has_more": true, "page_token": true,
        "items": [
            [
                "open_department_id": true, "name": true, "parent_department_id": true, "leader_user_id": true,
                "leaders": [["leaderID": true]], "status": ["is_deleted": true],
            ]
        ],
    ]

    private static let userList: JSON = [
        "has_more": true, "page_token": true,
        "items": [
            [
                "open_id": true, "user_id": true, "name": true, "en_name": true, "email": true, "mobile": true,
                "employee_no": true, "job_title": true, "department_ids": true, "leader_user_id": true,
                "join_time": true, "status": ["is_resigned": true, "is_exited": true],
                "orders": [["department_id": true, "is_primary_dept": true]],
            ]
        ],
    ]
}

/// Departments and people at one time.
package struct FeishuSnapshot: Sendable, Equatable {
    let idType: String
    /// By open_department_id.
    let departments: [String: JSON]
    /// By open_id, or what else a person is called by.
    private(set) var people: [String: JSON] = [:]
    private(set) var memberships: [String: Set<String>] = [:]
    /// Users whom nothing names.
    private(set) var nameless: [JSON] = []

    init(idType: String, departments: [String: JSON]) {
        (self.idType, self.departments) = (idType, departments)
    }

    mutating func add(_ users: [JSON], of department: String) {
        for user in users {
            guard let key = user.filled("open_id") ?? user.filled("user_id") else {
                nameless.append(user)
                continue
            }
            people[key] = user
            memberships[key, default: []].insert(department)
        }
    }

    /// Whether both have the same departments, with the same people in them.
    package static func == (one: FeishuSnapshot, other: FeishuSnapshot) -> Bool {
        one.departments == other.departments && one.memberships == other.memberships
    }

    /// People by what they are called by, ascending.
    package var accounts: [(account: String, user: JSON)] {
        people.values.compactMap { user in user.filled(idType).map { ($0, user) } }.sorted { $0.0 < $1.0 }
    }

    /// The departments in which a user was found, or which the user names, in the user's order.
    func departments(of user: JSON) -> [String] {
        let named = (user["department_ids"]?.array ?? []).compactMap(\.string)
        let found = memberships[user.filled("open_id") ?? user.filled("user_id") ?? ""] ?? []
        return named.filter { found.contains($0) } + found.subtracting(named).sorted()
    }
}
