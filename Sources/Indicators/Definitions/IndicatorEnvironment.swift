public import Expressions

extension RecordSchema {
    /// The period under calculation, as expressions see it.
    public static let period = RecordSchema(
        name: "period", fields: [("id", .string), ("kind", .string), ("start", .timestamp), ("end", .timestamp)])

    /// The employee a record counts for, as they were at the anchor.
    public static let employee = RecordSchema(
        name: "employee",
        fields: [
            ("id", .string), ("unit", .nullable(.string)), ("position", .nullable(.string)),
            ("manager", .nullable(.string)),
        ])
}

/// The names in scope of an indicator's expressions, in the order of ``Slot``.
enum IndicatorEnvironment {
    /// Where each name stands among the variables; lookups follow.
    enum Slot: Int {
        case record, period, employee, constants, company
        static let firstLookup = 5
    }

    static let recordName = "record"

    /// The names of a measure over `record` with its lookups.
    static func measure(
        record: RecordType, lookups: [(name: String, type: RecordType)], functions: [HostFunction]
    ) -> Environment {
        let names = [
            Variable(name: recordName, type: .record(record.name)),
            Variable(name: "period", type: .record(RecordSchema.period.name)),
            Variable(name: "employee", type: .record(RecordSchema.employee.name)),
            Variable(name: "constants", type: .map(.string, .dyn)),
            Variable(name: "company", type: .string),
        ]
        return Environment(
            variables: names + lookups.map { Variable(name: $0.name, type: .record($0.type.name)) },
            schemas: [.interval, .ownerInterval, .period, .employee, record.schema] + lookups.map(\.type.schema),
            functions: functions, arithmetic: .exact)
    }

    /// The names of a finish or a flag: the measures, each empty where it has no data.
    static func finish(measures: [String]) -> Environment {
        Environment(
            variables: measures.map { Variable(name: $0, type: .nullable(.decimal)) }, arithmetic: .exact)
    }
}
