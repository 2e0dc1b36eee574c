/// Why something failed, in the languages that people read, said where it fails.
///
/// Values of the data stand in it marked, as ``QuotedValue`` says, so that they can be hidden or shown.
public struct Reason: Sendable, Hashable {
    /// In Chinese.
    public let zh: String
    /// In English.
    public let en: String

    /// A reason in both languages.
    public init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// As people read it who may see the data.
    public var plain: Reason { Reason(zh: QuotedValue.plain(zh), en: QuotedValue.plain(en)) }

    /// The text in a language, `zh` or `en`.
    public func text(in language: String) -> String { language == "zh" ? zh : en }
}
