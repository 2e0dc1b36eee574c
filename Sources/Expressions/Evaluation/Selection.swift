/// A field of a record whose schema was declared, read by its slot.
final class RecordField: Code {
    let operand: any Code
    let schema: RecordSchema
    let slot: Int
    /// Where the field is found, where the record is a variable.
    let place: FieldPlace?

    init(_ operand: any Code, _ schema: RecordSchema, slot: Int) {
        self.operand = operand
        self.schema = schema
        self.slot = slot
        place = (operand as? VariableRead).map { FieldPlace(variable: $0.index, schema: schema, slot: slot) }
    }

    private var name: String { schema.fieldNames[slot] }

    var path: String? { operand.path.map { $0 + "." + name } }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        if case .bool(let bool)? = place?.read(frame) { return bool }
        return try condition(try value(&frame))
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let value = place?.read(frame) { return value }
        return try select(from: try operand.value(&frame))
    }

    private func select(from record: Value) throws(EvaluationError) -> Value {
        if case .record(let record) = record, record.schema === schema, slot < record.slots.count {
            return record.slots[slot]
        }
        return try Expressions.select(name, from: record, path: operand.path)
    }
}

/// `operand.field` where the operand's type is not known, or optional.
final class Selection: Code {
    let operand: any Code
    let field: String
    let isOptional: Bool

    init(_ operand: any Code, _ field: String, isOptional: Bool) {
        self.operand = operand
        self.field = field
        self.isOptional = isOptional
    }

    var path: String? { operand.path.map { $0 + "." + field } }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge()
        let value = try operand.value(&frame)
        if case .optional(let optional) = value { return try chained(optional) }
        if !isOptional { return try select(field, from: value, path: operand.path) }
        return .optional(OptionalValue(try find(field, in: value, path: operand.path)))
    }

    private func chained(_ optional: OptionalValue) throws(EvaluationError) -> Value {
        guard case .some(let value) = optional else { return .optional(.none) }
        return .optional(OptionalValue(try find(field, in: value, path: operand.path)))
    }
}

/// `has(operand.field)`.
final class PresenceTest: Test {
    let operand: any Code
    let field: String

    init(_ operand: any Code, _ field: String) {
        self.operand = operand
        self.field = field
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        var value = try operand.value(&frame)
        if case .optional(let optional) = value {
            guard case .some(let inner) = optional else { return false }
            value = inner
        }
        guard let found = try find(field, in: value, path: operand.path) else { return false }
        if case .record = value { return !found.isNull }
        return true
    }
}

/// `operand[key]`.
final class Index: Code {
    let operand: any Code
    let key: any Code
    let isOptional: Bool

    init(_ operand: any Code, _ key: any Code, isOptional: Bool) {
        self.operand = operand
        self.key = key
        self.isOptional = isOptional
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge()
        let (value, key) = (try operand.value(&frame), try key.value(&frame))
        if case .optional(let optional) = value {
            guard case .some(let inner) = optional else { return .optional(.none) }
            return .optional(OptionalValue(try element(key, of: inner)))
        }
        let found = try element(key, of: value)
        if isOptional { return .optional(OptionalValue(found)) }
        guard let found else { throw .noSuchKey(key.summary) }
        return found
    }

    private func element(_ key: Value, of value: Value) throws(EvaluationError) -> Value? {
        switch value {
        case .list(let elements):
            if let index = key.index { return elements.indices.contains(index) ? elements[index] : nil }
        case .map(let map):
            if !key.isNull { return map[key] }
        case .record(let record):
            if case .string(let field) = key { return record[field] }
        default: break
        }
        throw misfit("[]", [value, key], paths: [operand.path, self.key.path])
    }
}

/// The value of a field, which must be there.
private func select(_ field: String, from value: Value, path: String?) throws(EvaluationError) -> Value {
    if let found = try find(field, in: value, path: path) { return found }
    if case .map = value { throw .noSuchKey(field) }
    throw .noSuchField(field)
}

/// The value of a field; nil where a map has no such key or a record no such field.
private func find(_ field: String, in value: Value, path: String?) throws(EvaluationError) -> Value? {
    switch value {
    case .map(let map): map[field]
    case .record(let record): record[field]
    default: throw misfit("." + field, [value], paths: [path])
    }
}

extension OptionalValue {
    init(_ value: Value?) {
        self = value.map { .some($0) } ?? .none
    }
}

extension Value {
    /// The value as the index of a list; nil where it is no whole number.
    fileprivate var index: Int? {
        switch self {
        case .int(let int): Int(exactly: int)
        case .uint(let uint): Int(exactly: uint)
        case .double(let double): Int(exactly: double)
        case .decimal(let decimal): decimal.int64.map { Int($0) }
        default: nil
        }
    }

    /// The value in a message.
    fileprivate var summary: String {
        switch self {
        case .string(let string): "'" + string.excerpt + "'"
        case .int(let int): String(int)
        case .uint(let uint): String(uint)
        default: "a " + kind
        }
    }
}
