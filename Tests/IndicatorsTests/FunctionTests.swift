import Expressions
import Indicators
import Testing

/// The functions that mappings and indicators have beside those of CEL.
@Suite struct FunctionTests {
    private func value(_ expression: String) throws -> Value {
        let calendar = try TestCatalogue.calendar()
        let functions = WorkFunctions(calendar: calendar).all + MappingFunctions(zone: calendar.zone).all
        return try Environment(variables: [], functions: functions).compile(expression).evaluate([])
    }

    @Test func `days are added by the clock of the company's zone`() throws {
        let wanted = try #require(Timestamp(rfc3339: "2026-03-01T01:00:00Z"))
        #expect(try value("addDays(timestamp('2026-02-27T01:00:00Z'), 2)") == .timestamp(wanted))
    }

    @Test(arguments: [
        ("2026-07", "2026-06-30T16:00:00Z", "2026-07-31T16:00:00Z"),
        ("2026-Q4", "2026-09-30T16:00:00Z", "2026-12-31T16:00:00Z"),
        ("2026-H1", "2025-12-31T16:00:00Z", "2026-06-30T16:00:00Z"),
        ("2026", "2025-12-31T16:00:00Z", "2026-12-31T16:00:00Z"),
    ])
    func `a period begins with its first day and ends before the next one`(period: String, start: String, end: String)
        throws
    {
        #expect(try value("periodStart('\(period)')") == .timestamp(#require(Timestamp(rfc3339: start))))
        #expect(try value("periodEnd('\(period)')") == .timestamp(#require(Timestamp(rfc3339: end))))
        #expect(throws: EvaluationError.self) { try value("periodEnd('July')") }
    }

    @Test(arguments: [
        "addDays(timestamp('2026-07-01T00:00:00Z'), -9223372036854775807 - 1)",
        "addDays(timestamp('2026-07-01T00:00:00Z'), 1000000)",
        "addDays(timestamp('9999-12-31T10:00:00Z'), 1)", "addDays(timestamp('9999-12-31T15:59:59Z'), 0 + 1)",
        "addDays(timestamp('0001-01-02T00:00:00Z'), -2)",
        "businessAdd(timestamp('9999-12-31T10:00:00Z'), duration('60000s'))",
    ])
    func `a day outside the years 1 to 9999 is refused`(_ expression: String) throws {
        #expect(throws: EvaluationError.self) { try value(expression) }
    }

    @Test(arguments: [
        "businessTime(timestamp('0001-01-01T00:00:00Z'), timestamp('2026-07-01T00:00:00Z'))",
        "businessTime(timestamp('2026-07-01T00:00:00Z'), timestamp('9999-12-31T00:00:00Z'), [])",
        "workingDays(timestamp('0001-01-01T00:00:00Z'), timestamp('2026-07-01T00:00:00Z'))",
        "businessAdd(timestamp('2026-07-01T00:00:00Z'), duration('900000000s'))",
    ])
    func `a span of more than a hundred years is nobody's working time`(_ expression: String) throws {
        #expect(throws: EvaluationError.self) { try value(expression) }
    }

    @Test func `a span of almost a hundred years is counted`() throws {
        let days = "workingDays(timestamp('1927-01-01T00:00:00Z'), timestamp('2026-12-31T00:00:00Z'))"
        #expect(try value(days) == .int(26_076))
    }

    @Test(arguments: [
        "SSSSSSSSSS", "yy-MM-dd", "MM-dd HH:mm", "yyyyy-MM-dd", "yyyy-MMM-dd", "yyyy-MM-dd yyyy",
        "yyyy-MM-dd HH:mm:ss.SSSSSSSSSS",
    ])
    func `a pattern without a year of four digits, or with parts too long, is refused`(_ pattern: String) throws {
        let text = pattern.map { "yMdHmsS".contains($0) ? "1" : String($0) }.joined()
        #expect(throws: EvaluationError.self) { try value("parseTime('\(text)', '\(pattern)')") }
    }

    @Test(arguments: [
        ("2026-07-01 09:00:00.250", "yyyy-MM-dd HH:mm:ss.SSS", "2026-07-01T01:00:00.25Z"),
        ("1/7/2026", "d/M/yyyy", "2026-06-30T16:00:00Z"), ("2026", "yyyy", "2025-12-31T16:00:00Z"),
    ])
    func `a time is read by its pattern`(text: String, pattern: String, instant: String) throws {
        let wanted = try #require(Timestamp(rfc3339: instant))
        #expect(try value("parseTime('\(text)', '\(pattern)')") == .timestamp(wanted))
    }

    @Test func `the year 0 is none`() throws {
        #expect(throws: EvaluationError.self) { try value("parseTime('0000-07-01', 'yyyy-MM-dd')") }
    }
}
