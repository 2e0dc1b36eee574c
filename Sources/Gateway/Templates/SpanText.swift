internal import Expressions
internal import Indicators
internal import PlumblineKit
internal import RecordFiles

/// Lists and spans of time as templates write them: elements between `;`, a span as `from ~ to`, the owner of one in
/// front as `E01 | from ~ to`. A span that still lasts has no `to`, one that nobody owned no owner.
struct SpanText {
    let zone: Zone
    let order: DateOrder?

    /// The elements of a list.
    static func elements(_ text: String) -> [String] {
        text.split { ";；\n".contains($0) }.map { $0.trimmed }.filter { !$0.isEmpty }
    }

    /// A span as mappings read it; nil where the text is none.
    func span(_ text: String, hasOwner: Bool) -> JSON? {
        var (rest, owner) = (text[...], JSON.null)
        if hasOwner {
            guard let bar = text.firstIndex(where: { "|｜".contains($0) }) else { return nil }
            let name = String(text[..<bar]).trimmed
            owner = name.isEmpty ? .null : .string(name)
            rest = text[text.index(after: bar)...]
        }
        guard let ends = ends(String(rest)) else { return nil }
        return .object(JSONObject((hasOwner ? [("owner", owner)] : []) + [("from", ends.from), ("to", ends.to)]))
    }

    private func ends(_ text: String) -> (from: JSON, to: JSON)? {
        let parts = text.split(omittingEmptySubsequences: false) { "~～至".contains($0) }.map { $0.trimmed }
        guard parts.count == 2, let from = instant(parts[0]) else { return nil }
        if parts[1].isEmpty { return (.string(from), .null) }
        return instant(parts[1]).map { (.string(from), .string($0)) }
    }

    /// An instant as mappings read it; nil where the text is none.
    func instant(_ text: String) -> String? {
        guard let date = try? WrittenDate(text, order: order) else { return nil }
        return zone.instantText(date)
    }

    /// A day as mappings read it; nil where the text is none, or a time of the day beside midnight.
    func day(_ text: String) -> String? {
        guard let date = try? WrittenDate(text, order: order), date.offset == nil,
            date.time.map({ $0.allSatisfy { "0:.".contains($0) } }) ?? true
        else { return nil }
        return date.date
    }
}

extension Zone {
    /// The instant of a written date: a local time is one of this zone, a date alone the start of its day. Nil where the
    /// time has parts that an instant lacks.
    func instantText(_ date: WrittenDate) -> String? {
        if date.offset != nil { return date.text }
        let parts = (date.time ?? "00:00:00").prefix(8).split(separator: ":").compactMap { Int64($0) }
        guard parts.count == 3, (date.time ?? "00:00:00").count == 8, let day = Day(text: date.date) else { return nil }
        return instant(day, second: parts[0] * 3600 + parts[1] * 60 + parts[2]).rfc3339
    }
}

extension StringProtocol {
    /// Without spaces around it.
    var trimmed: String {
        var text = Substring(self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
