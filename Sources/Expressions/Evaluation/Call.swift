/// A call of a function: of the one overload that fits, or of the first that fits the operands as they come.
final class Call: Code {
    let function: String
    let overloads: [FunctionForm]
    let operands: [any Code]

    init(_ function: String, _ overloads: [FunctionForm], _ operands: [any Code]) {
        self.function = function
        self.overloads = overloads
        self.operands = operands
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let result: Value
        switch operands.count {
        case 1: result = try callUnary(&frame)
        case 2: result = try callBinary(&frame)
        default: result = try callVariadic(&frame)
        }
        try frame.charge(result.weight)
        return result
    }

    private func callUnary(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let operand = try operands[0].value(&frame)
        try frame.charge(1 + operand.weight)
        for overload in overloads where overload.accepts(operand, at: 0) {
            switch overload.body {
            case .unary(let body): return try body(operand)
            case .variadic(let body): return try body([operand])
            default: continue
            }
        }
        throw misfit([operand])
    }

    private func callBinary(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let (first, second) = (try operands[0].value(&frame), try operands[1].value(&frame))
        for overload in overloads where overload.accepts(first, at: 0) && overload.accepts(second, at: 1) {
            try frame.charge(overload.steps([first, second]))
            switch overload.body {
            case .binary(let body): return try body(first, second)
            case .variadic(let body): return try body([first, second])
            default: continue
            }
        }
        throw misfit([first, second])
    }

    private func callVariadic(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        for operand in operands { values.append(try operand.value(&frame)) }
        for overload in overloads where overload.accepts(values) {
            try frame.charge(overload.steps(values))
            switch overload.body {
            case .ternary(let body): return try body(values[0], values[1], values[2])
            case .variadic(let body): return try body(values)
            default: continue
            }
        }
        throw misfit(values)
    }

    private func misfit(_ values: [Value]) -> EvaluationError {
        Expressions.misfit(function, values, paths: operands.map(\.path))
    }
}

extension FunctionForm {
    func accepts(_ value: Value, at position: Int) -> Bool {
        parameter(position).map { value.matches($0) } ?? false
    }

    func accepts(_ values: [Value]) -> Bool {
        values.indices.allSatisfy { accepts(values[$0], at: $0) }
    }

    /// The steps of a call with these operands.
    func steps(_ operands: [Value]) -> Int {
        switch cost {
        case .sum: return operands.reduce(1) { $0 + $1.weight }
        case .product: return product(operands)
        case .pattern: return DynamicPattern.steps(operands)
        case .parts: return product(operands) + parts(operands)
        }
    }

    private func product(_ operands: [Value]) -> Int {
        let product = operands.reduce(1.0) { $0 * Double($1.weight + 1) }
        return product < 1e9 ? Int(product) : 1_000_000_000
    }

    /// The weight of the longest list into which the second operand can split the first: it has a part for each byte that
    /// may begin a separator.
    private func parts(_ operands: [Value]) -> Int {
        guard case .string(let text) = operands[0], case .string(let separator) = operands[1] else { return 0 }
        guard let first = separator.utf8.first else { return text.utf8.count / 4 }
        return text.utf8.count { $0 == first } / 4
    }
}

extension Value {
    /// Whether the value is of the kind that a parameter of this type takes; contents are not looked into.
    func matches(_ type: ValueType) -> Bool {
        switch (self, type) {
        case (_, .dyn), (_, .parameter): true
        case (.null, .nullable), (.null, .null): true
        case (_, .nullable(let type)): matches(type)
        case (.list, .list), (.map, .map), (.optional, .optional): true
        case (.record(let record), .record(let name)): record.schema.name == name
        case (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string): true
        case (.bytes, .bytes), (.timestamp, .timestamp), (.duration, .duration): true
        case (.decimal, .decimal), (.type, .type): true
        default: false
        }
    }
}
