/// Reads tokens into a tree.
struct Parser {
    let source: String
    private let tokens: [PlacedToken]
    private var position = 0
    private var nesting = 0

    /// How deep an expression may nest.
    static let deepest = 250
    /// How many bytes an expression may have.
    static let longest = 100_000

    /// The tree of an expression.
    static func parse(_ source: String) throws(ExpressionError) -> Syntax {
        guard source.utf8.count <= longest else {
            throw ExpressionError("the expression is longer than \(longest) bytes", at: 0, in: source)
        }
        var parser = Parser(source: source, tokens: try Lexer.tokens(of: source))
        let tree = try parser.expression()
        guard parser.token == .end else { throw parser.unexpected("an operator or the end") }
        return tree
    }

    private init(source: String, tokens: [PlacedToken]) {
        self.source = source
        self.tokens = tokens
    }

    // MARK: Operators

    mutating func expression() throws(ExpressionError) -> Syntax {
        try deeper()
        defer { nesting -= 1 }
        let condition = try binary(1)
        let offset = self.offset
        guard skip("?") else { return condition }
        let first = try binary(1)
        try expect(":")
        return try make(.conditional(condition, first, try expression()), offset)
    }

    private mutating func binary(_ minimum: Int) throws(ExpressionError) -> Syntax {
        var left = try unary()
        while case .symbol(let symbol) = token, let level = Parser.precedence(symbol), level >= minimum {
            let offset = self.offset
            if let operation = Operator(rawValue: symbol) {
                advance()
                left = try make(.operation(operation, left, try binary(level + 1)), offset)
            } else {
                let operands = try operands(of: symbol, level, after: left)
                left = try make(symbol == "&&" ? .and(operands) : .or(operands), offset)
            }
        }
        return left
    }

    /// The operands of a chain of `&&` or of `||`, which counts as one level however long it is.
    private mutating func operands(
        of symbol: String, _ level: Int, after first: Syntax
    ) throws(ExpressionError) -> [Syntax] {
        var operands = [first]
        while skip(symbol) { operands.append(try binary(level + 1)) }
        return operands
    }

    private static func precedence(_ symbol: String) -> Int? {
        switch symbol {
        case "||": 1
        case "&&": 2
        default: Operator(rawValue: symbol)?.precedence
        }
    }

    private mutating func unary() throws(ExpressionError) -> Syntax {
        try deeper()
        defer { nesting -= 1 }
        let offset = self.offset
        if skip("!") { return try make(.not(try unary()), offset) }
        guard skip("-") else { return try member(of: try primary()) }
        if let number = try negativeNumber(offset) { return try member(of: number) }
        return try make(.negate(try unary()), offset)
    }

    private mutating func negativeNumber(_ offset: Int) throws(ExpressionError) -> Syntax? {
        switch token {
        case .int(let magnitude):
            guard magnitude <= UInt64(Int64.max) + 1 else { throw error("the number does not fit 64 bits", at: offset) }
            advance()
            return try make(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), offset)
        case .double(let double):
            advance()
            return try make(.literal(.double(-double)), offset)
        default:
            return nil
        }
    }

    // MARK: Tokens

    var token: Token { tokens[position].token }
    var offset: Int { tokens[position].offset }

    mutating func advance() {
        if position + 1 < tokens.count { position += 1 }
    }

    /// Goes past `symbol` where it is next.
    mutating func skip(_ symbol: String) -> Bool {
        guard token == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: String) throws(ExpressionError) {
        guard skip(symbol) else { throw unexpected("'\(symbol)'") }
    }

    func unexpected(_ expected: String) -> ExpressionError {
        error("expected \(expected), found \(token.text)", at: offset)
    }

    func error(_ message: String, at offset: Int) -> ExpressionError {
        ExpressionError(message, at: offset, in: source)
    }

    // MARK: Depth

    private mutating func deeper() throws(ExpressionError) {
        nesting += 1
        guard nesting <= 2 * Parser.deepest else { throw tooDeep(offset) }
    }

    func make(_ kind: Syntax.Kind, _ offset: Int) throws(ExpressionError) -> Syntax {
        let depth = (kind.children.map(\.depth).max() ?? 0) + 1
        guard depth <= Parser.deepest else { throw tooDeep(offset) }
        return Syntax(kind: kind, offset: offset, depth: depth)
    }

    private func tooDeep(_ offset: Int) -> ExpressionError {
        error("the expression is nested more than \(Parser.deepest) levels deep", at: offset)
    }
}
