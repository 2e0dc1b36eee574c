import PlumblineKit

/// Documents of another type that a record takes along: those that it names, or that name it.
struct ERPNextLink: Sendable {
    enum Kind: Sendable {
        /// The document that a member names, perhaps inside of another link: an object, or null. A row whose own member
        /// names one has it likewise.
        case named(by: String)
        /// Documents whose field, a setting, holds our name: a list in the order in which they were made.
        case pointing(from: Setting<String>)
        /// Documents whose field, a setting, holds the same as our member: likewise.
        case sharing(String, as: Setting<String>)
        /// Documents that have a row, of a type and with a field that are settings, which holds our name: likewise. It
        /// takes a request for each record, but for those whose member is zero: they have none.
        case rows(of: Setting<String>, from: Setting<String>, unlessZero: String)
    }

    /// As the record calls them.
    let member: String
    let doctype: Setting<String>
    let fields: Setting<[String: String]>
    let kind: Kind
    let filters: [JSON]

    init(
        _ form: String, _ member: String, _ words: LocalizedText, doctype: String, fields: [String: String],
        _ kind: Kind, where filters: [JSON] = []
    ) {
        self.member = member
        self.kind = kind
        self.filters = filters
        self.doctype = .text(
            "\(form)_\(member)_doctype", default: doctype,
            LocalizedText(zh: "\(words.zh)：DocType 名称", en: "\(words.en): name of the DocType"))
        self.fields = .map(
            "\(form)_\(member)_fields", default: fields,
            LocalizedText(zh: "\(words.zh)：成员对应的字段名", en: "\(words.en): members by names of fields"))
    }

    var settings: [SettingField] {
        let own = [doctype.field, fields.field]
        switch kind {
        case .named: return own
        case .pointing(let field), .sharing(_, let field): return own + [field.field]
        case .rows(let type, let field, _): return own + [type.field, field.field]
        }
    }

    /// Where the other documents name us.
    static func pointing(_ form: String, _ member: String, from field: String, _ words: LocalizedText) -> Kind {
        .pointing(
            from: .text(
                "\(form)_\(member)_link", default: field,
                LocalizedText(zh: "\(words.zh)：指向本单据的字段", en: "\(words.en): their field that names this document")))
    }

    /// Where rows of the other documents name us.
    static func rows(
        _ form: String, _ member: String, of type: String, from field: String, unlessZero zero: String,
        _ words: LocalizedText
    ) -> Kind {
        .rows(
            of: .text(
                "\(form)_\(member)_row_doctype", default: type,
                LocalizedText(zh: "\(words.zh)：其子表的 DocType 名称", en: "\(words.en): DocType of their rows")),
            from: .text(
                "\(form)_\(member)_link", default: field,
                LocalizedText(
                    zh: "\(words.zh)：子表中指向本单据的字段", en: "\(words.en): the field of a row that names this document")),
            unlessZero: zero)
    }
}

/// Reads what records of a page take along.
struct ERPNextLinks {
    let client: ERPNextClient
    let settings: Settings

    /// How many names a filter holds: an address has its limits.
    private static let batch = 25

    /// Adds the linked documents to the members of each record, by its name.
    func add(_ link: ERPNextLink, to records: inout [ERPNextDocument]) async throws(ConnectorError) {
        let members = try ERPNextForm.members(link.fields, settings)
        switch link.kind {
        case .named(let path):
            let names = records.flatMap { [$0.json] + $0.rows.map(\.members) }.compactMap { $0.text(behind: path) }
            let found = try await documents(link, members, "name", names)
            for place in records.indices {
                records[place].name(link.member, by: path, from: found)
            }
        case .pointing(let field):
            let found = try await documents(link, members, settings[field], records.map(\.name))
            for place in records.indices {
                records[place].json[link.member] = .array(found[records[place].name] ?? [])
            }
        case .sharing(let member, let field):
            let found = try await documents(
                link, members, settings[field], records.compactMap { $0.json.text(behind: member) })
            for place in records.indices {
                let value = records[place].json.text(behind: member)
                records[place].json[link.member] = .array(value.flatMap { found[$0] } ?? [])
            }
        case .rows(let type, let field, let member):
            for place in records.indices {
                if records[place].json[member]?.isZero == true {
                    records[place].json[link.member] = []
                    continue
                }
                let filter: JSON = [
                    .string(settings[type]), .string(settings[field]), "=", .string(records[place].name),
                ]
                let found = try await rows(link, members, extra: [], where: filter)
                records[place].json[link.member] = .array(found.map(\.record))
            }
        }
    }

    /// Documents by what stands in `field`.
    private func documents(
        _ link: ERPNextLink, _ members: [(member: String, field: String)], _ field: String, _ values: [String]
    ) async throws(ConnectorError) -> [String: [JSON]] {
        var found: [String: [JSON]] = [:]
        let values = Set(values).sorted()
        for start in stride(from: 0, to: values.count, by: Self.batch) {
            let batch = values[start..<min(start + Self.batch, values.count)].map(JSON.string)
            for row in try await rows(link, members, extra: [field], where: [.string(field), "in", .array(batch)]) {
                if let value = row.json[field]?.scalarText { found[value, default: []].append(row.record) }
            }
        }
        return found
    }

    /// Each document once, though several of its rows may fit.
    private func rows(
        _ link: ERPNextLink, _ members: [(member: String, field: String)], extra: [String], where filter: JSON
    ) async throws(ConnectorError) -> [(json: JSON, record: JSON)] {
        let doctype = settings[link.doctype]
        let rows = try await client.list(
            .all(doctype, fields: members.map(\.field) + extra, where: [filter] + link.filters))
        var (found, seen): ([(json: JSON, record: JSON)], Set<String>) = ([], [])
        for row in rows {
            guard let name = row["name"]?.scalarText else {
                throw .unexpected(reason: "\(doctype): a document has no name")
            }
            guard seen.insert(name).inserted else { continue }
            do throws(JSONShapeError) {
                let read = [("id", JSON.string(name))] + (try members.read(from: row))
                found.append((row, .object(JSONObject(read))))
            } catch {
                throw .unexpected(reason: "\(doctype) \(name): \(error.reason)")
            }
        }
        return found
    }
}

extension JSONObject {
    /// The text of a member, perhaps inside of others.
    func text(behind path: String) -> String? {
        let parts = path.split(separator: ".").map(String.init)
        let value = parts.dropFirst().reduce(parts.first.flatMap { self[$0] }) { $0?[$1] }
        return value?.scalarText
    }
}

extension JSON {
    /// Whether this is a number without a digit but 0.
    fileprivate var isZero: Bool {
        guard case .number(let text) = self else { return false }
        return text.allSatisfy { "0.-".contains($0) }
    }
}
