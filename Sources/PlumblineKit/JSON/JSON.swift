/// A JSON value that loses nothing: numbers stay the text they were, objects keep their order.
public enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number's own text, such as `12.50` or `1e3`. Nothing is ever read through a `Double`.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    /// A whole number.
    public static func int(_ value: Int) -> JSON { .number(String(value)) }

    /// The text, or null where there is none.
    public static func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }

    /// The moment in RFC 3339, or null where there is none.
    public static func time(_ value: Instant?) -> JSON { text(value?.rfc3339) }

    /// Whether this is null.
    public var isNull: Bool { self == .null }

    /// The text of a string; nil for anything else.
    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// The value of a number written without point and exponent; nil for anything else.
    public var int: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text)
    }

    /// The value of a boolean; nil for anything else.
    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    /// The elements of a list; nil for anything else.
    public var array: [JSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The members of an object; nil for anything else.
    public var object: JSONObject? {
        guard case .object(let object) = self else { return nil }
        return object
    }

    /// The text of a string or number, which is what an identifier may be written as; nil for anything else.
    public var scalarText: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }

    /// The member `key` of an object; nil where there is none, or where this is no object.
    public subscript(key: String) -> JSON? { object?[key] }

    /// What kind of value this is, in words for messages.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}

// Not by nil: in a `JSON?` it would be a null that looks like nothing.
extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .int(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A list.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object; of two members with the same key the later one counts.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}
