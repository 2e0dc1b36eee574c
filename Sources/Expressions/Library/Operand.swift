/// A Swift type that stands for one type of the language, so that functions can be written in Swift's types.
protocol Operand: SendableMetatype {
    static var valueType: ValueType { get }
    init?(operand: Value)
    var value: Value { get }
}

extension Value: Operand {
    static var valueType: ValueType { .dyn }
    init?(operand: Value) { self = operand }
    var value: Value { self }
}

extension Bool: Operand {
    static var valueType: ValueType { .bool }
    var value: Value { .bool(self) }
    init?(operand: Value) {
        guard case .bool(let bool) = operand else { return nil }
        self = bool
    }
}

extension Int64: Operand {
    static var valueType: ValueType { .int }
    var value: Value { .int(self) }
    init?(operand: Value) {
        guard case .int(let int) = operand else { return nil }
        self = int
    }
}

extension UInt64: Operand {
    static var valueType: ValueType { .uint }
    var value: Value { .uint(self) }
    init?(operand: Value) {
        guard case .uint(let uint) = operand else { return nil }
        self = uint
    }
}

extension Double: Operand {
    static var valueType: ValueType { .double }
    var value: Value { .double(self) }
    init?(operand: Value) {
        guard case .double(let double) = operand else { return nil }
        self = double
    }
}

extension String: Operand {
    static var valueType: ValueType { .string }
    var value: Value { .string(self) }
    init?(operand: Value) {
        guard case .string(let string) = operand else { return nil }
        self = string
    }
}

extension Rational: Operand {
    static var valueType: ValueType { .decimal }
    var value: Value { .decimal(self) }
    init?(operand: Value) {
        guard case .decimal(let decimal) = operand else { return nil }
        self = decimal
    }
}

extension Timestamp: Operand {
    static var valueType: ValueType { .timestamp }
    var value: Value { .timestamp(self) }
    init?(operand: Value) {
        guard case .timestamp(let timestamp) = operand else { return nil }
        self = timestamp
    }
}

extension Duration: Operand {
    static var valueType: ValueType { .duration }
    var value: Value { .duration(self) }
    init?(operand: Value) {
        guard case .duration(let duration) = operand else { return nil }
        self = duration
    }
}

extension TypeName: Operand {
    static var valueType: ValueType { .type }
    var value: Value { .type(self) }
    init?(operand: Value) {
        guard case .type(let type) = operand else { return nil }
        self = type
    }
}

extension MapValue: Operand {
    static var valueType: ValueType { .map(.dyn, .dyn) }
    var value: Value { .map(self) }
    init?(operand: Value) {
        guard case .map(let map) = operand else { return nil }
        self = map
    }
}

extension OptionalValue: Operand {
    static var valueType: ValueType { .optional(.dyn) }
    var value: Value { .optional(self) }
    init?(operand: Value) {
        guard case .optional(let optional) = operand else { return nil }
        self = optional
    }
}

extension Array: Operand where Element: Operand {
    static var valueType: ValueType { .list(Element.valueType) }
    var value: Value { .list(map(\.value)) }
    init?(operand: Value) {
        guard case .list(let values) = operand else { return nil }
        let elements = values.compactMap { Element(operand: $0) }
        guard elements.count == values.count else { return nil }
        self = elements
    }
}

/// Bytes, which are no list.
struct Bytes: Operand {
    let content: [UInt8]

    static var valueType: ValueType { .bytes }
    var value: Value { .bytes(content) }

    init(_ content: [UInt8]) {
        self.content = content
    }

    init?(operand: Value) {
        guard case .bytes(let bytes) = operand else { return nil }
        content = bytes
    }
}
