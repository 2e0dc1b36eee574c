/// What a message quotes of the data, marked so that exactly that can be hidden where messages are kept in the open.
///
/// The marks are the control characters for the start and the end of a text; a value that holds them is quoted without
/// them.
public enum QuotedValue {
    private static let begin: Unicode.Scalar = "\u{2}"
    private static let end: Unicode.Scalar = "\u{3}"

    /// The message as people read it who may see the data.
    public static func plain(_ message: String) -> String { replacing(in: message) { $0 } }

    /// The message with `replacement` in the place of each value.
    public static func replacing(in message: String, _ replacement: (String) -> String) -> String {
        var (result, rest) = ("", message.unicodeScalars[...])
        while let start = rest.firstIndex(of: begin) {
            result.unicodeScalars += rest[..<start]
            rest = rest[start...].dropFirst()
            result += replacement(String(rest.prefix { $0 != end }))
            rest = rest.drop { $0 != end }.dropFirst()
        }
        result.unicodeScalars += rest
        return result
    }

    fileprivate static func marked(_ text: String) -> String {
        var marked = String.UnicodeScalarView([begin])
        marked += text.unicodeScalars.filter { $0 != begin && $0 != end }
        marked.append(end)
        return String(marked)
    }
}

extension DefaultStringInterpolation {
    /// Quotes a value of the data in a message.
    package mutating func appendInterpolation(value: some CustomStringConvertible) {
        appendInterpolation(QuotedValue.marked(value.description))
    }
}
