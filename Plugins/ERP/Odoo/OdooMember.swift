import PlumblineKit

/// A member of a record, and the fields that may tell it.
struct OdooMember: Sendable {
    /// What a member looks like in a record.
    enum Shape: Sendable {
        case plain(String)
        /// The number of another record, and its name under `<member>_name`.
        case link
        /// The number of another record, whose name may tell what is private.
        case number
        /// An employee's number, or `user/<number>`.
        case person
        /// Records of another model that belong to this one.
        case parts(setting: Setting<[String: String]>, [OdooMember])
    }

    let name: String
    /// What versions call it: the first that the model has is read. `a.b` is a field behind a link, `model/a` one of that
    /// model alone. None where only a connection can say.
    let fields: [String]
    let shape: Shape
    let isRequired: Bool
    let help: LocalizedText

    init(
        _ name: String, _ fields: [String] = [], _ shape: Shape = .plain("string?"), isRequired: Bool = false,
        zh: String, en: String
    ) {
        (self.name, self.fields, self.shape, self.isRequired) = (name, fields, shape, isRequired)
        help = LocalizedText(zh: zh, en: en)
    }

    /// Members of parts; empty for others.
    var parts: [OdooMember] { if case .parts(_, let members) = shape { members } else { [] } }

    /// What the description says of it.
    var described: [SourceField] {
        switch shape {
        case .plain(let type): [SourceField(name, type, help)]
        case .person, .number: [SourceField(name, "string?", help)]
        case .link:
            [
                SourceField(name, "string?", help),
                SourceField(
                    name + "_name", "string?",
                    LocalizedText(zh: "\(help.zh)：名称", en: "\(help.en): its name")),
            ]
        case .parts(_, let members):
            [SourceField(name, "list<{id, \(members.flatMap(\.described).map(\.name).joined(separator: ", "))}>", help)]
        }
    }
}

/// A stream as a connection can shape it.
struct OdooStream: Sendable {
    let name: String
    let help: LocalizedText
    let recordType: String?
    let isIncremental: Bool
    /// Whether records of several models come together: their identifiers then begin with the model.
    let isMixed: Bool
    /// Beside the members that the company may add.
    let members: [OdooMember]
    /// What all rows must match.
    let domain: [JSON]
    let models: Setting<[String]>
    let fields: Setting<[String: String]>
    /// What beside is made of a record's own members.
    let derived: [Derived]

    /// What can be told of a record beside what its fields hold.
    enum Derived { case period, leads, leaving }

    init(
        _ name: String, _ prefix: String, _ help: LocalizedText, _ recordType: String?, models: [String],
        isIncremental: Bool = true, isMixed: Bool = false, derived: [Derived] = [], domain: [JSON] = [],
        _ members: [OdooMember]
    ) {
        (self.name, self.help, self.recordType) = (name, help, recordType)
        (self.isIncremental, self.isMixed, self.derived) = (isIncremental, isMixed, derived)
        (self.domain, self.members) = (domain, members)
        self.models = .list(
            "\(prefix)_models", default: models,
            LocalizedText(zh: "\(help.zh)：所读取的模型", en: "\(help.en): the models that are read"))
        fields = .map(
            "\(prefix)_fields", default: [:],
            LocalizedText(
                zh: "\(help.zh)：记录成员对应的字段，覆盖或补充默认值；关联的名称在 <成员>_name",
                en:
                    "\(help.en): fields by members of the record, in place of the usual ones or beside them; the name behind a link stands under <member>_name"
            ))
    }

    /// The settings of its own.
    var settings: [SettingField] {
        [models.field, fields.field]
            + members.compactMap { member in
                guard case .parts(let setting, _) = member.shape else { return nil }
                return setting.field
            }
    }

    var description: StreamDescription {
        StreamDescription(
            name: name, help: help, recordType: recordType, deletions: [.fullList, .neverKnown],
            isIncremental: isIncremental,
            fields: [
                SourceField("id", "string", LocalizedText(zh: "编号", en: "Number")),
                SourceField("model", "string", LocalizedText(zh: "所属模型", en: "The model it is of")),
            ] + members.flatMap(\.described) + derived.map(\.field))
    }
}

extension OdooStream.Derived {
    fileprivate var field: SourceField {
        switch self {
        case .period:
            SourceField(
                "period", "string?",
                LocalizedText(
                    zh: "期间，如 2026-07、2026-Q3；起止日期不成期间时为空",
                    en: "The period, such as 2026-07 or 2026-Q3; null where the dates make none"))
        case .leads:
            SourceField(
                "leads", "list<string>", LocalizedText(zh: "所负责的部门路径", en: "Paths of the units this person leads"))
        case .leaving:
            SourceField("left_on", "date?", LocalizedText(zh: "离职日期，即最后工作日的次日", en: "The day behind the last one"))
        }
    }
}
