/// A text in the two languages that people read here.
public struct LocalizedText: Sendable, Hashable {
    /// Simplified Chinese.
    public let zh: String
    /// English.
    public let en: String

    /// A text in both languages.
    public init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// A text that stands in one language only, as sources and systems write it.
    public init(untranslated text: String) { self.init(zh: text, en: text) }

    /// The text in a language, `zh` or `en`.
    public func text(in language: String) -> String { language == "zh" ? zh : en }
}
