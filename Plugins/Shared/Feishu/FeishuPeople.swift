package import PlumblineKit

/// The stream `people`: everybody whom the directory knows now.
package struct FeishuPeople: Sendable {
    private let directory: FeishuDirectory
    private let rootUnit: String?
    private let mainUnit: String
    private let pageSize: Int
    private let utcOffset: @Sendable (Instant) -> Int

    package init(directory: FeishuDirectory, settings: Settings, context: ConnectorContext) {
        self.directory = directory
        rootUnit = settings[FeishuSettings.rootUnit]
        mainUnit = settings[FeishuSettings.mainUnit]
        pageSize = settings[FeishuSettings.pageSize]
        utcOffset = context.utcOffset
    }

    package static let description = StreamDescription(
        name: "people", help: LocalizedText(zh: "通讯录中现有的人员", en: "Everybody whom the directory knows now"),
        deletions: [.fullList, .neverKnown], isIncremental: false, fields: fields)

    private static let fields = [
        SourceField("id", "string", LocalizedText(zh: "账号", en: "The account")),
        SourceField("staff_number", "string?", LocalizedText(zh: "工号", en: "Staff number")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("name_en", "string?", LocalizedText(zh: "英文名", en: "English name")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail")),
        SourceField("mobile", "string?", LocalizedText(zh: "手机号", en: "Mobile number")),
        SourceField("title", "string?", LocalizedText(zh: "职务", en: "Job title")),
        SourceField(
            "unit", "string?", LocalizedText(zh: "主部门的路径，以 / 分隔", en: "Path of the main unit, joined with /")),
        SourceField("units", "list<string>", LocalizedText(zh: "全部部门的路径，主部门在前", en: "Paths of all units, main first")),
        SourceField("manager", "string?", LocalizedText(zh: "直接上级的账号", en: "Account of the direct manager")),
        SourceField(
            "leads", "list<string>?",
            LocalizedText(zh: "此人负责的部门路径；系统未提供负责人时为空", en: "Paths of the units led; null where no leader is told")),
        SourceField("joined_on", "date?", LocalizedText(zh: "入职日期", en: "First day of work")),
        SourceField("left_on", "date?", LocalizedText(zh: "离职日期；飞书不提供", en: "Day of leaving; Feishu does not tell it")),
        SourceField("is_active", "bool", LocalizedText(zh: "是否在职", en: "False for who has resigned or left")),
    ]

    /// The next people. The cursor of the last page begins anew.
    package func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let snapshot = try await directory.snapshot()
        let units = FeishuUnits(snapshot: snapshot, root: rootUnit)
        let chunk = try chunk(of: snapshot, after: cursor)
        var page = Page(cursor: Cursor(["after": .string(chunk.hasMore ? chunk.last : "")]), hasMore: chunk.hasMore)
        page.records = chunk.people.map { account, user in
            SourceRecord(id: account, version: nil, json: record(account, user, units))
        }
        if chunk.isFirst { page.rejected = rejected(snapshot) }
        return page
    }

    /// The accounts of everybody.
    package func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let chunk = try chunk(of: try await directory.snapshot(), after: cursor)
        return IdentifierPage(
            identifiers: chunk.people.map(\.account),
            cursor: chunk.hasMore ? Cursor(["after": .string(chunk.last)]) : nil, hasMore: chunk.hasMore)
    }

    private struct Chunk {
        let people: [(account: String, user: JSON)]
        let isFirst: Bool
        let hasMore: Bool
        var last: String { people.last?.account ?? "" }
    }

    private func chunk(of snapshot: FeishuSnapshot, after cursor: Cursor?) throws(ConnectorError) -> Chunk {
        let place = try cursor?.state()["after"]?.string ?? ""
        let rest = snapshot.accounts.filter { $0.account > place }
        return Chunk(people: Array(rest.prefix(pageSize)), isFirst: place.isEmpty, hasMore: rest.count > pageSize)
    }

    /// Users without what people are called by. What is kept of them was cut to what the stream tells.
    private func rejected(_ snapshot: FeishuSnapshot) -> [RejectedRecord] {
        let named = snapshot.people.filter { $0.value.filled(snapshot.idType) == nil }.sorted { $0.key < $1.key }
        return (named.map { ($0.key, $0.value) } + snapshot.nameless.map { ("without id", $0) }).map { key, user in
            RejectedRecord(id: "user \(key)", reason: "the user has no \(snapshot.idType)", raw: user.bytes)
        }
    }

    private func record(_ account: String, _ user: JSON, _ units: FeishuUnits) -> JSON {
        let paths = units.paths(of: user, mainUnit: mainUnit)
        let hasLeft = ["is_resigned", "is_exited"].contains { user["status"]?[$0] == true }
        return [
            "id": .string(account), "staff_number": .text(user.filled("employee_no")),
            "name": .text(user.filled("name")), "name_en": .text(user.filled("en_name")),
            "email": .text(user.filled("email")), "mobile": .text(user.filled("mobile")),
            "title": .text(user.filled("job_title")), "unit": .text(paths.main),
            "units": .array(paths.all.map(JSON.string)), "manager": .text(user.filled("leader_user_id")),
            "leads": units.led(by: account).map { .array($0.map(JSON.string)) } ?? .null,
            "joined_on": .text(user["join_time"]?.feishuSeconds.map(day)), "left_on": .null,
            "is_active": .bool(!hasLeft),
        ]
    }

    private func day(of moment: Instant) -> String {
        String(moment.advanced(bySeconds: utcOffset(moment)).rfc3339.prefix(10))
    }
}

/// The paths of departments.
struct FeishuUnits {
    private let snapshot: FeishuSnapshot
    private let root: String?

    init(snapshot: FeishuSnapshot, root: String?) {
        (self.snapshot, self.root) = (snapshot, root.map(Self.part))
    }

    /// The path of the main unit, where `mainUnit` says which it is or there is one alone, and those of all units, the main
    /// one first.
    func paths(of user: JSON, mainUnit: String) -> (main: String?, all: [String]) {
        let ids = snapshot.departments(of: user)
        let main =
            switch mainUnit {
            case _ where ids.count == 1, "first": ids.first
            case "marked": marked(user, among: ids)
            default: String?.none
            }
        let order = (main.map { [$0] } ?? []) + ids.filter { $0 != main }
        return (main.flatMap(path), order.compactMap(path))
    }

    /// The unit that `orders[].is_primary_dept` marks, which is in no reference.
    private func marked(_ user: JSON, among ids: [String]) -> String? {
        let marked = (user["orders"]?.array ?? []).first { $0["is_primary_dept"] == true }?.filled("department_id")
        return marked.flatMap { ids.contains($0) ? $0 : nil }
    }

    /// The paths of the units that a person leads, ascending; nil where the app sees no leader of any unit.
    func led(by account: String) -> [String]? {
        let departments = snapshot.departments
        guard departments.values.contains(where: { $0["leader_user_id"] != nil || $0["leaders"] != nil }) else {
            return nil
        }
        let led = departments.filter { _, department in
            department.filled("leader_user_id") == account
                || (department["leaders"]?.array ?? []).contains { $0.filled("leaderID") == account }
        }
        return led.keys.compactMap(path).sorted()
    }

    /// Nil for the root where the company's name is not known.
    private func path(_ id: String) -> String? {
        var names: [String] = []
        var (place, seen) = (id, Set<String>())
        while let department = snapshot.departments[place], seen.insert(place).inserted {
            names.append(Self.part(department.filled("name") ?? place))
            place = department.filled("parent_department_id") ?? FeishuDirectory.root
        }
        let path = (root.map { [$0] } ?? []) + names.reversed()
        return path.isEmpty ? nil : path.joined(separator: "/")
    }

    private static func part(_ name: String) -> String { name.replacing("/", with: "／") }
}
