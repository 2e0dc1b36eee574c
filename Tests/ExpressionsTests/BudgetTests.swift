import Expressions
import Testing

@Suite struct BudgetTests {
    @Test func `what takes too many steps is stopped`() throws {
        let program = try Environment(variables: [Variable(name: "list", type: .list(.int))])
            .compile("list.all(a, list.all(b, a + b >= 0))")
        let list = Value.list((0..<100).map { .int($0) })
        #expect(try program.evaluate([list]) == .bool(true))
        #expect(throws: EvaluationError.budgetExceeded(1_000)) { try program.evaluate([list], stepBudget: 1_000) }
    }

    @Test func `a condition does not absorb the stop`() {
        let source = "[1, 2, 3].all(a, a > 0) || true"
        #expect(throws: EvaluationError.budgetExceeded(3)) { try evaluate(source, stepBudget: 3) }
        #expect(throws: EvaluationError.budgetExceeded(3)) {
            try evaluate("true && [1, 2, 3].all(a, a > 0)", stepBudget: 3)
        }
    }

    @Test(arguments: [
        ("'\(String(repeating: "x", count: 90))'", "v + v"), ("[1]", "v + v"), ("decimal('1.1')", "v * v"),
        ("b'\(String(repeating: "x", count: 90))'", "v + v"), ("[1, 1]", "[v, v]"),
    ])
    func `values that double are stopped before they fill memory`(seed: String, step: String) {
        var source = "v == v"
        for _ in 0..<60 { source = "cel.bind(v, \(step), \(source))" }
        #expect(throws: EvaluationError.budgetExceeded(100_000)) { try evaluate("cel.bind(v, \(seed), \(source))") }
    }

    @Test func `a function cannot make a text of any size`() {
        let list = "[" + String(repeating: "v, ", count: 200) + "]"
        let long = String(repeating: "x", count: 90_000)
        let message = "a text of more than 8388608 bytes is out of range"
        #expect(outcome("cel.bind(v, '\(long)', \(list).join().size())") == message)
        #expect(outcome("cel.bind(v, '\(long)', '%s'.format([\(list)]).size())") == message)
        #expect(outcome("'\(String(repeating: "x", count: 5_000))'.replace('', '\(long.prefix(2_000))')") == message)
    }

    @Test func `long decimals cost what reducing them takes`() {
        let source = "[\(String(repeating: "0, ", count: 500))].map(x, decimal('1e-900') + x)"
        #expect(throws: EvaluationError.budgetExceeded(100_000)) { try evaluate(source) }
    }

    @Test func `the sign of a long decimal costs its length`() {
        let source = "[\(String(repeating: "0, ", count: 500))].map(x, -decimal('1e-900'))"
        #expect(throws: EvaluationError.budgetExceeded(100_000)) { try evaluate(source) }
    }

    @Test func `splitting is stopped before it makes the parts`() throws {
        let program = try Environment(variables: [Variable(name: "text", type: .string)])
            .compile("text.split('').size()")
        let text = Value.string(String(repeating: "x", count: 400_000))
        #expect(throws: EvaluationError.budgetExceeded(100_000)) { try program.evaluate([text]) }
        let lines = try Environment(variables: [Variable(name: "text", type: .string)]).compile(
            "text.split('#').size()")
        #expect(try lines.evaluate([text]) == .int(1))
    }

    @Test func `a long pattern costs more than a short one`() throws {
        let environment = Environment(variables: [Variable(name: "text", type: .string)])
        let text = Value.string(String(repeating: "a", count: 160_000))
        #expect(try environment.compile("text.matches('b')").evaluate([text]) == .bool(false))
        let long = try environment.compile("text.matches('(x+x+x+x+){200}y')")
        #expect(throws: EvaluationError.budgetExceeded(100_000)) { try long.evaluate([text]) }
        #expect(throws: EvaluationError.budgetExceeded(1_000)) {
            try evaluate("'a'.matches(dyn('(abcdefghij){200}'))", stepBudget: 1_000)
        }
    }

    @Test(arguments: ["v == v", "v < v", "v in [v]", "v in {v: 1}"])
    func `comparing costs what both have in common`(test: String) throws {
        let program = try Environment(variables: [Variable(name: "v", type: .string)]).compile(test)
        let text = Value.string(String(repeating: "x", count: 64_000))
        #expect(try program.evaluate([text]) == .bool(test != "v < v"))
        #expect(throws: EvaluationError.budgetExceeded(1_000)) { try program.evaluate([text], stepBudget: 1_000) }
    }

    @Test func `searching costs as much as it may take`() {
        let source = "cel.bind(v, '\(String(repeating: "a", count: 80_000))', v.contains(v.substring(40000) + 'b'))"
        #expect(throws: EvaluationError.budgetExceeded(100_000)) { try evaluate(source) }
    }
}

@Suite struct PatternTests {
    @Test(.timeLimit(.minutes(1)))
    func `a pattern that would backtrack is linear`() throws {
        let text = Value.string(String(repeating: "a", count: 1_000_000) + "b")
        let variable = Variable(name: "text", type: .string)
        let constant = try Environment(variables: [variable]).compile("text.matches('(a+)+$')")
        #expect(try constant.evaluate([text]) == .bool(false))
        let pattern = Variable(name: "pattern", type: .string)
        let dynamic = try Environment(variables: [variable, pattern]).compile("matches(text, pattern)")
        #expect(try dynamic.evaluate([text, .string("(a|aa)+$")]) == .bool(false))
        #expect(try dynamic.evaluate([text, .string("a+b")]) == .bool(true))
    }

    @Test func `a pattern of any size is refused`() {
        #expect(outcome("'a'.matches('((a{100}){100}){100}')").contains("the pattern is no regular expression"))
    }

    @Test func `a text may hold any character`() {
        #expect(outcome("'a\\u0000准'.matches('^a\\\\x00.$')") == "true")
    }
}
