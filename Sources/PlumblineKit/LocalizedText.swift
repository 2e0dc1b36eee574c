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
}
