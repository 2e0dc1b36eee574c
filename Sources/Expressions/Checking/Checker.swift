/// Resolves the names of an expression and finds its types.
///
/// In an expression that is not checked every type is `dyn`, and what cannot be resolved fails when it is reached.
struct Checker {
    let environment: Environment
    let source: String
    let isStrict: Bool
    var locals: [(name: String, type: ValueType)] = []
    /// How many locals there are at once.
    var slotCount = 0
    var reads: Set<FieldRead> = []
    var wholeReads: Set<String> = []

    init(environment: Environment, source: String, isStrict: Bool) {
        self.environment = environment
        self.source = source
        self.isStrict = isStrict
    }

    mutating func check(_ syntax: Syntax) throws(ExpressionError) -> Checked {
        let offset = syntax.offset
        switch syntax.kind {
        case .literal(let value): return checked(.constant(value), ValueType(of: value), offset)
        case .name(let name, let isAbsolute): return try self.name(name, isAbsolute, offset)
        case .select(let operand, let field, let isOptional):
            return try select(syntax, operand, field, isOptional)
        case .has(let operand, let field, let isOptional): return try has(operand, field, isOptional, offset)
        case .index(let operand, let key, let isOptional): return try index(operand, key, isOptional, offset)
        case .call(let function, let target, let arguments): return try call(function, target, arguments, offset)
        case .and(let operands): return checked(.and(try conditions(operands, "&&")), .bool, offset)
        case .or(let operands): return checked(.or(try conditions(operands, "||")), .bool, offset)
        case .not(let operand): return checked(.not(try condition(operand, "!")), .bool, offset)
        default: return try checkCompound(syntax)
        }
    }

    private mutating func checkCompound(_ syntax: Syntax) throws(ExpressionError) -> Checked {
        let offset = syntax.offset
        switch syntax.kind {
        case .conditional(let condition, let first, let second):
            return try conditional(condition, first, second, offset)
        case .negate(let operand): return try negate(operand, offset)
        case .operation(let operation, let left, let right): return try self.operation(operation, left, right, offset)
        case .list(let elements): return try list(elements, offset)
        case .map(let entries): return try map(entries, offset)
        case .comprehension(let comprehension): return try self.comprehension(comprehension, offset)
        case .bind(let name, let value, let body): return try bind(name, value, body, offset)
        case .optionalMap(let target, let name, let body, let isFlat):
            return try optionalMap(target, name, body, isFlat, offset)
        default: return failure(.invalidArgument(zh: "不是表达式", en: "not an expression"), offset)
        }
    }

    // MARK: Conditions

    private mutating func conditions(_ operands: [Syntax], _ symbol: String) throws(ExpressionError) -> [Checked] {
        var conditions: [Checked] = []
        for operand in operands { conditions.append(try condition(operand, symbol)) }
        return conditions
    }

    mutating func condition(_ syntax: Syntax, _ symbol: String) throws(ExpressionError) -> Checked {
        let condition = try check(syntax)
        guard condition.type.fits(.bool) else {
            throw error("\(symbol) takes bool, found \(condition.type)", syntax.offset)
        }
        return condition
    }

    private mutating func conditional(
        _ condition: Syntax, _ first: Syntax, _ second: Syntax, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let condition = try self.condition(condition, "?:")
        let (first, second) = (try check(first), try check(second))
        guard let type = first.type.joined(with: second.type) else {
            throw error("both branches of ?: must have one type, found \(first.type) and \(second.type)", offset)
        }
        return checked(.conditional(condition, first, second), type, offset)
    }

    // MARK: Making nodes

    func checked(_ kind: Checked.Kind, _ type: ValueType, _ offset: Int) -> Checked {
        Checked(kind: kind, type: isStrict ? type : .dyn, offset: offset)
    }

    func failure(_ error: EvaluationError, _ offset: Int) -> Checked {
        checked(.failure(error), .dyn, offset)
    }

    /// A mistake: refused when checking, else raised when it is reached.
    func refuse(
        _ message: String, _ failure: EvaluationError, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        guard isStrict else { return self.failure(failure, offset) }
        throw error(message, offset)
    }

    func error(_ message: String, _ offset: Int) -> ExpressionError {
        ExpressionError(message, at: offset, in: source)
    }
}

extension ValueType {
    /// The type of a value, as precisely as a literal needs.
    init(of value: Value) {
        switch value {
        case .null: self = .null
        case .bool: self = .bool
        case .int: self = .int
        case .uint: self = .uint
        case .double: self = .double
        case .string: self = .string
        case .bytes: self = .bytes
        case .timestamp: self = .timestamp
        case .duration: self = .duration
        case .decimal: self = .decimal
        case .type: self = .type
        case .list: self = .list(.dyn)
        case .map: self = .map(.dyn, .dyn)
        case .optional: self = .optional(.dyn)
        case .record(let record): self = .record(record.schema.name)
        }
    }
}
