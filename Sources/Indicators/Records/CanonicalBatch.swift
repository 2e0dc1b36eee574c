public import Expressions

/// Canonical records of one type by the thousand: cells in the place of values, their texts in one buffer.
///
/// The form between a mapping and the store: nothing is made of a field before somebody wants more than to hand it on.
///
/// - Shape: one cell for each field of ``type``, in its order, record behind record.
public struct CanonicalBatch: Sendable {
    /// What a field of a record holds. Each value has one form; what has no form of its own lies in ``values``.
    public enum Cell: Sendable {
        case null
        case bool(Bool)
        /// A whole number; in a field of exact numbers too.
        case integer(Int64)
        /// Microseconds since 1970, UTC.
        case instant(Int64)
        /// The place of a text in ``bytes``.
        case text(start: UInt32, count: UInt32)
        /// The place of a list of texts in ``bytes``: JSON without spaces and escapes.
        case texts(start: UInt32, count: UInt32)
        /// The place of a value in ``values``.
        case value(Int)
    }

    /// What cells can hold, where it is read.
    enum Content {
        case null
        case bool(Bool)
        case integer(Int64)
        case instant(Timestamp)
        case text(UnsafeBufferPointer<UInt8>)
        case texts(UnsafeBufferPointer<UInt8>)
    }

    /// The type of the records.
    public let type: RecordType
    /// The cells of all records.
    public private(set) var cells: [Cell] = []
    /// The texts of all cells, in UTF-8. Never more than 4 GiB: readers stop long before.
    public private(set) var bytes: [UInt8] = []
    /// The values that fit no other cell.
    public private(set) var values: [Value] = []
    /// How many records there are.
    public private(set) var count = 0

    /// A batch without records.
    public init(type: RecordType) { self.type = type }

    /// Adds a record of the batch's type.
    public mutating func append(_ record: CanonicalRecord) {
        for (value, field) in zip(record.values, type.fields) { append(value, of: field) }
        finishRecord()
    }

    /// A record, with everything made of it.
    public func record(_ row: Int) -> CanonicalRecord { record(fromCell: row * type.fields.count) }

    /// The value of a field of a record.
    public func value(_ slot: Int, of row: Int) -> Value { value(ofCell: row * type.fields.count + slot) }

    /// Whether a field of a record holds nothing.
    public func isEmpty(_ slot: Int, of row: Int) -> Bool {
        if case .null = cells[row * type.fields.count + slot] { true } else { false }
    }

    /// The time or day that a field of a record holds; nil where it holds none.
    public func time(_ slot: Int, of row: Int) -> Timestamp? {
        switch cells[row * type.fields.count + slot] {
        case .instant(let microseconds): return Timestamp(microseconds: microseconds)
        case .value(let place):
            if case .timestamp(let time) = values[place] { return time }
            return nil
        default: return nil
        }
    }

    private func record(fromCell start: Int) -> CanonicalRecord {
        CanonicalRecord(type: type, values: type.fields.indices.map { value(ofCell: start + $0) })
    }

    private func value(ofCell index: Int) -> Value {
        switch cells[index] {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .integer(let number):
            let isExact = type.fields[index % type.fields.count].kind.isExact
            return isExact ? .decimal(Rational(number)) : .int(number)
        case .instant(let microseconds): return .timestamp(Timestamp(microseconds: microseconds))
        case .text(let start, let count): return .string(text(start, count))
        case .texts(let start, let count): return .list(Self.elements(text(start, count)))
        case .value(let place): return values[place]
        }
    }
}

extension CanonicalBatch {
    private func text(_ start: UInt32, _ count: UInt32) -> String {
        String(decoding: bytes[Int(start)..<Int(start) + Int(count)], as: UTF8.self)
    }

    /// The texts of a list that has no escapes, so that a quote always ends a text.
    private static func elements(_ list: String) -> [Value] {
        if list == "[]" { return [] }
        let texts = list.dropFirst(2).dropLast(2).split(separator: "\",\"", omittingEmptySubsequences: false)
        return texts.map { .string(String($0)) }
    }
}

// MARK: - Field by field

extension CanonicalBatch {
    /// Makes room for so many records, whose texts have so many bytes.
    mutating func reserve(_ records: Int, bytes: Int) {
        cells.reserveCapacity(records * type.fields.count)
        self.bytes.reserveCapacity(bytes)
    }

    /// Adds the next field of a record.
    mutating func append(_ content: Content) {
        switch content {
        case .null: cells.append(.null)
        case .bool(let flag): cells.append(.bool(flag))
        case .integer(let number): cells.append(.integer(number))
        case .instant(let time): append(time)
        case .text(let text):
            cells.append(.text(start: UInt32(bytes.count), count: UInt32(text.count)))
            bytes.append(contentsOf: text)
        case .texts(let list):
            cells.append(.texts(start: UInt32(bytes.count), count: UInt32(list.count)))
            bytes.append(contentsOf: list)
        }
    }

    /// Adds the next field of a record as a value of that field.
    mutating func append(_ value: Value, of field: RecordField) {
        switch value {
        case .null: cells.append(.null)
        case .bool(let flag): cells.append(.bool(flag))
        case .int(let number) where !field.kind.isExact: cells.append(.integer(number))
        case .timestamp(let time): append(time)
        case .string(var text): text.withUTF8 { append(.text($0)) }
        default: append(other: value)
        }
    }

    private mutating func append(_ time: Timestamp) {
        if time.isRepresentable, time.nanoseconds % 1000 == 0 {
            cells.append(.instant(time.microseconds))
        } else {
            append(other: .timestamp(time))
        }
    }

    private mutating func append(other value: Value) {
        cells.append(.value(values.count))
        values.append(value)
    }

    /// The record whose last field was added, before it is finished.
    var unfinished: CanonicalRecord { record(fromCell: count * type.fields.count) }

    /// Takes the fields that were added as a record.
    mutating func finishRecord() { count += 1 }

    /// Forgets the fields that were added of a record.
    mutating func discardRecord() { cells.removeSubrange((count * type.fields.count)...) }
}

extension FieldKind {
    /// Whether the field holds exact numbers, whole or not.
    fileprivate var isExact: Bool { self == .decimal || self == .money }
}
