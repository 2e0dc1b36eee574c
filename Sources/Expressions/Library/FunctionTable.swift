/// Functions by name, filled by Swift closures whose parameter types say what the overload takes.
struct FunctionTable {
    private(set) var functions: [String: [FunctionForm]] = [:]

    mutating func add(_ name: String, _ overload: FunctionForm) {
        functions[name, default: []].append(overload)
    }

    /// A function of one operand, `name(x)` or as a member `x.name()`.
    mutating func add<First: Operand, Result: Operand>(
        _ name: String, isMember: Bool = false, _ body: @escaping @Sendable (First) throws(EvaluationError) -> Result
    ) {
        let unary: FunctionForm.Unary = { value throws(EvaluationError) in
            guard let first = First(operand: value) else { throw misfit(name, [value], paths: []) }
            return try body(first).value
        }
        let types = [First.valueType]
        add(name, FunctionForm(parameters: types, result: Result.valueType, isMember: isMember, body: .unary(unary)))
    }

    /// A function of two operands, `name(x, y)` or as a member `x.name(y)`.
    mutating func add<First: Operand, Second: Operand, Result: Operand>(
        _ name: String, isMember: Bool = false, cost: FunctionForm.Cost = .sum,
        _ body: @escaping @Sendable (First, Second) throws(EvaluationError) -> Result
    ) {
        let binary: FunctionForm.Binary = { left, right throws(EvaluationError) in
            guard let first = First(operand: left), let second = Second(operand: right) else {
                throw misfit(name, [left, right], paths: [])
            }
            return try body(first, second).value
        }
        let types = [First.valueType, Second.valueType]
        let result = Result.valueType
        let form = FunctionForm(
            parameters: types, result: result, isMember: isMember, cost: cost, body: .binary(binary))
        add(name, form)
    }

    /// A member of three operands, `x.name(y, z)`.
    mutating func add<First: Operand, Second: Operand, Third: Operand, Result: Operand>(
        _ name: String, cost: FunctionForm.Cost = .sum,
        _ body: @escaping @Sendable (First, Second, Third) throws(EvaluationError) -> Result
    ) {
        let ternary: FunctionForm.Ternary = { first, second, third throws(EvaluationError) in
            let operands = (First(operand: first), Second(operand: second), Third(operand: third))
            guard case (let a?, let b?, let c?) = operands else {
                throw misfit(name, [first, second, third], paths: [])
            }
            return try body(a, b, c).value
        }
        let types = [First.valueType, Second.valueType, Third.valueType]
        let result = Result.valueType
        add(name, FunctionForm(parameters: types, result: result, isMember: true, cost: cost, body: .ternary(ternary)))
    }
}

/// The functions of CEL and of the extensions strings, math, optionals and encoders, and `decimal`.
enum StandardLibrary {
    static let functions: [String: [FunctionForm]] = {
        var table = FunctionTable()
        addBasics(to: &table)
        addConversions(to: &table)
        addTimes(to: &table)
        addStrings(to: &table)
        addEncoders(to: &table)
        addMath(to: &table)
        addOptionals(to: &table)
        return table.functions
    }()

    private static func addBasics(to table: inout FunctionTable) {
        for isMember in [false, true] {
            table.add("size", isMember: isMember) { (text: String) in Int64(text.unicodeScalars.count) }
            table.add("size", isMember: isMember) { (bytes: Bytes) in Int64(bytes.content.count) }
            table.add("size", isMember: isMember) { (map: MapValue) in Int64(map.count) }
            table.add("size", isMember: isMember) { (list: [Value]) in Int64(list.count) }
            table.add("matches", isMember: isMember, cost: .pattern, DynamicPattern.matches)
        }
        table.add("type") { (value: Value) in value.typeName }
        table.add("dyn") { (value: Value) in value }
    }
}
