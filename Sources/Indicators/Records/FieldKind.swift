public import Expressions

/// What a field of a canonical record holds.
public enum FieldKind: Sendable, Hashable {
    case string
    case int
    /// An exact number, read from the source's text.
    case decimal
    /// A decimal in the company's base currency, or in the record's own currency where it has one.
    case money
    case bool
    /// A calendar day in the company's zone; in expressions the start of that day.
    case date
    /// An instant, UTC.
    case datetime
    /// A person: an account in evidence, an employee once identity has resolved it.
    case employeeRef
    /// A unit of the company by its path, such as `Plumb/Support`.
    case orgUnitRef
    /// One of these names.
    case enumeration([String])
    /// `{from: datetime, to: datetime?}`
    case interval
    /// `{owner: employee_ref?, from: datetime, to: datetime?}`
    case ownerInterval
}

extension FieldKind {
    /// The type that expressions see.
    public var valueType: ValueType {
        switch self {
        case .string, .employeeRef, .orgUnitRef, .enumeration: .string
        case .int: .int
        case .decimal, .money: .decimal
        case .bool: .bool
        case .date, .datetime: .timestamp
        case .interval: .record(RecordSchema.interval.name)
        case .ownerInterval: .record(RecordSchema.ownerInterval.name)
        }
    }

    /// The name that definitions use for this kind, such as `enum(new,open)`.
    public var text: String {
        switch self {
        case .string: "string"
        case .int: "int"
        case .decimal: "decimal"
        case .money: "money"
        case .bool: "bool"
        case .date: "date"
        case .datetime: "datetime"
        case .employeeRef: "employee_ref"
        case .orgUnitRef: "org_unit_ref"
        case .enumeration(let names): "enum(\(names.joined(separator: ",")))"
        case .interval: "interval"
        case .ownerInterval: "owner_interval"
        }
    }

    /// The kind that `text` names, nil when there is none.
    init?(text: Substring) {
        if text.hasPrefix("enum("), text.hasSuffix(")") {
            let names = text.dropFirst(5).dropLast().split(separator: ",").map(String.init)
            guard !names.isEmpty else { return nil }
            self = .enumeration(names)
            return
        }
        guard let kind = Self.plain.first(where: { $0.text == text }) else { return nil }
        self = kind
    }

    private static let plain: [FieldKind] = [
        .string, .int, .decimal, .money, .bool, .date, .datetime, .employeeRef, .orgUnitRef, .interval, .ownerInterval,
    ]
}

extension RecordSchema {
    /// A span of time: `from`, and `to`, which is empty while it lasts.
    public static let interval = RecordSchema(
        name: "interval", fields: [("from", .timestamp), ("to", .nullable(.timestamp))])
    /// Who owned a record and when.
    public static let ownerInterval = RecordSchema(
        name: "owner_interval",
        fields: [("owner", .nullable(.string)), ("from", .timestamp), ("to", .nullable(.timestamp))])
}
