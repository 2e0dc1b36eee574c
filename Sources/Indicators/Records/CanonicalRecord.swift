public import Expressions
internal import PlumblineKit

/// A mapped record: one value per field of its type, in the type's order.
///
/// In evidence, a field of kind `employee_ref` holds the account as the source wrote it; identity puts the employee in
/// its place when the record is read for aggregation.
public struct CanonicalRecord: Sendable {
    /// The type, which tells what each value means.
    public let type: RecordType
    /// One value per field, in the type's order; null where the field is empty.
    public var values: [Value]

    /// A record of these values, as many as the type has fields.
    public init(type: RecordType, values: [Value]) {
        self.type = type
        self.values = values
    }

    /// The value of the field named `field`; null where there is no such field.
    public subscript(field: String) -> Value {
        type.slot(of: field).map { values[$0] } ?? .null
    }

    /// The record as expressions read it.
    public var value: Value { .record(RecordValue(schema: type.schema, slots: values)) }

    /// The text that names the record within its type: the key's value, or its values joined with `/`, in which a `/` of
    /// their own is `%2F`.
    public var key: String { type.key.map { self[$0].keyText }.compoundIdentifier }
}
