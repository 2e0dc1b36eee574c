internal import Expressions
internal import Indicators

/// What a column holds: the stored form of a field, the same in every implementation.
enum StoredField: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
}

/// Turns a field's value into its stored form and back.
///
/// - Texts, enumerations, accounts and units: text. Exact numbers: text such as `12.5`. Days: `2026-07-01` in the
///   company's zone. Lists and spans: JSON.
/// - Integers: integer. Truth: 0 or 1. Instants: microseconds since 1970, UTC.
struct FieldCodec: Sendable {
    let field: RecordField
    let zone: Zone

    /// Whether the column is an integer column.
    var isInteger: Bool {
        guard !field.isList else { return false }
        return switch field.kind {
        case .int, .bool, .datetime: true
        default: false
        }
    }

    func encode(_ value: Value) throws(StoreError) -> StoredField {
        if case .null = value {
            guard field.isOptional else { throw .invalid(reason: "\(field.name) is empty, but \(field.typeText)") }
            return .null
        }
        if field.isList { return try .text(list(value).text) }
        switch (field.kind, value) {
        case (.string, .string(let text)), (.employeeRef, .string(let text)), (.orgUnitRef, .string(let text)),
            (.enumeration, .string(let text)):
            return .text(text)
        case (.int, .int(let integer)): return .integer(integer)
        case (.bool, .bool(let bool)): return .integer(bool ? 1 : 0)
        case (.datetime, .timestamp(let instant)): return .integer(instant.microseconds)
        case (.date, .timestamp(let instant)): return .text(zone.day(of: instant).description)
        case (.decimal, .decimal(let number)), (.money, .decimal(let number)): return .text(number.description)
        case (.decimal, .int(let integer)), (.money, .int(let integer)): return .text(String(integer))
        default: return try .text(json(value).text)
        }
    }

    func decode(_ stored: StoredField) throws(StoreError) -> Value {
        switch stored {
        // A list field that is newer than the row.
        case .null: return field.isList && !field.isOptional ? .list([]) : .null
        case .integer(let integer): return try decode(integer)
        case .text(let text): return field.isList ? try decode(list: text) : try decode(text)
        }
    }

    private func decode(_ integer: Int64) throws(StoreError) -> Value {
        switch field.kind {
        case .int: return .int(integer)
        case .bool: return .bool(integer != 0)
        case .datetime: return .timestamp(Timestamp(microseconds: integer))
        default: throw unreadable(String(integer))
        }
    }

    private func decode(_ text: String) throws(StoreError) -> Value {
        switch field.kind {
        case .string, .employeeRef, .orgUnitRef, .enumeration: return .string(text)
        case .decimal, .money:
            if let number = Self.number(text) { return .decimal(number) }
        case .date:
            if let day = Day(text: text) { return .timestamp(zone.start(of: day)) }
        case .interval, .ownerInterval:
            if let json = StoredJSON(text) { return try value(json) }
        default: break
        }
        throw unreadable(text)
    }

    /// The exact number of a text such as `12.5` or `1/3`.
    static func number(_ text: String) -> Rational? {
        guard let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")) else { return Rational(decimalText: text) }
        return Rational(numerator: String(text[..<slash]), denominator: String(text[text.index(after: slash)...]))
    }

    private func unreadable(_ text: String) -> StoreError {
        .damaged(reason: "the field \(field.name) holds \"\(text.prefix(40))\", which is no \(field.typeText)")
    }
}

// MARK: - Lists and spans

extension FieldCodec {
    private func list(_ value: Value) throws(StoreError) -> StoredJSON {
        guard case .list(let items) = value else { throw mismatch(value) }
        var json: [StoredJSON] = []
        json.reserveCapacity(items.count)
        for item in items { try json.append(self.json(item)) }
        return .list(json)
    }

    private func json(_ value: Value) throws(StoreError) -> StoredJSON {
        switch (field.kind, value) {
        case (.string, .string(let text)), (.employeeRef, .string(let text)), (.orgUnitRef, .string(let text)),
            (.enumeration, .string(let text)):
            return .string(text)
        case (.int, .int(let integer)): return .integer(integer)
        case (.bool, .bool(let bool)): return .bool(bool)
        case (.datetime, .timestamp(let instant)): return .integer(instant.microseconds)
        case (.date, .timestamp(let instant)): return .string(zone.day(of: instant).description)
        case (.decimal, .decimal(let number)), (.money, .decimal(let number)): return .string(number.description)
        case (.decimal, .int(let integer)), (.money, .int(let integer)): return .string(String(integer))
        case (.interval, .record(let span)), (.ownerInterval, .record(let span)): return try json(span)
        default: throw mismatch(value)
        }
    }

    private func json(_ span: RecordValue) throws(StoreError) -> StoredJSON {
        var members: [StoredJSON.Member] = []
        for (name, value) in zip(spanSchema.fieldNames, span.slots) {
            switch value {
            case .null: members.append(.init(name: name, value: .null))
            case .timestamp(let instant): members.append(.init(name: name, value: .integer(instant.microseconds)))
            case .string(let text): members.append(.init(name: name, value: .string(text)))
            default: throw mismatch(value)
            }
        }
        return .object(members)
    }

    private func decode(list text: String) throws(StoreError) -> Value {
        if text == "[]" { return .list([]) }
        guard case .list(let items)? = StoredJSON(text) else { throw unreadable(text) }
        var values: [Value] = []
        values.reserveCapacity(items.count)
        for item in items { try values.append(value(item)) }
        return .list(values)
    }

    private func value(_ json: StoredJSON) throws(StoreError) -> Value {
        switch json {
        case .null: return .null
        case .bool(let bool): return .bool(bool)
        case .integer(let integer): return try decode(integer)
        case .string(let text): return try decode(text)
        case .object:
            return .record(RecordValue(schema: spanSchema, slots: spanSchema.fieldNames.map { span(json[$0]) }))
        case .list: throw unreadable(json.text)
        }
    }

    private func span(_ json: StoredJSON) -> Value {
        switch json {
        case .integer(let instant): .timestamp(Timestamp(microseconds: instant))
        case .string(let text): .string(text)
        default: .null
        }
    }

    private var spanSchema: RecordSchema { field.kind == .ownerInterval ? .ownerInterval : .interval }

    private func mismatch(_ value: Value) -> StoreError {
        .invalid(reason: "\(field.name) is \(field.typeText), but was given a value of type \(value.kind)")
    }
}
