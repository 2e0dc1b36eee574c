internal import PlumblineKit

/// Why a record was rejected, without what it says: reasons are kept and shown in the open, contents are sealed.
///
/// A reason quotes the value it complains about. Where that is a text of the record, its letters become `x` and its long
/// numbers zeros: `'heart disease'` becomes `'xxxxx xxxxxxx'`. Dates and times stay, since their form is what is wrong.
enum MaskedReason {
    /// The reason with every quoted text of `record` masked.
    static func text(_ reason: String, about record: JSON) -> String {
        guard reason.contains("'") else { return reason }
        return texts(in: record).reduce(reason) { reason, text in
            // A long text is quoted by its beginning only.
            let quoted = "'\(text.prefix(60))'"
            return reason.replacing(quoted, with: "'\(masked(text.prefix(60)))'")
        }
    }

    private static func texts(in json: JSON) -> Set<String> {
        switch json {
        case .string(let text): text.isEmpty ? [] : [text]
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(texts(in: $1)) }
        case .object(let object): object.members.reduce(into: []) { $0.formUnion(texts(in: $1.value)) }
        case .null, .bool, .number: []
        }
    }

    private static func masked(_ text: Substring) -> String {
        if isTime(text) { return String(text) }
        let hidesNumbers = text.split { !$0.isNumber }.contains { $0.count > 4 }
        return String(
            text.map { character in
                if character.isLetter { return "x" }
                return hidesNumbers && character.isNumber ? "0" : character
            })
    }

    /// Whether the text has the form of a date or time: short numbers and what stands between them.
    private static func isTime(_ text: Substring) -> Bool {
        text.allSatisfy { $0.isASCII && $0.isNumber || "-/:. TZ+".contains($0) }
            && !text.split { !$0.isNumber }.contains { $0.count > 4 }
    }
}
