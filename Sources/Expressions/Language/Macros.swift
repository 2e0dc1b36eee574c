extension Parser {
    /// The call, or what it stands for where it is a macro.
    func expanded(
        _ function: String, target: Syntax?, _ arguments: [Syntax], _ offset: Int
    ) throws(ExpressionError) -> Syntax {
        if let kind = try macro(function, target, arguments) { return try make(kind, offset) }
        return try make(.call(function, target: target, arguments), offset)
    }

    private func macro(
        _ function: String, _ target: Syntax?, _ arguments: [Syntax]
    ) throws(ExpressionError) -> Syntax.Kind? {
        guard let target else {
            return function == "has" && arguments.count == 1 ? try presence(arguments[0]) : nil
        }
        switch function {
        case "bind" where target.isNamed("cel") && arguments.count == 3:
            return .bind(try name(arguments[0]), arguments[1], arguments[2])
        case "optMap" where arguments.count == 2:
            return .optionalMap(target, try name(arguments[0]), arguments[1], isFlat: false)
        case "optFlatMap" where arguments.count == 2:
            return .optionalMap(target, try name(arguments[0]), arguments[1], isFlat: true)
        default:
            return try comprehension(function, target, arguments).map { .comprehension($0) }
        }
    }

    private func presence(_ argument: Syntax) throws(ExpressionError) -> Syntax.Kind {
        guard case .select(let operand, let field, let isOptional) = argument.kind else {
            throw error("has() takes a field selection such as has(record.status)", at: argument.offset)
        }
        return .has(operand, field, isOptional: isOptional)
    }

    private func comprehension(
        _ function: String, _ range: Syntax, _ arguments: [Syntax]
    ) throws(ExpressionError) -> Comprehension? {
        switch (function, arguments.count) {
        case ("all", 2...3): try predicate(.all, range, arguments)
        case ("exists", 2...3): try predicate(.exists, range, arguments)
        case ("exists_one", 2...3), ("existsOne", 2...3): try predicate(.existsOne, range, arguments)
        case ("filter", 2): try predicate(.filter, range, arguments)
        case ("map", 2...3): try transform(.list, range, arguments, names: 1)
        case ("transformList", 3...4): try transform(.list, range, arguments, names: 2)
        case ("transformMap", 3...4): try transform(.map, range, arguments, names: 2)
        default: nil
        }
    }

    /// A macro whose arguments are names and then a condition.
    private func predicate(
        _ kind: Comprehension.Kind, _ range: Syntax, _ arguments: [Syntax]
    ) throws(ExpressionError) -> Comprehension {
        let names = try names(arguments.dropLast())
        return Comprehension(
            kind: kind, range: range, names: names, condition: nil, body: arguments[arguments.count - 1])
    }

    /// A macro whose arguments are names, perhaps a condition, and what to make of each element.
    private func transform(
        _ kind: Comprehension.Kind, _ range: Syntax, _ arguments: [Syntax], names count: Int
    ) throws(ExpressionError) -> Comprehension {
        let names = try names(arguments.prefix(count))
        let condition = arguments.count == count + 2 ? arguments[count] : nil
        return Comprehension(
            kind: kind, range: range, names: names, condition: condition, body: arguments[arguments.count - 1])
    }

    private func names(_ arguments: ArraySlice<Syntax>) throws(ExpressionError) -> [String] {
        var names: [String] = []
        for argument in arguments {
            let name = try name(argument)
            if names.contains(name) { throw error("the name '\(name)' is given twice", at: argument.offset) }
            names.append(name)
        }
        return names
    }

    private func name(_ argument: Syntax) throws(ExpressionError) -> String {
        guard case .name(let name, isAbsolute: false) = argument.kind else {
            throw error("expected a name for the variable of the macro", at: argument.offset)
        }
        return name
    }
}

extension Syntax {
    func isNamed(_ wanted: String) -> Bool {
        if case .name(wanted, isAbsolute: false) = kind { true } else { false }
    }
}
