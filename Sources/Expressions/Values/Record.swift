/// The declared fields of a record, each with its slot.
public final class RecordSchema: Sendable {
    /// The name by which ``ValueType/record(_:)`` refers to the schema.
    public let name: String
    /// The fields' names, in the order of the slots.
    public let fieldNames: [String]
    /// The fields' types, in the order of the slots.
    public let fieldTypes: [ValueType]

    private let slots: [String: Int]

    /// A schema; where a field is named twice the first counts.
    public init(name: String, fields: [(name: String, type: ValueType)]) {
        self.name = name
        fieldNames = fields.map(\.name)
        fieldTypes = fields.map(\.type)
        slots = Dictionary(zip(fieldNames, fieldNames.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The slot of a field; nil where there is no such field.
    public func slot(of field: String) -> Int? { slots[field] }

    /// The type of a field; nil where there is no such field.
    public func type(of field: String) -> ValueType? {
        slots[field].map { fieldTypes[$0] }
    }
}

/// A record: one value per field of its schema.
public struct RecordValue: Sendable {
    /// The fields.
    public let schema: RecordSchema
    /// The values, in the order of the schema's fields.
    public var slots: [Value]

    /// A record; missing slots are read as null, but a record without them equals none that has them.
    public init(schema: RecordSchema, slots: [Value]) {
        self.schema = schema
        self.slots = slots
    }

    /// The value of a field; nil where there is no such field.
    public subscript(field: String) -> Value? {
        guard let slot = schema.slot(of: field) else { return nil }
        return slot < slots.count ? slots[slot] : .null
    }
}
