public import YAMLDocument

/// A text in Chinese and English.
public struct BilingualText: Sendable, Hashable {
    /// The Chinese text.
    public var zh: String
    /// The English text.
    public var en: String

    /// The text in both languages.
    public init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
}

extension MapReader {
    /// The text at `key`: one for both languages, or `{zh: ..., en: ...}` of which one may be missing.
    public func bilingual(_ key: String, fallback: String) -> BilingualText {
        guard let node = self[key] else { return BilingualText(zh: fallback, en: fallback) }
        if let text = node.text { return BilingualText(zh: text, en: text) }
        let texts = MapReader(node, what: "'\(key)'", known: ["zh", "en"], log: log)
        let (zh, en) = (texts.text("zh"), texts.text("en"))
        return BilingualText(zh: zh ?? en ?? fallback, en: en ?? zh ?? fallback)
    }
}
