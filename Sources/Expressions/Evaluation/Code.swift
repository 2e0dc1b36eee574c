/// A compiled expression: a tree of small objects, each doing one thing.
protocol Code: AnyObject, Sendable {
    func value(_ frame: inout Frame) throws(EvaluationError) -> Value
    /// The value as a condition.
    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool
    /// What the expression reads, such as `record.due_at`, where it does nothing else.
    var path: String? { get }
}

extension Code {
    var path: String? { nil }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try condition(try value(&frame))
    }

    /// The value as a condition, which must be true or false.
    func condition(_ value: Value) throws(EvaluationError) -> Bool {
        if case .bool(let bool) = value { return bool }
        throw misfit("a condition", [value], paths: [path])
    }
}

/// An expression that is a condition.
protocol Test: Code {}

extension Test {
    func value(_ frame: inout Frame) throws(EvaluationError) -> Value { .bool(try test(&frame)) }
}

/// The error for operands that `function` does not take: null is reported as what it is, an empty operand.
func misfit(_ function: String, _ operands: [Value], paths: [String?]) -> EvaluationError {
    if let position = operands.firstIndex(where: \.isNull) {
        return .emptyOperand(function: function, field: position < paths.count ? paths[position] : nil)
    }
    return .noSuchOverload(function: function, operands: operands.map(\.kind))
}

final class Constant: Code {
    let constant: Value

    init(_ constant: Value) {
        self.constant = constant
    }

    func value(_ frame: inout Frame) -> Value { constant }
}

final class Failure: Code {
    let error: EvaluationError

    init(_ error: EvaluationError) {
        self.error = error
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value { throw error }
}

final class VariableRead: Code {
    let index: Int
    let name: String

    init(index: Int, name: String) {
        self.index = index
        self.name = name
    }

    var path: String? { name }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        guard index < frame.variables.count else { throw .noSuchVariable(name) }
        return frame.variables[index]
    }
}

final class LocalRead: Code {
    let slot: Int

    init(slot: Int) {
        self.slot = slot
    }

    func value(_ frame: inout Frame) -> Value { frame.locals[slot] }
}

final class Bind: Code {
    let slot: Int
    let bound: any Code
    let body: any Code

    init(slot: Int, bound: any Code, body: any Code) {
        self.slot = slot
        self.bound = bound
        self.body = body
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        frame.locals[slot] = try bound.value(&frame)
        return try body.value(&frame)
    }
}
