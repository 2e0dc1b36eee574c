import PlumblineKit

/// The departments below one, and who is in them, as one walk found them.
struct DingTalkDirectory: Sendable {
    struct Department: Sendable, Hashable {
        let name: String
        let parent: Int
    }

    let root: Int
    /// Without the root, whose name the lists do not tell.
    var departments: [Int: Department] = [:]
    /// By department and account, as the lists told them.
    var members: [Int: [String: JSON]] = [:]
    /// Members without an account.
    var nameless: [JSON] = []

    init(root: Int) { self.root = root }

    /// Whether two walks found the same departments with the same people in them.
    func agrees(with other: DingTalkDirectory) -> Bool {
        departments == other.departments
            && members.mapValues { Set($0.keys) } == other.members.mapValues { Set($0.keys) }
    }

    /// The names from the root down to a department, joined by slashes; nil for one that was not walked, and for a root
    /// without a name.
    func path(of department: Int, rootName: String?) -> String? {
        var names: [String] = []
        var id = department
        while id != root {
            guard let found = departments[id], names.count <= departments.count else { return nil }
            names.insert(found.name.replacing("/", with: "／"), at: 0)
            id = found.parent
        }
        let path = ([rootName?.replacing("/", with: "／")].compactMap(\.self) + names).joined(separator: "/")
        return path.isEmpty ? nil : path
    }
}

/// Reads departments and people until two walks agree, once in a run.
actor DingTalkContacts {
    private let client: DingTalkClient
    private let root: Int
    private let listed: Int
    private var directory: DingTalkDirectory?

    /// How often the walk begins anew before the directory is called too unsteady.
    private static let mostWalks = 6
    /// A department that is gone since its parent told of it.
    private static let goneDepartment: Set = ["60003"]

    /// Below the department `root`, with `listed` people in each answer.
    init(client: DingTalkClient, root: Int, listed: Int) {
        (self.client, self.root, self.listed) = (client, root, listed)
    }

    /// Everybody who is there now.
    func read() async throws(ConnectorError) -> DingTalkDirectory {
        if let directory { return directory }
        var last = try await walk()
        for _ in 1..<Self.mostWalks {
            let next = try await walk()
            if next.agrees(with: last) {
                directory = next
                return next
            }
            last = next
        }
        throw .unavailable(
            reason: "departments and people changed during each of \(Self.mostWalks) walks through the directory",
            retryAfter: nil)
    }

    private func walk() async throws(ConnectorError) -> DingTalkDirectory {
        var directory = DingTalkDirectory(root: root)
        var waiting = [root]
        while let department = waiting.popLast() {
            try await addMembers(of: department, to: &directory)
            for child in try await children(of: department) {
                guard let id = child["dept_id"]?.int, let name = child["name"]?.string else {
                    throw .unexpected(reason: "a department below \(department) has no 'dept_id' with a 'name'")
                }
                guard id != root, directory.departments[id] == nil else { continue }
                directory.departments[id] = .init(name: name, parent: department)
                waiting.append(id)
            }
        }
        return directory
    }

    private func children(of department: Int) async throws(ConnectorError) -> [JSON] {
        let answer = try await client.legacy(
            "/topapi/v2/department/listsub", ["dept_id": .int(department)], orNilOn: goneCodes(department))
        guard let answer else { return [] }
        guard let children = answer["result"]?.array else {
            throw .unexpected(reason: "the list of departments below \(department) has no 'result'")
        }
        return children
    }

    private func addMembers(of department: Int, to directory: inout DingTalkDirectory) async throws(ConnectorError) {
        var place = 0
        directory.members[department] = [:]
        while true {
            let answer = try await client.legacy(
                "/topapi/v2/user/list", ["dept_id": .int(department), "cursor": .int(place), "size": .int(listed)],
                orNilOn: goneCodes(department))
            guard let answer else { return }
            guard let list = answer["result"]?["list"]?.array, let hasMore = answer["result"]?["has_more"]?.bool else {
                throw .unexpected(reason: "the list of people in \(department) has no 'list' with a 'has_more'")
            }
            for item in list {
                if let id = item.filledText("userid") {
                    directory.members[department]?[id] = item
                } else {
                    directory.nameless.append(item)
                }
            }
            guard hasMore else { return }
            guard let next = answer["result"]?["next_cursor"]?.int, next > place else {
                throw .unexpected(reason: "the list of people in \(department) has more and does not move on")
            }
            place = next
        }
    }

    /// The root must be there.
    private func goneCodes(_ department: Int) -> Set<String> { department == root ? [] : Self.goneDepartment }
}
