internal import Indicators
internal import RecordFiles

/// Periods as people write them.
enum PeriodText {
    /// The id of the period that a text names: `2026-07`, `2026/7`, `202607`, `2026年7月`, `2026-Q3`, `2026年第三季度`,
    /// `2026年下半年`, `2026`; a spreadsheet's first day of a month stands for the month. Nil for anything else.
    static func id(of text: String) -> String? {
        let text = text.trimmed
        if let period = Period(id: text) { return period.id }
        return month(ofDate: text) ?? id(ofParts: text)
    }

    /// Spreadsheets make a date of `2026-07`.
    private static func month(ofDate text: String) -> String? {
        guard let date = try? WrittenDate(text, order: .yearMonthDay), date.date.hasSuffix("-01"),
            date.time.map({ $0.allSatisfy { $0 == "0" || $0 == ":" } }) ?? true
        else { return nil }
        return Period(id: date.date.dropLast(3))?.id
    }

    private static func id(ofParts text: String) -> String? {
        let plain = text.uppercased().filter { !" -/.年月第季度份".contains($0) }
        let (year, rest) = (plain.prefix(4), plain.dropFirst(4))
        guard year.count == 4, year.allSatisfy(\.isASCII), Int(year) != nil else { return nil }
        if rest.isEmpty { return Period(id: year)?.id }
        if text.contains("季") { return Period(id: "\(year)-Q\(digit(String(rest)) ?? "")")?.id }
        if let half = ["上半": "H1", "下半": "H2"][String(rest)] { return Period(id: "\(year)-\(half)")?.id }
        if rest.first == "Q" || rest.first == "H" { return Period(id: "\(year)-\(rest)")?.id }
        guard rest.count <= 2, let month = Int(rest) else { return nil }
        return Period(id: "\(year)-\(month < 10 ? "0" : "")\(month)")?.id
    }

    private static func digit(_ text: String) -> String? {
        let text = text.replacing("Q", with: "")
        return ["一": "1", "二": "2", "三": "3", "四": "4"][text] ?? (text.count == 1 ? text : nil)
    }
}
