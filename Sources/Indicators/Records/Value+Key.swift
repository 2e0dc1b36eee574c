internal import Expressions

extension Value {
    /// The value as one part of several that together tell records apart: as ``keyText``, but a text that could be taken
    /// for nothing, for a list or for several parts stands in quotes.
    var partText: String {
        switch self {
        case .string(let text): text.isPlainPart ? text : text.quoted
        case .list(let elements):
            "["
                + elements.map { if case .string(let text) = $0 { text.quoted } else { $0.partText } }
                .joined(separator: ",") + "]"
        default: keyText
        }
    }

    /// The value as people write it, such as a record's key: texts as they are, nothing as an empty text.
    var keyText: String {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .bool(let flag): String(flag)
        case .decimal(let number): number.description
        case .timestamp(let instant): instant.rfc3339
        case .list(let elements): "[" + elements.map(\.keyText).joined(separator: ",") + "]"
        case .null: ""
        default: "\(self)"
        }
    }
}

extension String {
    /// What stands between the parts of a key.
    static let partSeparator = "\u{1F}"

    fileprivate var isPlainPart: Bool {
        guard let first else { return false }
        return first != "\"" && first != "[" && !contains(Self.partSeparator)
    }

    fileprivate var quoted: String {
        "\"" + replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
