/// The declaration of one setting: decoding, lint, `describe` and the console's form all read it.
public struct SettingField: Sendable, Hashable {
    /// As it stands in the connection, in lower case with underscores.
    public let key: String
    /// What it may hold.
    public let kind: SettingKind
    /// Whether a connection must say it.
    public let isRequired: Bool
    /// What holds when the connection says nothing; nil where there is none.
    public let defaultValue: SettingInput?
    /// What a number counts, such as `rows`; nil where that is plain.
    public let unit: String?
    /// What it is for, in one sentence.
    public let help: LocalizedText

    /// A declaration; connectors make theirs through `Setting`.
    public init(
        key: String, kind: SettingKind, isRequired: Bool, defaultValue: SettingInput? = nil, unit: String? = nil,
        help: LocalizedText
    ) {
        self.key = key
        self.kind = kind
        self.isRequired = isRequired
        self.defaultValue = defaultValue
        self.unit = unit
        self.help = help
    }

    /// Whether the value must not be seen.
    public var isSecret: Bool { kind == .secret }
}

/// What a setting may hold.
public enum SettingKind: Sendable, Hashable {
    case text
    /// An `http` or `https` address.
    case url
    case integer(ClosedRange<Int>)
    /// `true` or `false`.
    case flag
    case choice([String])
    /// Several texts; one alone may stand without brackets.
    case list
    /// Text by text, such as names of one system to names of another.
    case map
    /// A number with `s`, `m`, `h` or `d`, such as `5m`.
    case duration(ClosedRange<Duration>)
    /// The name of a file in the workspace's data folder.
    case file
    /// A reference to a secret, such as `${file:NAME}`, which the host resolves.
    case secret
    /// Maps, lists and values to any depth, with references to secrets in the place of texts: what is handed on to others.
    case nested
}

extension SettingKind {
    /// The kind's name in `describe`.
    public var name: String {
        switch self {
        case .text: "text"
        case .url: "url"
        case .integer: "integer"
        case .flag: "flag"
        case .choice: "choice"
        case .list: "list"
        case .map: "map"
        case .duration: "duration"
        case .file: "file"
        case .secret: "secret"
        case .nested: "nested"
        }
    }
}

/// What a connection says for one setting, free of the file's syntax.
public enum SettingInput: Sendable, Hashable {
    case text(String)
    case list([String])
    case map([String: String])
    /// A reference that the host has resolved. Lint, which resolves none, puts any text in.
    case secret(Secret)
    /// What stands there to any depth, its secrets resolved.
    case nested(NestedSetting)
}
