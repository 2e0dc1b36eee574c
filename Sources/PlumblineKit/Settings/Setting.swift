/// A setting together with the type its value has in code.
///
/// A connector declares each setting once, as a constant, lists their fields in its description, and reads the value
/// with `settings[pageSize]`:
///
/// ```swift
/// static let baseURL = Setting<String>.url("base_url", LocalizedText(zh: "接口地址", en: "Address of the REST API"))
/// static let pageSize = Setting<Int>.integer("page_size", in: 1...100, default: 100, unit: "tickets", LocalizedText(...))
/// ```
public struct Setting<Value: Sendable>: Sendable {
    /// The declaration, for the connector's description.
    public let field: SettingField
    let read: @Sendable (SettingValue) -> Value?
    /// What `read` gives where the connection says nothing and there is no default: only optional settings have it.
    let absent: Value?

    fileprivate init(
        _ key: String, _ kind: SettingKind, isRequired: Bool, default value: SettingInput? = nil, unit: String? = nil,
        _ help: LocalizedText, absent: Value? = nil, read: @escaping @Sendable (SettingValue) -> Value?
    ) {
        field = SettingField(
            key: key, kind: kind, isRequired: isRequired, defaultValue: value, unit: unit, help: help)
        self.absent = absent
        self.read = read
    }
}

extension Setting where Value == String {
    /// Text; required unless there is a default.
    public static func text(_ key: String, default value: String? = nil, _ help: LocalizedText) -> Setting {
        Setting(key, .text, isRequired: value == nil, default: value.map(SettingInput.text), help, read: \.text)
    }

    /// An `http` or `https` address, required.
    public static func url(_ key: String, _ help: LocalizedText) -> Setting {
        Setting(key, .url, isRequired: true, help, read: \.text)
    }

    /// One of `names`; required unless there is a default.
    public static func choice(
        _ key: String, of names: [String], default value: String? = nil, _ help: LocalizedText
    ) -> Setting {
        Setting(
            key, .choice(names), isRequired: value == nil, default: value.map(SettingInput.text), help, read: \.text)
    }

    /// A file in the workspace's data folder, required.
    public static func file(_ key: String, _ help: LocalizedText) -> Setting {
        Setting(key, .file, isRequired: true, help, read: \.text)
    }
}

extension Setting where Value == String? {
    /// Text that may be left out.
    public static func text(_ key: String, _ help: LocalizedText) -> Setting {
        Setting(key, .text, isRequired: false, help, absent: .some(nil)) { $0.text }
    }
}

extension Setting where Value == Secret {
    /// A secret, required.
    public static func secret(_ key: String, _ help: LocalizedText) -> Setting {
        Setting(key, .secret, isRequired: true, help, read: \.secret)
    }
}

extension Setting where Value == Secret? {
    /// A secret that may be left out.
    public static func secret(_ key: String, _ help: LocalizedText) -> Setting {
        Setting(key, .secret, isRequired: false, help, absent: .some(nil)) { $0.secret }
    }
}

extension Setting where Value == Int {
    /// A whole number; required unless there is a default.
    public static func integer(
        _ key: String, in range: ClosedRange<Int>, default value: Int? = nil, unit: String? = nil,
        _ help: LocalizedText
    ) -> Setting {
        Setting(
            key, .integer(range), isRequired: value == nil, default: value.map { .text(String($0)) }, unit: unit, help,
            read: \.integer)
    }
}

extension Setting where Value == Bool {
    /// True or false, never required.
    public static func flag(_ key: String, default value: Bool, _ help: LocalizedText) -> Setting {
        Setting(key, .flag, isRequired: false, default: .text(value ? "true" : "false"), help, read: \.flag)
    }
}

extension Setting where Value == [String] {
    /// Several texts; required, and then not empty, unless there is a default.
    public static func list(_ key: String, default value: [String]? = nil, _ help: LocalizedText) -> Setting {
        Setting(key, .list, isRequired: value == nil, default: value.map(SettingInput.list), help, read: \.list)
    }
}

extension Setting where Value == [String: String] {
    /// Text by text; required unless there is a default.
    public static func map(_ key: String, default value: [String: String]? = nil, _ help: LocalizedText) -> Setting {
        Setting(key, .map, isRequired: value == nil, default: value.map(SettingInput.map), help, read: \.map)
    }
}

extension Setting where Value == Duration {
    /// A span such as `5m`, of whole seconds; required unless there is a default.
    public static func duration(
        _ key: String, in range: ClosedRange<Duration>, default value: String? = nil, _ help: LocalizedText
    ) -> Setting {
        Setting(
            key, .duration(range), isRequired: value == nil, default: value.map(SettingInput.text), help,
            read: \.duration)
    }
}

extension Setting where Value == NestedSetting {
    /// Maps, lists and values to any depth; an empty map where the connection says nothing.
    public static func nested(_ key: String, _ help: LocalizedText) -> Setting {
        Setting(key, .nested, isRequired: false, default: .nested(.map([:])), help, read: \.nested)
    }
}
