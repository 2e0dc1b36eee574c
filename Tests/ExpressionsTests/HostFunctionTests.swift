import Expressions
import Testing

@Suite struct HostFunctionTests {
    private let environment = Environment(
        variables: [Ticket.variable], schemas: [Ticket.schema],
        functions: [
            HostFunction(
                name: "addDays",
                overloads: [
                    .init(parameters: [.timestamp, .int], result: .timestamp) { operands throws(EvaluationError) in
                        guard case (.timestamp(let time), .int(let days)) = (operands[0], operands[1]) else {
                            return .null
                        }
                        guard days >= 0 else { throw .invalidArgument(zh: "天数不能为负", en: "days run forward") }
                        return .timestamp(time + .seconds(days * 86_400))
                    }
                ]),
            HostFunction(
                name: "known",
                overloads: [
                    .init(parameters: [.nullable(.string)], result: .bool, isMember: true) { .bool(!$0[0].isNull) }
                ]),
        ])

    @Test func `a host's function is called with its operands`() {
        let source = "addDays(record.created_at, 1) == record.solved_at"
        #expect(Ticket.outcome(source, in: environment) == "true")
    }

    @Test func `null never reaches a function that wants a value`() {
        #expect(
            Ticket.outcome("addDays(record.due_at, 1)", of: Ticket.empty, in: environment) == "record.due_at is empty")
        #expect(Ticket.outcome("record.merged_into_id.known()", of: Ticket.empty, in: environment) == "false")
    }

    @Test func `its errors and its types are the expression's`() {
        #expect(Ticket.outcome("addDays(record.created_at, -1)", in: environment) == "days run forward")
        let misfit = "1:1: found addDays(timestamp, string), expected addDays(timestamp, int)"
        #expect(Ticket.outcome("addDays(record.created_at, 'a')", in: environment) == misfit)
        let unknown = "1:1: there is no function 'addDay'; did you mean 'addDays'?"
        #expect(Ticket.outcome("addDay(record.created_at, 1)", in: environment) == unknown)
    }
}

@Suite struct CaseFileTests {
    @Test func `cases are run and differences told`() throws {
        let lines = """
            {"file": "own", "section": "sum", "name": "right", "expr": "x + 1", "bindings": {"x": {"int": "1"}}, "value": {"int": "2"}}

            {"file": "own", "section": "sum", "name": "wrong", "expr": "decimal('1') + 1", "value": {"decimal": "2.5"}}
            {"file": "own", "section": "sum", "name": "fails", "expr": "1 / 0", "error": true}
            {"file": "own", "section": "sum", "name": "works", "expr": "1", "error": true}
            """
        let outcome = try CaseFile(jsonLines: lines).run()
        #expect(outcome.summary == "2 passed, 2 failed")
        let first = "own/sum/wrong: decimal('1') + 1\n  expected decimal('2.5')\n  got      decimal('2')"
        #expect(outcome.failures[0].description == first)
        #expect(outcome.failures[1].expected == "an error")
    }

    @Test func `a line that is no case is refused`() {
        #expect(throws: CaseFile.FormatError.self) { try CaseFile(jsonLines: "\n{\"expr\": 1}") }
    }

    @Test func `lines end as on any system`() throws {
        let line = #"{"expr": "1 + 1", "value": {"int": "2"}}"#
        #expect(try CaseFile(jsonLines: "\(line)\r\n\(line)\n\r\n").run().summary == "2 passed, 0 failed")
    }

    @Test(arguments: [
        (#"{"int": "1", "uint": "1"}"#, "expected a value of one type"), ("{}", "expected a value of one type"),
        (#"{"map": [[{"int": "1"}]]}"#, "expected a key and a value"),
        (#"{"int": "x"}"#, "expected a value of type int"),
    ])
    func `a value that is none is refused`(value: String, message: String) {
        let error = #expect(throws: CaseFile.FormatError.self) {
            try CaseFile(jsonLines: "\n{\"expr\": \"1\", \"value\": \(value)}")
        }
        #expect(error?.line == 2)
        #expect(error?.message == message)
    }
}
