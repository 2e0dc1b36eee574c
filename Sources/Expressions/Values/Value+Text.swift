extension Value: CustomStringConvertible {
    /// The value as an expression that gives it: `'solved'`, `7u`, `decimal('2.5')`, `[1, 2]`.
    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): String(bool)
        case .int(let int): String(int)
        case .uint(let uint): "\(uint)u"
        case .double(let double): double.literal
        case .string(let string): string.literal
        case .bytes(let bytes): "base64.decode('\(Base64.encode(bytes))')"
        case .timestamp(let timestamp): "timestamp('\(timestamp)')"
        case .duration(let duration): "duration('\(duration.celText)')"
        case .decimal(let decimal): decimal.literal
        case .type(let type): type.name
        default: contentsText
        }
    }

    private var contentsText: String {
        switch self {
        case .list(let elements): "[\(elements.map(\.description).joined(separator: ", "))]"
        case .map(let map): Value.text(of: zip(map.keys.map(\.description), map.values))
        case .record(let record): Value.text(of: zip(record.schema.fieldNames, record.slots))
        case .optional(.some(let value)): "optional.of(\(value))"
        default: "optional.none()"
        }
    }

    private static func text(of entries: some Sequence<(String, Value)>) -> String {
        "{" + entries.map { "\($0): \($1)" }.joined(separator: ", ") + "}"
    }
}

extension Double {
    fileprivate var literal: String {
        guard isFinite else { return "double('\(doubleText(self))')" }
        let text = doubleText(self)
        return text.contains { $0 == "." || $0 == "e" } ? text : text + ".0"
    }
}

extension String {
    fileprivate var literal: String {
        var text = "'"
        for scalar in unicodeScalars {
            switch scalar {
            case "'", "\\": text += "\\\(scalar)"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "'"
    }
}

extension Rational {
    /// A decimal text where one is exact, else a quotient.
    fileprivate var literal: String {
        let text = description
        guard let slash = text.firstIndex(of: "/") else { return "decimal('\(text)')" }
        return "decimal('\(text[..<slash])') / decimal('\(text[text.index(after: slash)...])')"
    }
}
