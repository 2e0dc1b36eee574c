extension Parser {
    /// A literal, a name, a call, or something in brackets.
    mutating func primary() throws(ExpressionError) -> Syntax {
        let offset = self.offset
        if let literal = try literal() { return try make(.literal(literal), offset) }
        if case .identifier(let name) = token { return try reference(name, isAbsolute: false, offset) }
        if skip(".") { return try absoluteReference(offset) }
        if skip("(") {
            let inner = try expression()
            try expect(")")
            return inner
        }
        if skip("[") { return try make(.list(try elements()), offset) }
        if skip("{") { return try make(.map(try entries()), offset) }
        throw unexpected("a value")
    }

    private mutating func literal() throws(ExpressionError) -> Value? {
        guard let literal = try literalValue() else { return nil }
        advance()
        return literal
    }

    private func literalValue() throws(ExpressionError) -> Value? {
        switch token {
        case .int(let int):
            guard let int = Int64(exactly: int) else { throw error("the number does not fit 64 bits", at: offset) }
            return .int(int)
        case .uint(let uint): return .uint(uint)
        case .double(let double): return .double(double)
        case .string(let string): return .string(string)
        case .bytes(let bytes): return .bytes(bytes)
        case .identifier("true"): return .bool(true)
        case .identifier("false"): return .bool(false)
        case .identifier("null"): return .null
        default: return nil
        }
    }

    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private mutating func absoluteReference(_ offset: Int) throws(ExpressionError) -> Syntax {
        guard case .identifier(let name) = token else { throw unexpected("a name") }
        return try reference(name, isAbsolute: true, offset)
    }

    private mutating func reference(
        _ name: String, isAbsolute: Bool, _ offset: Int
    ) throws(ExpressionError) -> Syntax {
        if Parser.reserved.contains(name) { throw error("'\(name)' is a reserved word", at: self.offset) }
        advance()
        if token == .symbol("{") { throw error("there are no message literals; write a map", at: self.offset) }
        guard skip("(") else { return try make(.name(name, isAbsolute: isAbsolute), offset) }
        let arguments = try self.arguments()
        return try expanded(isAbsolute ? "." + name : name, target: nil, arguments, offset)
    }

    // MARK: After a value

    /// The selections, indexes and member calls that follow `operand`.
    mutating func member(of operand: Syntax) throws(ExpressionError) -> Syntax {
        var operand = operand
        while true {
            let offset = self.offset
            if skip(".") {
                operand = try selection(of: operand)
            } else if skip("[") {
                let isOptional = skip("?")
                let key = try expression()
                try expect("]")
                operand = try make(.index(operand, key, isOptional: isOptional), offset)
            } else {
                return operand
            }
        }
    }

    private mutating func selection(of operand: Syntax) throws(ExpressionError) -> Syntax {
        let isOptional = skip("?")
        let field = try fieldName()
        guard !isOptional, !field.isQuoted, skip("(") else {
            return try make(.select(operand, field, isOptional: isOptional), operand.offset)
        }
        return try expanded(field.name, target: operand, try arguments(), field.offset)
    }

    private mutating func fieldName() throws(ExpressionError) -> Syntax.Field {
        let offset = self.offset
        switch token {
        case .identifier(let name):
            advance()
            return Syntax.Field(name: name, offset: offset, isQuoted: false)
        case .quoted(let name):
            advance()
            return Syntax.Field(name: name, offset: offset, isQuoted: true)
        default:
            throw unexpected("a field name")
        }
    }

    // MARK: Sequences

    private mutating func arguments() throws(ExpressionError) -> [Syntax] {
        var arguments: [Syntax] = []
        while !skip(")") {
            if !arguments.isEmpty { try expect(",") }
            arguments.append(try expression())
        }
        return arguments
    }

    private mutating func elements() throws(ExpressionError) -> [Syntax.Element] {
        var elements: [Syntax.Element] = []
        while !skip("]") {
            let isOptional = skip("?")
            elements.append(Syntax.Element(value: try expression(), isOptional: isOptional))
            guard skip(",") else {
                try expect("]")
                break
            }
        }
        return elements
    }

    private mutating func entries() throws(ExpressionError) -> [Syntax.Entry] {
        var entries: [Syntax.Entry] = []
        while !skip("}") {
            let isOptional = skip("?")
            let key = try expression()
            try expect(":")
            entries.append(Syntax.Entry(key: key, value: try expression(), isOptional: isOptional))
            guard skip(",") else {
                try expect("}")
                break
            }
        }
        return entries
    }
}
