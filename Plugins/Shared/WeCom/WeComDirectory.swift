package import PlumblineKit

/// Who is in the departments that the app sees, read once in a run.
///
/// While people move from one department to another, a walk over the list can pass somebody by. So it is walked until two
/// walks in a row show the same departments and memberships; where they never do, the run ends and begins again later.
package actor WeComDirectory {
    let client: WeComClient
    private let settings: Settings
    private var snapshot: Snapshot?

    private static let mostWalks = 6

    /// A directory that is read with the secret for contacts, where there is one.
    package init(settings: Settings, context: ConnectorContext) {
        let secret = settings[WeComSettings.contactsSecret] ?? settings[WeComSettings.secret]
        client = WeComClient(settings: settings, secret: secret, context: context)
        self.settings = settings
    }

    /// What two walks agreed on.
    struct Snapshot {
        let departments: WeComDepartments
        /// Ascending by account.
        let members: [Member]
    }

    /// Somebody who is in a department at least.
    struct Member {
        let account: String
        /// As WeCom spells it.
        let userid: String
        /// Ascending.
        let departments: [Int]
        /// The person, where the list tells more than names.
        let person: JSON?
    }

    private struct Walk {
        let departments: WeComDepartments
        /// By account and department.
        var rows: [Row: JSON] = [:]

        struct Row: Hashable {
            let account: String
            let department: Int
        }

        func agrees(with other: Walk) -> Bool {
            departments == other.departments && Set(rows.keys) == Set(other.rows.keys)
        }
    }

    /// The accounts of everybody, folded, each with the spelling that WeCom has for it; ascending.
    package func accounts() async throws(ConnectorError) -> [(account: String, userid: String)] {
        try await read().members.map { ($0.account, $0.userid) }
    }

    func read() async throws(ConnectorError) -> Snapshot {
        if let snapshot { return snapshot }
        var before = try await walk()
        for _ in 1..<Self.mostWalks {
            let walk = try await walk()
            if walk.agrees(with: before) {
                let snapshot = Snapshot(departments: walk.departments, members: Self.members(of: walk))
                self.snapshot = snapshot
                return snapshot
            }
            before = walk
        }
        throw .unavailable(
            reason: "the directory changed during each of \(Self.mostWalks) walks over it", retryAfter: .seconds(60))
    }

    private func walk() async throws(ConnectorError) -> Walk {
        let isSimple = settings[WeComSettings.departments] == "simplelist"
        let rows = try await client.list(
            isSimple ? "department_id" : "department", WeComCall(isSimple ? "department/simplelist" : "department/list")
        )
        var walk = Walk(departments: try WeComDepartments(rows))
        if settings[WeComSettings.listing] == "user_list" {
            try await listUsers(into: &walk)
        } else {
            try await listIDs(into: &walk)
        }
        return walk
    }

    private func listIDs(into walk: inout Walk) async throws(ConnectorError) {
        var cursor = ""
        repeat {
            let body: JSON = ["cursor": .string(cursor), "limit": .int(settings[WeComSettings.listSize])]
            let answer = try await client.body(WeComCall("user/list_id", body: body))
            guard let rows = answer["dept_user"]?.array else {
                throw .unexpected(reason: "the answer to user/list_id has no list 'dept_user'")
            }
            for row in rows { try Self.take(row, row["department"]?.int, into: &walk) }
            let next = answer["next_cursor"]?.string ?? ""
            guard next.isEmpty || next != cursor else {
                throw .unexpected(reason: "user/list_id promises more and does not move on")
            }
            cursor = next
        } while !cursor.isEmpty
    }

    private func listUsers(into walk: inout Walk) async throws(ConnectorError) {
        for department in walk.departments.ids {
            let call = WeComCall("user/list", [("department_id", String(department))])
            for row in try await client.list("userlist", call) { try Self.take(row, department, into: &walk) }
        }
    }

    private static func take(_ row: JSON, _ department: Int?, into walk: inout Walk) throws(ConnectorError) {
        guard let account = row.weComAccount("userid"), let department else {
            throw .unexpected(reason: "a row of the list of members has no userid with a department")
        }
        walk.rows[Walk.Row(account: account, department: department)] = row
    }

    private static func members(of walk: Walk) -> [Member] {
        Dictionary(grouping: walk.rows, by: \.key.account).sorted { $0.key < $1.key }.map { account, rows in
            let rows = rows.sorted { $0.key.department < $1.key.department }
            let row = rows.first?.value ?? .null
            return Member(
                account: account, userid: row["userid"]?.scalarText ?? account,
                departments: rows.map(\.key.department), person: row["status"] == nil ? nil : row)
        }
    }
}
