/// Turns a checked expression into code.
struct Compiler {
    let arithmetic: Environment.Arithmetic

    func code(_ node: Checked) throws(PatternError) -> any Code {
        switch node.kind {
        case .constant(let value): return Constant(value)
        case .failure(let error): return Failure(error)
        case .variable(let index, let name): return VariableRead(index: index, name: name)
        case .local(let slot): return LocalRead(slot: slot)
        case .field(let operand, let schema, let slot): return RecordField(try code(operand), schema, slot: slot)
        case .select(let operand, let field, let isOptional):
            return Selection(try code(operand), field, isOptional: isOptional)
        case .has(let operand, let field, _): return PresenceTest(try code(operand), field)
        case .index(let operand, let key, let isOptional):
            return Index(try code(operand), try code(key), isOptional: isOptional)
        case .and(let operands): return Junction.of(try codes(operands)[...], deciding: false)
        case .or(let operands): return Junction.of(try codes(operands)[...], deciding: true)
        case .not(let operand): return Negation(try code(operand))
        default: return try compound(node)
        }
    }

    private func compound(_ node: Checked) throws(PatternError) -> any Code {
        switch node.kind {
        case .conditional(let condition, let first, let second):
            return Conditional(condition: try code(condition), first: try code(first), second: try code(second))
        case .negate(let operand): return Opposite(try code(operand))
        case .operation(let operation, let left, let right): return try self.operation(operation, left, right)
        case .call(let function, let overloads, let operands): return try call(function, overloads, operands)
        case .list(let elements): return try list(elements)
        case .map(let entries): return try map(entries)
        case .comprehension(let comprehension): return try macro(comprehension)
        case .bind(let slot, let value, let body):
            return Bind(slot: slot, bound: try code(value), body: try code(body))
        case .optionalMap(let target, let slot, let body, let isFlat):
            return OptionalMap(try code(target), slot: slot, body: try code(body), isFlat: isFlat)
        default: return Failure(.invalidArgument(zh: "不是表达式", en: "not an expression"))
        }
    }

    private func codes(_ nodes: [Checked]) throws(PatternError) -> [any Code] {
        var codes: [any Code] = []
        for node in nodes { codes.append(try code(node)) }
        return codes
    }

    private func operation(
        _ operation: Operator, _ left: Checked, _ right: Checked
    ) throws(PatternError) -> any Code {
        let (left, right) = (try code(left), try code(right))
        switch operation {
        case .equal, .notEqual: return EqualityTest(left, right, isNegated: operation == .notEqual).specialised
        case .less, .lessOrEqual, .greater, .greaterOrEqual: return OrderTest(operation, left, right).specialised
        case .contained: return MembershipTest(left, right).specialised
        default:
            return folded(Calculation(operation, left, right, arithmetic: arithmetic), [left, right])
        }
    }

    private func call(
        _ function: String, _ overloads: [FunctionForm], _ operands: [Checked]
    ) throws(PatternError) -> any Code {
        if function == "matches", operands.count == 2, case .string(let pattern)? = operands[1].constant {
            return PatternTest(try code(operands[0]), try Pattern(pattern, at: operands[1].offset))
        }
        let operands = try codes(operands)
        if let choice = OptionalChoice(function, overloads, operands) { return folded(choice, operands) }
        let call = Call(function, overloads, operands)
        return overloads.allSatisfy(\.isPure) ? folded(call, operands) : call
    }

    /// The constant that the code gives where its operands are constants; what fails is left to fail when it is reached.
    private func folded(_ code: any Code, _ operands: [any Code]) -> any Code {
        guard operands.allSatisfy({ $0 is Constant }) else { return code }
        var frame = Frame(slotCount: 0, budget: Compiler.foldingBudget)
        return (try? code.value(&frame)).map { Constant($0) } ?? code
    }

    private static let foldingBudget = 1_000

    // MARK: Collections

    private func list(_ elements: [(value: Checked, isOptional: Bool)]) throws(PatternError) -> any Code {
        var codes: [(code: any Code, isOptional: Bool)] = []
        for element in elements { codes.append((try code(element.value), element.isOptional)) }
        let constants = codes.compactMap { $0.isOptional ? nil : ($0.code as? Constant)?.constant }
        return constants.count == codes.count ? Constant(.list(constants)) : ListMaking(codes)
    }

    private func map(
        _ entries: [(key: Checked, value: Checked, isOptional: Bool)]
    ) throws(PatternError) -> any Code {
        var codes: [(key: any Code, value: any Code, isOptional: Bool)] = []
        for entry in entries { codes.append((try code(entry.key), try code(entry.value), entry.isOptional)) }
        return MapMaking(codes)
    }

    private func macro(_ node: Checked.Comprehension) throws(PatternError) -> any Code {
        let iteration = Iteration(range: try code(node.range), slots: node.slots)
        let body = try code(node.body)
        var condition: (any Code)?
        if let node = node.condition { condition = try code(node) }
        switch node.kind {
        case .all: return Quantifier(iteration, body, deciding: false)
        case .exists: return Quantifier(iteration, body, deciding: true)
        case .existsOne: return ExactlyOne(iteration, body)
        case .filter: return Filter(iteration, body)
        case .list: return Transformation(iteration, condition: condition, body: body, makesMap: false)
        case .map: return Transformation(iteration, condition: condition, body: body, makesMap: true)
        }
    }
}
