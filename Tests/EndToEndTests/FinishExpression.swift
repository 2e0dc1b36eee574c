/// A tiny evaluator for the expressions that join measures: numbers, names, null, + - * /, comparisons, && and ||, ? : and
/// `math.least`, `math.greatest`, `decimal`. Written for the tests alone.
struct FinishExpression {
    enum Value: Equatable {
        case null
        case number(Fraction)
        case bool(Bool)
    }

    /// The expression gives no value: an operand is empty, or there is nothing to divide by.
    struct NoValue: Error {}

    private let tokens: [String]
    private let names: [String: Value]
    private var position = 0

    /// The value of `text`; nil where it has none.
    static func evaluate(_ text: String, _ names: [String: Fraction?]) -> Value? {
        var expression = FinishExpression(
            tokens: tokens(of: text), names: names.mapValues { $0.map(Value.number) ?? .null })
        guard let value = try? expression.choice(), expression.position == expression.tokens.count else { return nil }
        return value
    }

    private init(tokens: [String], names: [String: Value]) {
        self.tokens = tokens
        self.names = names
    }

    private static func tokens(of text: String) -> [String] {
        var tokens: [String] = []
        var word = ""
        for character in text + " " {
            if character.isLetter || character.isNumber || character == "_" || character == "." {
                word.append(character)
                continue
            }
            if !word.isEmpty { tokens.append(word) }
            word = ""
            if character.isWhitespace { continue }
            if let last = tokens.last, ["==", "!=", "<=", ">=", "&&", "||"].contains(last + String(character)) {
                tokens[tokens.count - 1] = last + String(character)
            } else {
                tokens.append(String(character))
            }
        }
        return tokens
    }

    private mutating func take(_ options: String...) -> String? {
        guard position < tokens.count, options.contains(tokens[position]) else { return nil }
        defer { position += 1 }
        return tokens[position]
    }

    private mutating func need(_ token: String) throws {
        if take(token) == nil { throw NoValue() }
    }

    /// Both branches are read; only the chosen one has to have a value.
    private mutating func choice() throws -> Value {
        let condition = Result { try either() }
        guard take("?") != nil else { return try condition.get() }
        let first = Result { try choice() }
        try need(":")
        let second = Result { try choice() }
        return try condition.get() == .bool(true) ? first.get() : second.get()
    }

    private mutating func either() throws -> Value {
        var value = try both()
        while take("||") != nil { value = try .bool(truth(both()) || truth(value)) }
        return value
    }

    private mutating func both() throws -> Value {
        var value = try comparison()
        while take("&&") != nil { value = try .bool(truth(comparison()) && truth(value)) }
        return value
    }

    private mutating func comparison() throws -> Value {
        let left = try sum()
        guard let sign = take("==", "!=", "<=", ">=", "<", ">") else { return left }
        let right = try sum()
        switch sign {
        case "==": return .bool(left == right)
        case "!=": return .bool(left != right)
        case "<": return .bool(try number(left) < number(right))
        case ">": return .bool(try number(left) > number(right))
        case "<=": return .bool(try number(left) <= number(right))
        default: return .bool(try number(left) >= number(right))
        }
    }

    private mutating func sum() throws -> Value {
        var value = try product()
        while let sign = take("+", "-") {
            let next = try number(product())
            value = .number(sign == "+" ? try number(value) + next : try number(value) - next)
        }
        return value
    }

    private mutating func product() throws -> Value {
        var value = try factor()
        while let sign = take("*", "/") {
            let next = try number(factor())
            guard let result = sign == "*" ? try number(value) * next : try number(value) / next else {
                throw NoValue()
            }
            value = .number(result)
        }
        return value
    }

    private mutating func factor() throws -> Value {
        if take("-") != nil { return .number(.zero - (try number(factor()))) }
        if take("(") != nil {
            let value = try choice()
            try need(")")
            return value
        }
        guard position < tokens.count else { throw NoValue() }
        let token = tokens[position]
        position += 1
        if take("(") != nil { return try call(token) }
        if token == "null" { return .null }
        if let number = Fraction(token) { return .number(number) }
        guard let value = names[token] else { throw NoValue() }
        return value
    }

    private mutating func call(_ function: String) throws -> Value {
        var arguments = [try number(choice())]
        while take(",") != nil { arguments.append(try number(choice())) }
        try need(")")
        let ascending = arguments.sorted()
        switch function {
        case "decimal": return .number(arguments[0])
        case "math.least": return .number(ascending[0])
        case "math.greatest": return .number(ascending[ascending.count - 1])
        default: throw NoValue()
        }
    }

    private func number(_ value: Value) throws -> Fraction {
        guard case .number(let number) = value else { throw NoValue() }
        return number
    }

    private func truth(_ value: Value) throws -> Bool {
        guard case .bool(let truth) = value else { throw NoValue() }
        return truth
    }
}
