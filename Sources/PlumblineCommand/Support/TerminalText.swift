extension String {
    /// The text on one line, with every character that could break the line or steer the terminal written as JSON
    /// writes it, such as `\n` and `\u001b`. For texts of sources inside a line of ours.
    var onOneLine: String { escaped { $0.steersTerminal } }

    /// As ``onOneLine``, but line breaks stay. JSON remains JSON and says the same.
    var harmless: String { escaped { $0.steersTerminal && $0 != "\n" } }

    private func escaped(where isUnwanted: (Unicode.Scalar) -> Bool) -> String {
        guard unicodeScalars.contains(where: isUnwanted) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if isUnwanted(scalar) { text += scalar.jsonEscape } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}

extension Unicode.Scalar {
    /// Whether it is a control character, breaks a line, or turns the direction in which text is shown.
    fileprivate var steersTerminal: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    fileprivate var jsonEscape: String {
        switch self {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
    }
}
