/// A field of a record that is a variable, read where it lies, without copying the record.
struct FieldPlace: Sendable {
    let variable: Int
    let schema: RecordSchema
    let slot: Int

    /// The field's value; nil where the variable holds no record of the schema, or its slots are not at hand.
    @inline(__always)
    func read(_ frame: borrowing Frame) -> Value? {
        guard variable < SlotViews.count else { return nil }
        let view = frame.views[variable]
        guard view.schema == ObjectIdentifier(schema), slot < view.slots.count else { return nil }
        return view.slots[slot]
    }
}

/// The slots of the first few variables that are records.
typealias SlotViews = InlineArray<4, SlotView>

/// The slots of a record.
///
/// They are the record's own storage: the view is good as long as the record is, and a frame's records are its
/// variables, which outlive it.
struct SlotView {
    let schema: ObjectIdentifier?
    let slots: UnsafeBufferPointer<Value>

    static var empty: SlotView { SlotView(schema: nil, slots: UnsafeBufferPointer(start: nil, count: 0)) }
}

extension SlotView {
    @inline(__always)
    init(_ value: Value) {
        guard case .record(let record) = value else {
            self = .empty
            return
        }
        schema = ObjectIdentifier(record.schema)
        slots = record.slots.withUnsafeBufferPointer { $0 }
    }
}
