import PlumblineKit

/// How a list is asked for what changed.
enum YonyouWindow: String, CaseIterable {
    /// One condition with both ends.
    case between
    /// Two conditions: `egt` and `elt`.
    case bounds
    /// One condition with the beginning, `egt`, and all that changed since at once.
    case egt
    /// No condition: the list is read whole each time.
    case none
}

/// What a connection says of one list, with what holds where it says nothing. Paths and names of fields differ between
/// services, and companies add their own.
struct YonyouListSettings: Sendable {
    let path: Setting<String?>
    /// Nil where there is no usual one.
    let usualPath: String?
    let id: Setting<String>
    let changed: Setting<String>
    /// Nil for a list that must be read whole, as what is not in it is taken for gone.
    let window: Setting<String>?
    let fields: Setting<[String: String]>
    let entryFields: Setting<[String: String]>

    init(
        _ name: String, _ kind: LocalizedText, path: String?, window: YonyouWindow?, fields: [String: String],
        entryFields: [String: String] = [:]
    ) {
        func help(_ zh: String, _ en: String) -> LocalizedText {
            LocalizedText(zh: "\(kind.zh)：\(zh)", en: "\(kind.en): \(en)")
        }
        usualPath = path
        self.path = .text(
            "\(name)_path",
            path.map { help("列表接口的路径；默认 \($0)", "path of the list; \($0) unless said") }
                ?? help("列表接口的路径，没有通用的，必须写明", "path of the list; there is no usual one: say it"))
        id = .text("\(name)_id", default: "id", help("标识字段", "field with the identifier"))
        changed = .text(
            "\(name)_changed", default: "pubts", help("时间戳字段", "field with the time of the last change"))
        self.window = window.map { usual in
            .choice(
                "\(name)_window", of: YonyouWindow.allCases.map(\.rawValue), default: usual.rawValue,
                help(
                    "如何只查变更：between 一个条件，bounds 为 egt 与 elt，egt 只有起点，none 每次全部读取",
                    "how changes are asked for: between is one condition, bounds egt and elt, egt the beginning alone, none reads all"
                ))
        }
        self.fields = .map(
            "\(name)_fields", default: fields,
            help("字段：记录成员对应的接口字段；a.b 为下级字段", "members of the record by names of fields; a.b is a field within a"))
        self.entryFields = .map(
            "\(name)_entry_fields", default: entryFields,
            help(
                "明细字段，须含 id（行号）；{} 表示每行即一条记录",
                "fields of entries, id among them; {} where each row is a record"))
    }

    var all: [SettingField] {
        [path.field, id.field] + (window.map { [changed.field, $0.field] } ?? []) + [fields.field, entryFields.field]
    }

    /// Whether there is a path.
    func isConfigured(_ settings: Settings) -> Bool { (settings[path] ?? usualPath) != nil }
}

/// A list as a connection describes it, ready to be asked.
struct YonyouList: Sendable {
    let path: String
    let idField: String
    let changedField: String
    let window: YonyouWindow
    /// The field with the number of an entry; nil where each row is a record.
    let entryKey: String?
    /// Members of the record and names of fields.
    let header: [(member: String, field: String)]
    let entries: [(member: String, field: String)]
    /// All fields that are read.
    let fields: [String]
    /// The members of rows that they are in.
    let kept: Set<String>

    /// Refuses a connection that names no path, or members that are taken.
    init(_ own: YonyouListSettings, settings: Settings) throws(ConnectorError) {
        guard let path = settings[own.path] ?? own.usualPath, path.contains(where: { $0 != "/" }) else {
            throw .settings(
                field: own.path.field.key,
                reason: "this stream is not configured: say the path of its list, as there is no usual one")
        }
        (self.path, idField) = (path, settings[own.id])
        (changedField, window) = Self.changes(own, settings)
        var entryFields = settings[own.entryFields]
        entryKey = entryFields.removeValue(forKey: "id")
        guard entryKey != nil || entryFields.isEmpty else {
            throw .settings(field: own.entryFields.field.key, reason: "say under id which field is the entry's number")
        }
        header = Self.members(settings[own.fields])
        entries = Self.members(entryFields)
        fields =
            [idField] + (window == .none ? [] : [changedField]) + header.map(\.field) + [entryKey].compactMap(\.self)
            + entries.map(\.field)
        kept = Set(fields.flatMap { [$0, String($0.prefix { $0 != "." })] })
        if let taken = header.map(\.member).first(where: ["id", "entries"].contains) {
            throw .settings(field: own.fields.field.key, reason: "the name '\(taken)' is taken; choose another")
        }
        if window != .none, changedField.isEmpty {
            throw .settings(
                field: own.changed.field.key,
                reason: "say the field with the time of the last change, or none as window")
        }
    }

    private static func changes(_ own: YonyouListSettings, _ settings: Settings) -> (String, YonyouWindow) {
        guard let window = own.window else { return ("", .none) }
        return (settings[own.changed], YonyouWindow(rawValue: settings[window]) ?? .between)
    }

    private static func members(_ map: [String: String]) -> [(member: String, field: String)] {
        map.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}
