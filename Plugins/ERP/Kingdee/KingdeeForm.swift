import PlumblineKit

/// What a connection says of one form, with what holds where it says nothing. Ids of forms and names of fields differ from
/// company to company.
struct KingdeeFormSettings: Sendable {
    let form: Setting<String?>
    /// Nil where there is a usual form.
    let usualForm: String?
    let key: Setting<String>
    let fields: Setting<[String: String]>
    let entryFields: Setting<[String: String]>
    let organization: Setting<String>

    init(
        _ name: String, _ kind: LocalizedText, form: String?, fields: [String: String], entryFields: [String: String],
        organization: String
    ) {
        func help(_ zh: String, _ en: String) -> LocalizedText {
            LocalizedText(zh: "\(kind.zh)：\(zh)", en: "\(kind.en): \(en)")
        }
        usualForm = form
        self.form = .text(
            "\(name)_form",
            form.map { help("表单标识；默认 \($0)", "id of the form; \($0) unless said") }
                ?? help("表单标识，各公司不同，必须写明", "id of the form, which differs from company to company: say it"))
        key = .text(
            "\(name)_key", default: "FID", help("单据内码字段，须为整数", "field with the bill's internal number"))
        self.fields = .map(
            "\(name)_fields", default: fields,
            help("单据头字段：记录成员对应的字段标识", "fields of the bill: members of the record by names of fields"))
        self.entryFields = .map(
            "\(name)_entry_fields", default: entryFields,
            help("明细字段，须含 id（明细内码）；{} 表示无明细", "fields of entries, id among them; {} where there are none"))
        self.organization = .text(
            "\(name)_organization_field", default: organization,
            help("organizations 所比较的组织编码字段", "field that organizations are compared with"))
    }

    var all: [SettingField] { [form.field, key.field, fields.field, entryFields.field, organization.field] }
}

/// A form as a connection describes it, ready to be asked.
struct KingdeeForm: Sendable {
    let id: String
    let key: String
    /// The field with the internal number of an entry; nil where bills have none.
    let entryKey: String?
    /// Members of the record and names of fields.
    let header: [(member: String, field: String)]
    let entries: [(member: String, field: String)]
    /// What all rows must match.
    let conditions: [String]

    /// Refuses a connection that names no form, or something that is no field.
    init(_ own: KingdeeFormSettings, settings: Settings) throws(ConnectorError) {
        guard let id = settings[own.form] ?? own.usualForm else {
            throw .settings(field: own.form.field.key, reason: "say the id of the form: there is no usual one")
        }
        (self.id, key) = (id, settings[own.key])
        header = try Self.members(settings[own.fields], of: own.fields.field.key)
        var entryFields = settings[own.entryFields]
        entryKey = entryFields.removeValue(forKey: "id")
        guard entryKey != nil || entryFields.isEmpty else {
            throw .settings(field: own.entryFields.field.key, reason: "say under id which field is the entry's number")
        }
        entries = try Self.members(entryFields, of: own.entryFields.field.key)
        try Self.check(key, of: own.key.field.key)
        if let entryKey { try Self.check(entryKey, of: own.entryFields.field.key) }
        let organizations = settings[KingdeeSettings.organizations].map(KingdeeQuery.quoted)
        let field = settings[own.organization]
        try Self.check(field, of: own.organization.field.key)
        conditions = organizations.isEmpty ? [] : ["\(field) in (\(organizations.joined(separator: ",")))"]
        if let taken = header.map(\.member).first(where: ["id", "bill_id", "entries"].contains) {
            throw .settings(field: own.fields.field.key, reason: "the name '\(taken)' is taken; choose another")
        }
    }

    /// Bills before their entries, each in the order of its number.
    var order: String { ([key] + [entryKey].compactMap(\.self)).map { "\($0) ASC" }.joined(separator: ",") }

    /// The bill's number, the entry's where there is one, then what the connection asks for.
    var fields: [String] { keys + header.map(\.field) + entries.map(\.field) }

    /// The numbers alone.
    var keys: [String] { [key] + [entryKey].compactMap(\.self) }

    private static func members(
        _ map: [String: String], of setting: String
    ) throws(ConnectorError) -> [(member: String, field: String)] {
        let members = map.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        for member in members { try check(member.value, of: setting) }
        return members.map { ($0.key, $0.value) }
    }

    private static func check(_ field: String, of setting: String) throws(ConnectorError) {
        guard KingdeeQuery.isName(field) else {
            throw .settings(
                field: setting, reason: "expected the name of a field such as FPurchaserId.FNumber, got '\(field)'")
        }
    }
}
