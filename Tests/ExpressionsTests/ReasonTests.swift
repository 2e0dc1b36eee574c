import Expressions
import PlumblineTesting
import Testing

/// Every reason of an expression's failure is there in Chinese too.
@Suite struct ReasonTests {
    /// One error of each kind.
    static let kinds: [EvaluationError] = [
        .noSuchOverload(function: "size", operands: ["int", "bool"]), .emptyOperand(function: "+", field: nil),
        .emptyOperand(function: "+", field: "source.points"), .divisionByZero, .overflow(zh: "日期", en: "the day"),
        .noSuchKey("a"), .noSuchField("a"), .noSuchVariable("a"), .noSuchFunction("a"), .budgetExceeded(9),
        .invalidArgument(zh: "值不能用", en: "the value cannot be used"),
    ]

    /// A new kind of error does not compile here until it is among ``kinds``.
    private func number(of error: EvaluationError) -> Int {
        switch error {
        case .noSuchOverload: 0
        case .emptyOperand: 1
        case .divisionByZero: 2
        case .overflow: 3
        case .noSuchKey: 4
        case .noSuchField: 5
        case .noSuchVariable: 6
        case .noSuchFunction: 7
        case .budgetExceeded: 8
        case .invalidArgument: 9
        }
    }

    @Test func `every kind of error has a Chinese reason`() {
        #expect(Set(Self.kinds.map(number)) == Set(0...9))
        for error in Self.kinds { #expect(ChineseText.fault(of: error.reason.plain.zh) == nil) }
    }

    @Test(arguments: [
        "{'a': 1, 'a': 2}", "decimal('0.1') == 0.1", "optional.none().value()", "'%d'.format([])", "'%'.format([1])",
        "'%.99999f'.format([1.5])", "'%q'.format([1])", "'abc'.charAt(9)",
        "timestamp('2026-07-01T00:00:00Z').getHours('Nowhere')",
        "math.bitShiftLeft(1, -1)", "'abc'.substring(2, 1)", "base64.decode('*')", "int(decimal('1.5'))",
        "string(b'\\xff')", "int('many')", "decimal('many')", "timestamp('soon')", "duration('soon')", "bool('maybe')",
        "9223372036854775807 + 1", "int(1e99)", "uint(-1.0)", "math.abs(-9223372036854775808)", "1 / 0", "[1][5]",
        "{'a': 1}.b", "1 + 'a'", "['('].map(p, 'a'.matches(p))",
    ])
    func `what an expression fails with is said in Chinese, with the same values`(source: String) throws {
        let program = try Environment(variables: []).compile(source, checked: false)
        let error = #expect(throws: EvaluationError.self) { try program.evaluate([]) }
        let reason = try #require(error).reason
        #expect(ChineseText.fault(of: reason.plain.zh) == nil)
        #expect(Self.values(reason.zh) == Self.values(reason.en), "\(source)")
    }

    /// What a message quotes of the data.
    private static func values(_ message: String) -> [String] {
        var values: [String] = []
        _ = QuotedValue.replacing(in: message) { value in
            values.append(value)
            return value
        }
        return values
    }

    @Test func `a reason is given in the language that is asked for, values shown`() {
        let value = "geheim"
        let reason = Reason(zh: "不是“\(value: value)”", en: "not '\(value: value)'")
        #expect(reason.plain.text(in: "zh") == "不是“geheim”" && reason.plain.text(in: "en") == "not 'geheim'")
    }
}
