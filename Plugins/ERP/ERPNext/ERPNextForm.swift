import PlumblineKit

/// What a connection says of one type of documents, with what holds where it says nothing.
struct ERPNextFormSettings: Sendable {
    /// The first part of the settings' keys, such as `purchase`.
    let name: String
    let doctype: Setting<String>
    let fields: Setting<[String: String]>
    /// Nil where no rows are read.
    let rows: ERPNextRowSettings?
    let links: [ERPNextLink]
    let states: ERPNextStates
    /// Whether each row is a record; else a document is one, with its rows folded in.
    let isOfRows: Bool

    init(
        _ name: String, _ kind: LocalizedText, doctype: String, fields: [String: String],
        rows: (table: String, fields: [String: String])? = nil, links: [ERPNextLink] = [],
        states: ERPNextStates = .all, isOfRows: Bool = false
    ) {
        self.name = name
        self.links = links
        self.states = states
        self.isOfRows = isOfRows
        self.doctype = .text(
            "\(name)_doctype", default: doctype,
            LocalizedText(zh: "\(kind.zh)：DocType 名称", en: "\(kind.en): name of the DocType"))
        self.fields = .map(
            "\(name)_fields", default: fields,
            LocalizedText(
                zh: "\(kind.zh)：记录成员对应的字段名；值写空则不读",
                en: "\(kind.en): members of the record by names of fields; an empty name is not read"))
        self.rows = rows.map { ERPNextRowSettings(name, kind, table: $0.table, fields: $0.fields) }
    }

    var all: [SettingField] {
        [doctype.field, fields.field] + (rows?.all ?? []) + links.flatMap(\.settings)
    }

    /// What lists are asked for.
    func filters(_ settings: Settings) throws(ConnectorError) -> [JSON] {
        switch states {
        case .all: return []
        case .submitted: return [["docstatus", "=", 1]]
        case .submittedAndCancelled, .submittedUntilCancelled: return [["docstatus", "!=", 0]]
        case .approvals: return settings[ERPNextSettings.readsPending] ? [] : [["docstatus", "!=", 0]]
        case .leaving:
            guard let lastDay = settings[fields]["last_day"], !lastDay.isEmpty else {
                throw .settings(field: fields.field.key, reason: "say the field 'last_day'")
            }
            return [[.string(lastDay), "is", "set"]]
        }
    }
}

/// What a connection says of the rows of a document.
struct ERPNextRowSettings: Sendable {
    let table: Setting<String>
    let fields: Setting<[String: String]>

    init(_ name: String, _ kind: LocalizedText, table: String, fields: [String: String]) {
        self.table = .text(
            "\(name)_table", default: table,
            LocalizedText(
                zh: "\(kind.zh)：子表字段名；none 表示不读子表",
                en: "\(kind.en): the field that holds its rows; none where none are read"))
        self.fields = .map(
            "\(name)_row_fields", default: fields,
            LocalizedText(
                zh: "\(kind.zh)：明细成员对应的字段名", en: "\(kind.en): members of a row by names of fields"))
    }

    var all: [SettingField] { [table.field, fields.field] }
}

/// Which documents count. Of documents that are submitted, 0 is a draft, 1 is submitted, 2 cancelled.
enum ERPNextStates: Sendable {
    /// The type is not submitted.
    case all
    case submitted
    /// Cancelled ones are records too, and say so.
    case submittedAndCancelled
    /// Cancelled ones are told as deleted.
    case submittedUntilCancelled
    /// The type is not submitted, and only those with a last day count.
    case leaving
    /// As `submittedAndCancelled`, and drafts where `read_pending` says so.
    case approvals
}

/// A type of documents as a connection describes it, ready to be asked.
struct ERPNextForm: Sendable {
    let name: String
    let doctype: String
    /// Members of the record and names of fields.
    let members: [(member: String, field: String)]
    let table: String?
    let rowMembers: [(member: String, field: String)]
    /// Whether records have a list of rows, which is empty where no table is read.
    let hasRows: Bool
    let links: [ERPNextLink]
    let states: ERPNextStates
    /// What lists are asked for, and what sweeps list.
    let filters: [JSON]
    let listed: [JSON]

    /// Refuses names that are no fields, and members that have a meaning of their own.
    init(_ own: ERPNextFormSettings, of stream: String, settings: Settings) throws(ConnectorError) {
        (name, doctype, states) = (own.name, settings[own.doctype], own.states)
        let notRead = settings[ERPNextSettings.notRead]
        links = own.links.filter { !notRead.contains("\(stream).\($0.member)") }
        let taken = ["id", "doctype", "docstatus", "document", "rows"]
        members = try Self.members(own.fields, settings, taken: taken + links.map(\.member))
        filters = try own.filters(settings)
        if case .submittedUntilCancelled = states { listed = [["docstatus", "=", 1]] } else { listed = filters }
        guard let rows = own.rows else {
            (table, rowMembers, hasRows) = (nil, [], false)
            return
        }
        table = settings[rows.table] == "none" ? nil : settings[rows.table]
        guard table != nil || !own.isOfRows else {
            throw .settings(field: rows.table.field.key, reason: "each row is a record: say where rows are")
        }
        rowMembers = try Self.members(rows.fields, settings, taken: ["id"])
        hasRows = true
    }

    static func members(
        _ setting: Setting<[String: String]>, _ settings: Settings, taken: [String] = []
    ) throws(ConnectorError) -> [(member: String, field: String)] {
        let members = settings[setting].filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        for (member, field) in members {
            guard ERPNextQuery.isField(field) else {
                throw .settings(
                    field: setting.field.key,
                    reason: "expected the name of a field such as posting_date, got '\(field)'")
            }
            guard !taken.contains(member) else {
                throw .settings(field: setting.field.key, reason: "the name '\(member)' is taken; choose another")
            }
        }
        return members.map { ($0.key, $0.value) }
    }
}

extension [(member: String, field: String)] {
    /// The members of a document or a row; null for what it does not show.
    func read(from json: JSON) throws(JSONShapeError) -> [(String, JSON)] {
        var members: [(String, JSON)] = []
        for item in self { members.append((item.member, try json.erpnextValue(at: item.field))) }
        return members
    }
}

extension JSON {
    /// A value as records hold it: times without a fraction, texts without space around; null for empty texts.
    func erpnextValue(at field: String) throws(JSONShapeError) -> JSON {
        guard let value = self[field] else { return .null }
        switch value {
        case .null, .bool, .number: return value
        case .string(let text):
            if let time = Instant(erpnext: text) { return .string(time.erpnextSeconds) }
            let words = text.trimmingPrefix { $0.isWhitespace }
            let end = words.lastIndex { !$0.isWhitespace }
            return end.map { .string(String(words[...$0])) } ?? .null
        case .array, .object: throw JSONShapeError(reason: "expected a value at '\(field)', got \(value.kind)")
        }
    }
}
