extension Checker {
    mutating func call(
        _ function: String, _ target: Syntax?, _ arguments: [Syntax], _ offset: Int
    ) throws(ExpressionError) -> Checked {
        if let target, let name = qualifiedFunction(function, target) {
            return try call(name, isMember: false, arguments, offset)
        }
        if let target { return try call(function, isMember: true, [target] + arguments, offset) }
        let isAbsolute = function.hasPrefix(".")
        let candidates = self.candidates(isAbsolute ? String(function.dropFirst()) : function, isAbsolute)
        let name = candidates.first { environment.functions[$0] != nil }
        return try call(name ?? candidates[candidates.count - 1], isMember: false, arguments, offset)
    }

    /// The full name of a function that is called like a member of its namespace, such as `math.least`.
    private func qualifiedFunction(_ function: String, _ target: Syntax) -> String? {
        guard let path = path(of: target) else { return nil }
        let name = (path.names + [function]).joined(separator: ".")
        return candidates(name, path.isAbsolute).first { environment.functions[$0] != nil }
    }

    private mutating func call(
        _ name: String, isMember: Bool, _ syntaxes: [Syntax], _ offset: Int
    ) throws(ExpressionError) -> Checked {
        guard let known = environment.functions[name] else { return try unknownFunction(name, isMember, offset) }
        var operands: [Checked] = []
        for syntax in syntaxes { operands.append(try check(syntax)) }
        let fitting = fitting(known.filter { $0.isMember == isMember }, operands.map(\.type))
        guard !fitting.isEmpty else {
            let failure = EvaluationError.noSuchOverload(function: name, operands: operands.map(\.type.description))
            return try refuse(misfit(name, isMember, known, operands), failure, offset)
        }
        return checked(.call(name, fitting, operands), resultType(fitting, operands), offset)
    }

    /// The overloads that the operands may turn out to fit: the first alone where their types are known.
    private func fitting(_ overloads: [FunctionForm], _ types: [ValueType]) -> [FunctionForm] {
        let fitting = overloads.filter { $0.fits(types) }
        return types.allSatisfy(\.isKnown) ? Array(fitting.prefix(1)) : fitting
    }

    private func unknownFunction(
        _ name: String, _ isMember: Bool, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let hint = proposal(for: name, among: environment.functions.keys)
        return try refuse("there is no function '\(name)'\(hint)", .noSuchFunction(name), offset)
    }

    /// The message for operands that no overload takes.
    private func misfit(_ name: String, _ isMember: Bool, _ known: [FunctionForm], _ operands: [Checked]) -> String {
        let found = operands.map(\.type.description)
        let forms = known.map { $0.form(of: name) }
        return "found \(FunctionForm.form(of: name, isMember, found)), expected \(forms.joined(separator: " or "))"
    }

    private func resultType(_ overloads: [FunctionForm], _ operands: [Checked]) -> ValueType {
        let types = Set(overloads.map { $0.resultType(operands.map(\.type)) })
        return types.count == 1 ? types.first ?? .dyn : .dyn
    }
}

extension FunctionForm {
    /// Whether operands of these types may turn out to be what the overload takes.
    func fits(_ types: [ValueType]) -> Bool {
        var bindings: [String: ValueType] = [:]
        guard takes(count: types.count) else { return false }
        for (position, type) in types.enumerated() {
            guard let parameter = parameter(position), type.fits(parameter, &bindings) else { return false }
        }
        return true
    }

    /// The result's type for operands of these types, which fit.
    func resultType(_ types: [ValueType]) -> ValueType {
        var bindings: [String: ValueType] = [:]
        for (position, type) in types.enumerated() {
            _ = parameter(position).map { type.fits($0, &bindings) }
        }
        return result.substituting(bindings)
    }

    func form(of name: String) -> String {
        let types = parameters.map(\.description) + (isVariadic ? ["..."] : [])
        return FunctionForm.form(of: name, isMember, types)
    }

    /// A call as messages write it: `string.startsWith(string)`, `decimal(int)`.
    static func form(of name: String, _ isMember: Bool, _ types: [String]) -> String {
        guard isMember, let receiver = types.first else { return "\(name)(\(types.joined(separator: ", ")))" }
        return "\(receiver).\(name)(\(types.dropFirst().joined(separator: ", ")))"
    }
}
