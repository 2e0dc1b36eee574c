package import PlumblineKit

/// The stream `people`: everybody whom WeCom knows now.
package struct WeComPeople: Sendable {
    private let directory: WeComDirectory
    private let pageSize: Int

    /// People of a directory.
    package init(directory: WeComDirectory, settings: Settings) {
        self.directory = directory
        pageSize = settings[WeComSettings.pageSize]
    }

    /// The next people, ascending by account. The cursor of the last page begins anew.
    package func page(after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let snapshot = try await directory.read()
        let (members, next) = try next(of: snapshot, after: cursor)
        var page = Page(cursor: Cursor(["after": .string(next ?? "")]), hasMore: next != nil)
        for member in members {
            guard let person = try await person(member) else { continue }
            page.records.append(
                SourceRecord(
                    id: member.account, version: nil,
                    json: WeComPerson(person, member, snapshot.departments).json))
        }
        return page
    }

    /// The accounts of all people.
    package func identifiers(after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        IdentifierPage(identifiers: try await directory.accounts().map(\.account), cursor: nil, hasMore: false)
    }

    /// How many departments and people the app sees, and what it is not told of them.
    package func remarks() async throws(ConnectorError) -> [String] {
        let snapshot = try await directory.read()
        var remarks = ["\(snapshot.departments.ids.count) departments", "\(snapshot.members.count) people"]
        if !snapshot.departments.haveNames { remarks.append("departments have no names for this app: units are null") }
        var told: Set<String> = []
        for member in snapshot.members.prefix(Self.sample) {
            // What is told and empty is told.
            told.formUnion(try await person(member)?.object?.members.map(\.key) ?? [])
        }
        let missing = WeComPerson.granted.filter { !told.contains($0) }
        if !missing.isEmpty, !snapshot.members.isEmpty {
            remarks.append("not told to this app, and null: \(missing.joined(separator: ", "))")
        }
        return remarks
    }

    /// So many people show what the app is told of people.
    private static let sample = 5

    private func next(
        of snapshot: WeComDirectory.Snapshot, after cursor: Cursor?
    ) throws(ConnectorError) -> (members: [WeComDirectory.Member], next: String?) {
        var start = ""
        if let cursor {
            guard let after = try cursor.state()["after"]?.string else {
                throw .unexpected(reason: "the stored cursor is not one of this stream; reset it to read anew")
            }
            start = after
        }
        let rest = snapshot.members.filter { $0.account > start }
        let members = Array(rest.prefix(pageSize))
        return (members, rest.count > pageSize ? members.last?.account : nil)
    }

    /// What is told of somebody: nothing where the app may not see the person, nil where there is none any more.
    private func person(_ member: WeComDirectory.Member) async throws(ConnectorError) -> JSON? {
        if let person = member.person { return person }
        let call = WeComCall("user/get", [("userid", member.userid)])
        let answer = try await directory.client.ask(call)
        switch answer.code {
        case 0:
            guard answer.body.weComAccount("userid") == member.account else {
                throw .unexpected(reason: "user/get was asked for one account and told of another")
            }
            return answer.body
        case WeComCode.unknownUser: return nil
        case WeComCode.invisible: return [:]
        default: throw .unexpected(reason: "user/get failed: \(answer.reason)")
        }
    }
}

extension WeComPeople {
    /// The stream.
    package static let description = StreamDescription(
        name: "people", help: LocalizedText(zh: "通讯录里的全部成员", en: "Everybody in the directory"),
        deletions: [.fullList, .neverKnown], isIncremental: false, fields: fields)

    private static let fields: [SourceField] = [
        SourceField("id", "string", LocalizedText(zh: "成员账号（userid），小写", en: "The account (userid), in lower case")),
        SourceField("staff_number", "string?", LocalizedText(zh: "工号；企业微信没有，总为空", en: "Always null: WeCom has none")),
        SourceField("name", "string?", LocalizedText(zh: "姓名", en: "Name")),
        SourceField("name_en", "string?", LocalizedText(zh: "英文名；总为空", en: "Always null")),
        SourceField("email", "string?", LocalizedText(zh: "邮箱，没有时为企业邮箱", en: "E-mail address, else the company's own")),
        SourceField("mobile", "string?", LocalizedText(zh: "手机", en: "Mobile phone")),
        SourceField("title", "string?", LocalizedText(zh: "职务", en: "Title")),
        SourceField("unit", "string?", LocalizedText(zh: "主部门的路径", en: "Path of the main department")),
        SourceField(
            "units", "list<string>",
            LocalizedText(zh: "全部部门的路径，主部门在前", en: "Paths of all departments, the main one first")),
        SourceField("manager", "string?", LocalizedText(zh: "直属上级的账号", en: "Account of the direct manager")),
        SourceField(
            "leads", "list<string>?",
            LocalizedText(zh: "所负责部门的路径；不提供时为空", en: "Paths of the departments that the person leads; null if not told")
        ),
        SourceField("joined_on", "date?", LocalizedText(zh: "入职日期；总为空", en: "Always null: WeCom has none")),
        SourceField("left_on", "date?", LocalizedText(zh: "离职日期；总为空", en: "Always null: WeCom has none")),
        SourceField(
            "is_active", "bool",
            LocalizedText(zh: "是否在职：退出企业为否；停用或未激活仍为是", en: "False for who has left; true if disabled or not activated")),
    ]
}
