package import PlumblineKit

extension String {
    /// The account of somebody: WeCom takes `ZhangSan` and `zhangsan` for one, and so it is one here.
    package var weComAccount: String {
        String(decoding: utf8.map { (65...90).contains($0) ? $0 | 32 : $0 }, as: UTF8.self)
    }
}

extension JSON {
    /// The account under `key`, folded; nil where there is none.
    package func weComAccount(_ key: String) -> String? { filled(key)?.weComAccount }

    /// The text or number under `key`; nil where it is absent or empty, as WeCom writes what it does not tell.
    package func filled(_ key: String) -> String? {
        guard let text = self[key]?.scalarText, !text.isEmpty else { return nil }
        return text
    }

    /// The Unix seconds under `key`, as number or text; nil where they are absent or 0, or beyond the year 9999.
    package func weComTime(_ key: String) -> Instant? { self[key]?.scalarText.flatMap(Instant.init(weCom:)) }

    /// The seconds of a span under `key`; nil where they are absent, negative or longer than any year.
    package func weComSeconds(_ key: String) -> Int? {
        self[key]?.int.flatMap { (0...366 * 86_400).contains($0) ? $0 : nil }
    }
}

extension Instant {
    /// Unix seconds as WeCom writes them; nil where they are 0, which says that there is no time, or beyond the year 9999.
    package init?(weCom text: String) {
        guard let seconds = Int64(text), (1..<253_402_300_800).contains(seconds) else { return nil }
        self.init(seconds: seconds)
    }
}
