package import PlumblineKit

/// The stream `people`: everybody who is in the company's directory now.
///
/// Ascending by account; departments and people are read until two walks agree, so that nobody who was there all the time
/// is missing.
package struct DingTalkPeople: Sendable {
    private let client: DingTalkClient
    private let contacts: DingTalkContacts
    private let shape: Shape
    private let pageSize: Int
    private let clock: DingTalkClock

    package static let rootName = Setting<String?>.text(
        "root_name",
        LocalizedText(
            zh: "根部门的名称，写在每条部门路径的最前面；接口不提供", en: "Name of the root unit, with which paths begin; no list tells it"))
    package static let mainUnit = Setting<String>.choice(
        "main_unit", of: ["first", "only"], default: "first",
        LocalizedText(
            zh: "属于多个部门的人以哪个为主：first 为所列的第一个，only 为不确定（留空）",
            en: "The main one of several departments: 'first' listed, or with 'only' none"))
    package static let readManagers = Setting<Bool>.flag(
        "read_managers", default: false,
        LocalizedText(
            zh: "是否逐人读取直属主管，每人每次一个调用", en: "Whether to ask for each person's manager: a call for each in each run"))

    /// How people are told of.
    package struct Shape: Sendable {
        fileprivate var rootName: String?
        fileprivate var mainIsFirst = true
        fileprivate var readsManagers = false

        /// For matching accounts, which needs neither units nor managers.
        package init() {}

        package init(_ settings: Settings) {
            rootName = settings[DingTalkPeople.rootName]
            mainIsFirst = settings[DingTalkPeople.mainUnit] == "first"
            readsManagers = settings[DingTalkPeople.readManagers]
        }
    }

    /// The people below the department that the settings name.
    package init(
        client: DingTalkClient, settings: Settings, shape: Shape, pageSize: Int, context: ConnectorContext
    ) {
        (self.client, self.shape, self.pageSize) = (client, shape, pageSize)
        contacts = DingTalkContacts(
            client: client, root: settings[DingTalkSettings.root], listed: settings[DingTalkSettings.listedPeople])
        clock = DingTalkClock(context)
    }

    /// The accounts of everybody, ascending, with the day on which they were hired where the system tells it.
    package func accounts() async throws(ConnectorError) -> [(id: String, hiredOn: String?)] {
        try await people().map { ($0.id, $0.json["hired_date"]?.dingTalkMoment.map(clock.day)) }
    }

    /// The next people.
    package func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let directory = try await contacts.read()
        let (people, place) = (Self.people(of: directory), try Self.place(cursor))
        let rest = people.drop { $0.id <= place }
        let shown = rest.prefix(pageSize)
        let hasMore = rest.count > shown.count
        var page = Page(cursor: Cursor(["place": .string(hasMore ? shown.last?.id ?? "" : "")]), hasMore: hasMore)
        for person in shown { page.records.append(try await record(of: person, in: directory)) }
        if place.isEmpty { page.rejected = Self.rejected(directory) }
        return page
    }

    /// The next accounts.
    package func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let place = try Self.place(cursor)
        let rest = try await people().drop { $0.id <= place }
        let shown = rest.prefix(1000).map(\.id)
        guard let last = shown.last, rest.count > shown.count else {
            return IdentifierPage(identifiers: shown, cursor: nil, hasMore: false)
        }
        return IdentifierPage(identifiers: shown, cursor: Cursor(["place": .string(last)]), hasMore: true)
    }

    /// How many there are.
    package func count() async throws(ConnectorError) -> Int { try await people().count }

    private func people() async throws(ConnectorError) -> [Person] { Self.people(of: try await contacts.read()) }

    private static func place(_ cursor: Cursor?) throws(ConnectorError) -> String {
        guard let cursor else { return "" }
        guard let place = try cursor.state()["place"]?.string else {
            throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
        }
        return place
    }
}

// MARK: - One person

extension DingTalkPeople {
    private struct Person {
        let id: String
        let json: JSON
        /// The departments in whose lists the person is marked as leading them.
        var leads: [Int]
    }

    private static func people(of directory: DingTalkDirectory) -> [Person] {
        var people: [String: Person] = [:]
        for (department, members) in directory.members.sorted(by: { $0.key < $1.key }) {
            for (id, json) in members {
                if json["leader"]?.bool == true {
                    people[id, default: Person(id: id, json: json, leads: [])].leads.append(department)
                } else {
                    people[id] = people[id] ?? Person(id: id, json: json, leads: [])
                }
            }
        }
        return people.values.sorted { $0.id < $1.id }
    }

    private func record(of person: Person, in directory: DingTalkDirectory) async throws(ConnectorError) -> SourceRecord
    {
        let rootName = shape.rootName
        let listed = person.json["dept_id_list"]?.array?.compactMap(\.int) ?? []
        let units = listed.compactMap { directory.path(of: $0, rootName: rootName) }
        let isClear = units.count == 1 || shape.mainIsFirst
        let leads = person.leads.compactMap { directory.path(of: $0, rootName: rootName) }
        return SourceRecord(
            id: person.id, version: nil,
            json: [
                "id": .string(person.id),
                "staff_number": .text(person.json.filledText("job_number")),
                "name": .text(person.json.filledText("name")),
                "name_en": .null,
                "email": .text(person.json.filledText("email") ?? person.json.filledText("org_email")),
                "mobile": .text(person.json.filledText("mobile")),
                "title": .text(person.json.filledText("title")),
                "unit": .text(isClear ? units.first : nil),
                "units": .array(units.map(JSON.string)),
                "manager": .text(try await manager(of: person)),
                "leads": .array(leads.map(JSON.string)),
                "joined_on": .text(person.json["hired_date"]?.dingTalkMoment.map(clock.day)),
                "left_on": .null,
                "is_active": true,
            ])
    }

    private func manager(of person: Person) async throws(ConnectorError) -> String? {
        guard shape.readsManagers else { return nil }
        let answer = try await client.legacy(
            "/topapi/v2/user/get", ["userid": .string(person.id)], orNilOn: Self.goneUser)
        return answer?["result"]?.filledText("manager_userid")
    }

    private static let goneUser: Set = ["60121"]

    private static func rejected(_ directory: DingTalkDirectory) -> [RejectedRecord] {
        directory.nameless.enumerated().map { number, json in
            RejectedRecord(
                id: "person \(number + 1) without id", reason: "a person in a department's list has no 'userid'",
                raw: json.keeping(["name", "job_number", "dept_id_list"]).bytes)
        }
    }
}

// MARK: - What it is

extension DingTalkPeople {
    package static let description = StreamDescription(
        name: "people", help: LocalizedText(zh: "通讯录中的全部人员", en: "Everybody in the directory"),
        deletions: [.fullList, .neverKnown], isIncremental: false, fields: fields)

    private static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "账号（userid）", en: "The account (userid)")),
        SourceField("staff_number", "string?", LocalizedText(zh: "工号", en: "Staff number")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("name_en", "string?", LocalizedText(zh: "英文名；钉钉不提供", en: "English name; DingTalk has none")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱", en: "E-mail address")),
        SourceField("mobile", "string?", LocalizedText(zh: "手机号", en: "Mobile number")),
        SourceField("title", "string?", LocalizedText(zh: "职位", en: "Title")),
        SourceField(
            "unit", "string?",
            LocalizedText(zh: "主部门的路径，以斜杠分隔", en: "Path of the main department, its names joined by slashes")),
        SourceField(
            "units", "list<string>",
            LocalizedText(zh: "所有部门的路径，主部门在前", en: "Paths of all departments, the main one first")),
        SourceField(
            "manager", "string?",
            LocalizedText(zh: "直属主管的账号；需开启 read_managers", en: "Account of the manager; needs read_managers")),
        SourceField(
            "leads", "list<string>", LocalizedText(zh: "所主管部门的路径", en: "Paths of the departments that the person leads")
        ),
        SourceField("joined_on", "date?", LocalizedText(zh: "入职日期", en: "First day of employment")),
        SourceField(
            "left_on", "date?",
            LocalizedText(zh: "离职日期；钉钉不提供，离职者不再出现", en: "Always null: who left is no longer told of")),
        SourceField("is_active", "bool", LocalizedText(zh: "在职，未激活的账号也算", en: "Works there, activated or not")),
    ]
}
