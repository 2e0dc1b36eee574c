/// `&&` or `||`: the first operand that decides, even after one that failed.
final class Junction: Test {
    let operands: [any Code]
    /// The operand's value that decides alone: false for `&&`.
    let deciding: Bool

    init(_ operands: [any Code], deciding: Bool) {
        self.operands = operands
        self.deciding = deciding
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for operand in operands {
            do {
                if try operand.test(&frame) == deciding { return deciding }
            } catch {
                guard error.isAbsorbable else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return !deciding
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
