internal import Expressions

/// Why a record was rejected, without what it says: reasons are kept and shown in the open, contents are sealed.
///
/// A reason quotes the value it complains about, marked as `QuotedValue` says. Its letters become `x` and its numbers zeros
/// where they are long: `'heart disease'` becomes `'xxxxx xxxxxxx'`. Dates and times stay, since their form is what is wrong.
enum MaskedReason {
    /// The reason with every value in it masked.
    static func text(_ reason: String) -> String { QuotedValue.replacing(in: reason, masked) }

    private static func masked(_ text: String) -> String {
        if isTime(text) { return text }
        let hidesNumbers = text.count(where: \.isNumber) > 4
        return String(
            text.map { character in
                if character.isLetter { return "x" }
                return hidesNumbers && character.isNumber ? "0" : character
            })
    }

    /// Whether the text has the form of a date or time: short numbers, of which only the year and a zone behind `+` have
    /// more than two digits, and what stands between them. A telephone number has not.
    private static func isTime(_ text: String) -> Bool {
        let numbers = text.split { !$0.isNumber }
        return text.allSatisfy { $0.isASCII && $0.isNumber || "-/:. TZ+".contains($0) }
            && numbers.allSatisfy { $0.count <= 4 }
            && numbers.count { $0.count > 2 } <= (text.contains("+") ? 2 : 1)
    }
}
