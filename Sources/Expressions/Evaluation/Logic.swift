/// `&&` or `||`: an operand that decides does so even after one that failed.
final class Junction: Test {
    let left: any Code
    let right: any Code
    /// The operand's value that decides alone: false for `&&`.
    let deciding: Bool

    private init(_ left: any Code, _ right: any Code, deciding: Bool) {
        self.left = left
        self.right = right
        self.deciding = deciding
    }

    /// Joins at least one operand in a balanced tree, so that a long chain is no deep one.
    static func of(_ operands: ArraySlice<any Code>, deciding: Bool) -> any Code {
        guard operands.count > 1 else { return operands[operands.startIndex] }
        let middle = (operands.startIndex + operands.endIndex + 1) / 2
        return Junction(
            of(operands[..<middle], deciding: deciding), of(operands[middle...], deciding: deciding), deciding: deciding
        )
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            if try left.test(&frame) == deciding { return deciding }
        } catch {
            return try decide(after: error, &frame)
        }
        return try right.test(&frame)
    }

    private func decide(after failure: EvaluationError, _ frame: inout Frame) throws(EvaluationError) -> Bool {
        guard failure.isAbsorbable else { throw failure }
        let isDecided: Bool
        do throws(EvaluationError) {
            isDecided = try right.test(&frame) == deciding
        } catch {
            throw error.isAbsorbable ? failure : error
        }
        guard isDecided else { throw failure }
        return deciding
    }
}

/// `or` or `orValue` of an optional: what stands in for a missing value is evaluated only where it is missing.
final class OptionalChoice: Code {
    let function: String
    let optional: any Code
    let substitute: any Code

    /// Nil for another function, and where the host has one of that name.
    init?(_ function: String, _ overloads: [FunctionForm], _ operands: [any Code]) {
        guard ["or", "orValue"].contains(function), operands.count == 2, overloads.allSatisfy(\.isPure) else {
            return nil
        }
        self.function = function
        optional = operands[0]
        substitute = operands[1]
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge()
        let first = try optional.value(&frame)
        guard case .optional(let content) = first else { throw misfit(function, [first], paths: [optional.path]) }
        if case .some(let value) = content { return function == "or" ? first : value }
        let second = try substitute.value(&frame)
        if function == "orValue" { return second }
        guard case .optional = second else { throw misfit(function, [first, second], paths: []) }
        return second
    }
}

final class Negation: Test {
    let operand: any Code

    init(_ operand: any Code) {
        self.operand = operand
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool { !(try operand.test(&frame)) }
}

final class Conditional: Code {
    let condition: any Code
    let first: any Code
    let second: any Code

    init(condition: any Code, first: any Code, second: any Code) {
        self.condition = condition
        self.first = first
        self.second = second
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try condition.test(&frame) ? try first.value(&frame) : try second.value(&frame)
    }
}
