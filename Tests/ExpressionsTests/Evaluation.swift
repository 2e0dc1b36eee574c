import Expressions

/// The value of an expression without variables.
func evaluate(_ source: String, stepBudget: Int = 100_000) throws -> Value {
    try Environment(variables: []).compile(source).evaluate([], stepBudget: stepBudget)
}

/// What an expression without variables gives, or the message of its error.
func outcome(_ source: String, checked: Bool = true) -> String {
    do {
        return try Environment(variables: []).compile(source, checked: checked).evaluate([]).description
    } catch let error as EvaluationError {
        return error.message
    } catch {
        return "\(error)"
    }
}

/// A ticket as indicators see it.
enum Ticket {
    static let schema = RecordSchema(
        name: "ticket",
        fields: [
            ("id", .string), ("status", .string), ("created_at", .timestamp), ("solved_at", .nullable(.timestamp)),
            ("due_at", .nullable(.timestamp)), ("handle_seconds", .nullable(.int)), ("cost", .nullable(.decimal)),
            ("is_spam", .bool), ("merged_into_id", .nullable(.string)), ("tags", .list(.string)),
        ])

    static let variable = Variable(name: "record", type: .record("ticket"))
    static let environment = Environment(variables: [variable], schemas: [schema])
    static let exact = Environment(variables: [variable], schemas: [schema], arithmetic: .exact)

    static func record(_ fields: [String: Value]) -> Value {
        .record(RecordValue(schema: schema, slots: schema.fieldNames.map { fields[$0] ?? .null }))
    }

    static let solved = record([
        "id": .string("7"), "status": .string("solved"), "created_at": time("2026-07-01T01:00:00Z"),
        "solved_at": time("2026-07-02T01:00:00Z"), "due_at": time("2026-07-03T01:00:00Z"), "handle_seconds": .int(100),
        "cost": Rational(decimalText: "12.30").map { .decimal($0) } ?? .null, "is_spam": .bool(false),
        "tags": .list([.string("vpn")]),
    ])

    static let empty = record(["id": .string("8"), "status": .string("new"), "is_spam": .bool(false)])

    static func time(_ text: String) -> Value {
        Timestamp(rfc3339: text).map { .timestamp($0) } ?? .null
    }

    /// What an expression over a ticket gives, or the message of its error.
    static func outcome(_ source: String, of record: Value = solved, in environment: Environment = environment)
        -> String
    {
        do {
            return try environment.compile(source).evaluate([record]).description
        } catch let error as EvaluationError {
            return error.message
        } catch {
            return "\(error)"
        }
    }
}
