/// Cases of expressions with the values or errors that they must give, read from JSON Lines.
///
/// Each line is an object with `file`, `section`, `name`, `expr`, and either `value` or `error: true`; perhaps also
/// `bindings` (a value per variable), `container` and `disable_check`. A value is written with its type: `{"int": "7"}`,
/// `{"list": [...]}`, `{"map": [[key, value], ...]}`, `{"decimal": "2.5"}`.
public struct CaseFile: Sendable {
    /// One expression and what it must give.
    public struct Case: Sendable {
        /// Where the case stands: `file/section/name`.
        public let name: String
        /// The expression.
        public let expression: String

        let bindings: [(name: String, value: Value)]
        let container: String
        let isChecked: Bool
        /// Nil where evaluating, or checking, must fail.
        let expected: Value?
    }

    /// A case that gave something else.
    public struct Failure: Sendable, CustomStringConvertible {
        /// The case.
        public let failed: Case
        /// What the case gave.
        public let got: String

        /// What the case should have given.
        public var expected: String { failed.expected?.description ?? "an error" }

        /// The case with expected and got, on four lines.
        public var description: String {
            "\(failed.name): \(failed.expression)\n  expected \(expected)\n  got      \(got)"
        }
    }

    /// What came of running the cases.
    public struct Outcome: Sendable {
        /// How many cases gave what they should.
        public let passed: Int
        /// The others.
        public let failures: [Failure]

        /// `7 passed, 0 failed`.
        public var summary: String { "\(passed) passed, \(failures.count) failed" }
    }

    /// A line that is no case.
    public struct FormatError: Error, Sendable {
        /// The line, from 1.
        public let line: Int
        /// What is wrong with it.
        public let message: String
    }

    /// The cases in the order of the file.
    public let cases: [Case]

    /// Runs all cases.
    public func run() -> Outcome {
        let failures = cases.compactMap { $0.failure() }
        return Outcome(passed: cases.count - failures.count, failures: failures)
    }
}

extension CaseFile.Case {
    fileprivate func failure() -> CaseFile.Failure? {
        do throws(CaseError) {
            let got = try result()
            if let expected, expected.isSame(as: got) { return nil }
            return CaseFile.Failure(failed: self, got: got.description)
        } catch {
            return expected == nil ? nil : CaseFile.Failure(failed: self, got: "error: \(error.message)")
        }
    }

    private func result() throws(CaseError) -> Value {
        let variables = bindings.map { Variable(name: $0.name, type: ValueType(of: $0.value)) }
        let environment = Environment(container: container, variables: variables)
        do {
            return try environment.compile(expression, checked: isChecked).evaluate(bindings.map(\.value))
        } catch let error as ExpressionError {
            throw CaseError(message: error.description)
        } catch {
            throw CaseError(message: (error as? EvaluationError)?.message ?? "\(error)")
        }
    }
}

private struct CaseError: Error {
    let message: String
}

extension Value {
    /// Whether the values are the same to the bit; a double that is no number is the same as another.
    fileprivate func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.double(let left), .double(let right)):
            left.isNaN ? right.isNaN : left == right && left.sign == right.sign
        case (.list(let left), .list(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.map(let left), .map(let right)):
            left.count == right.count && Value.areSame(left, right)
        default: self == other
        }
    }

    private static func areSame(_ left: MapValue, _ right: MapValue) -> Bool {
        zip(left.keys, left.values).allSatisfy { key, value in
            right.keys.contains(key) && right[key].map { value.isSame(as: $0) } ?? false
        }
    }
}
