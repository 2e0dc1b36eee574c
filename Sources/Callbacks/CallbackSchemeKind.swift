public import PlumblineKit

/// One way in which a system signs what it sends: its name, the settings that a connection gives, and the scheme that
/// they make. Lint, the guide and decoding all read the same declaration.
public struct CallbackSchemeKind: Sendable {
    /// What a connection calls it, such as `github`.
    public let id: String
    /// What people call it.
    public let title: LocalizedText
    /// The settings, keys and all.
    public let settings: [SettingField]
    /// Whether the system asks with HEAD, unsigned, if somebody is there.
    public let answersHead: Bool
    private let identify: Identify
    private let make: @Sendable (KeySettings) throws(CallbackSettingError) -> any CallbackScheme

    init(
        id: String, title: LocalizedText, settings: [SettingField], answersHead: Bool = false,
        identify: @escaping Identify = isSigned,
        make: @escaping @Sendable (KeySettings) throws(CallbackSettingError) -> any CallbackScheme
    ) {
        self.id = id
        self.title = title
        self.settings = settings
        self.answersHead = answersHead
        self.identify = identify
        self.make = make
    }

    /// Says by what an event is known where a function gives the texts of the settings.
    typealias Identify = @Sendable (_ setting: (String) -> String?) -> EventIdentification

    /// Most schemes know an event by something that is signed, whatever is set.
    private static let isSigned: Identify = { _ in .signed }

    /// By what an event is known where `setting` gives the text of each setting that the connection has; of a secret any
    /// text will do.
    public func identification(_ setting: (String) -> String?) -> EventIdentification { identify(setting) }

    /// The scheme that `settings`, decoded against ``settings``, describe.
    ///
    /// - Throws: `CallbackSettingError` for a key that is empty, too short or not of its form, and for settings that
    ///   contradict each other.
    public func scheme(_ settings: Settings) throws(CallbackSettingError) -> any CallbackScheme {
        try make(KeySettings(settings))
    }

    /// For published vectors only, whose keys are shorter than any that guards a gateway.
    package func schemeWithShortKeys(_ settings: Settings) throws(CallbackSettingError) -> any CallbackScheme {
        try make(KeySettings(settings, allowsShortKeys: true))
    }
}

extension CallbackSchemeKind {
    /// All there are, by id.
    public static let all: [CallbackSchemeKind] = [
        .dingTalk, .feishu, .frappe, .gitHub, .gitLab, .jira, .signature, .slack, .standardWebhooks, .stripe,
        .surveyMonkey, .svix, .typeform, .weCom, .wjx, .wjxForm, .yonyou, .zendesk,
    ]

    /// The one of this id; nil where there is none.
    public static func named(_ id: String) -> CallbackSchemeKind? { all.first { $0.id == id } }
}
