/// A value of the expression language.
///
/// `==` and hashing are strict: the same kind and the same content, strings by code points. The keys of maps alone are
/// looked up as CEL does, to which `1` and `1.0` are one key.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([Value])
    case map(MapValue)
    case timestamp(Timestamp)
    case duration(Duration)
    case decimal(Rational)
    case type(TypeName)
    case optional(OptionalValue)
    case record(RecordValue)
}

/// A value that may be absent, as `optional.of` and `optional.none` make it.
public indirect enum OptionalValue: Sendable {
    case none
    case some(Value)
}

extension Value {
    /// Whether the value is null.
    public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// The value's type, as `type(x)` gives it.
    public var typeName: TypeName {
        switch self {
        case .timestamp: TypeName("google.protobuf.Timestamp")
        case .duration: TypeName("google.protobuf.Duration")
        case .null: TypeName("null_type")
        case .optional: TypeName("optional_type")
        case .record(let record): TypeName(record.schema.name)
        default: TypeName(kind)
        }
    }

    /// The word that messages use for what kind of value this is.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .list: "list"
        case .map: "map"
        case .timestamp: "timestamp"
        case .duration: "duration"
        case .decimal: "decimal"
        case .type: "type"
        case .optional: "optional"
        case .record: "record"
        }
    }
}

extension Value: Hashable {
    /// Whether kind and content are the same.
    public static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.int(let left), .int(let right)): left == right
        case (.uint(let left), .uint(let right)): left == right
        case (.double(let left), .double(let right)): left == right
        case (.string(let left), .string(let right)): sameText(left, right)
        case (.bytes(let left), .bytes(let right)): left == right
        case (.timestamp(let left), .timestamp(let right)): left == right
        case (.duration(let left), .duration(let right)): left == right
        case (.decimal(let left), .decimal(let right)): left == right
        case (.type(let left), .type(let right)): left == right
        default: sameContents(left, right)
        }
    }

    private static func sameContents(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)):
            left.count == right.count && left.keys.allSatisfy { left[$0] == right[$0] }
        case (.optional(.none), .optional(.none)): true
        case (.optional(.some(let left)), .optional(.some(let right))): left == right
        case (.record(let left), .record(let right)):
            left.schema.name == right.schema.name && left.slots == right.slots
        default: false
        }
    }

    /// Hashes kind and content.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        switch self {
        case .bool(let bool): hasher.combine(bool)
        case .int(let int): hasher.combine(int)
        case .uint(let uint): hasher.combine(uint)
        case .double(let double): hasher.combine(double)
        case .string(let string): hasher.combine(string)
        case .bytes(let bytes): hasher.combine(bytes)
        case .timestamp(let timestamp): hasher.combine(timestamp)
        case .duration(let duration): hasher.combine(duration)
        case .decimal(let decimal): hasher.combine(decimal)
        case .type(let type): hasher.combine(type)
        default: hashContents(into: &hasher)
        }
    }

    private func hashContents(into hasher: inout Hasher) {
        switch self {
        case .list(let elements): hasher.combine(elements)
        case .map(let map): hasher.combine(map.count)
        case .optional(.some(let value)): hasher.combine(value)
        case .record(let record): hasher.combine(record.slots)
        default: break
        }
    }
}
