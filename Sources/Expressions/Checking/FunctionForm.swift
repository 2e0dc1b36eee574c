/// One form of a function: which operands it takes and what it does with them.
struct FunctionForm: Sendable {
    typealias Unary = @Sendable (Value) throws(EvaluationError) -> Value
    typealias Binary = @Sendable (Value, Value) throws(EvaluationError) -> Value
    typealias Ternary = @Sendable (Value, Value, Value) throws(EvaluationError) -> Value
    typealias Variadic = @Sendable ([Value]) throws(EvaluationError) -> Value

    enum Body: Sendable {
        case unary(Unary)
        case binary(Binary)
        case ternary(Ternary)
        case variadic(Variadic)
    }

    /// How the steps of a call grow with the sizes of its operands.
    enum Cost: Sendable {
        case sum
        case product
        /// As matching the first operand with a pattern, the second.
        case pattern
        /// As the product, and for each part into which the second operand may split the first.
        case parts
    }

    let parameters: [ValueType]
    let result: ValueType
    let isMember: Bool
    /// Whether the last parameter may come any number of times, from once.
    var isVariadic = false
    var cost = Cost.sum
    /// Whether the result depends on the operands alone.
    var isPure = true
    let body: Body

    /// The type of the operand at a position; nil where there is none.
    func parameter(_ position: Int) -> ValueType? {
        if position < parameters.count { return parameters[position] }
        return isVariadic ? parameters.last : nil
    }

    func takes(count: Int) -> Bool {
        isVariadic ? count >= parameters.count : count == parameters.count
    }
}

extension HostFunction {
    /// The forms as the checker and the compiler want them.
    var forms: [FunctionForm] {
        overloads.map { overload in
            FunctionForm(
                parameters: overload.parameters, result: overload.result, isMember: overload.isMember,
                isPure: false, body: .variadic(overload.body))
        }
    }
}
