/// A type that the checker knows.
public indirect enum ValueType: Hashable, Sendable {
    /// Anything; decided when the expression runs.
    case dyn
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case timestamp
    case duration
    /// An exact number, a ``Rational``.
    case decimal
    case list(ValueType)
    case map(ValueType, ValueType)
    /// The type of types.
    case type
    case optional(ValueType)
    /// The type, or null.
    case nullable(ValueType)
    /// A record with a declared schema, by the schema's name.
    case record(String)
    /// A type parameter of an overload, such as `T` in `list(T)`.
    case parameter(String)
}

extension ValueType: CustomStringConvertible {
    /// The type as messages write it: `list(string)`, `timestamp or null`.
    public var description: String {
        switch self {
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .optional(let wrapped): "optional(\(wrapped))"
        case .nullable(let wrapped): "\(wrapped) or null"
        case .record(let name): name
        case .parameter(let name): name
        default: simpleName
        }
    }

    private var simpleName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .decimal: "decimal"
        case .type: "type"
        default: "dyn"
        }
    }

    /// The type without the possibility of null.
    public var withoutNull: ValueType {
        if case .nullable(let wrapped) = self { wrapped } else { self }
    }
}

/// The name of a type as a value: what `type(x)` gives.
public struct TypeName: Hashable, Sendable, CustomStringConvertible {
    /// The name in CEL, such as `int` or `google.protobuf.Timestamp`.
    public let name: String

    /// The type of that name.
    public init(_ name: String) {
        self.name = name
    }

    /// The same as ``name``.
    public var description: String { name }
}
