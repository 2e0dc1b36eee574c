extension Checker {
    mutating func name(_ name: String, _ isAbsolute: Bool, _ offset: Int) throws(ExpressionError) -> Checked {
        if !isAbsolute, let local = local(name) { return checked(.local(local.slot), local.type, offset) }
        if let reference = reference(to: [name], isAbsolute, offset) {
            if case .variable(_, let variable) = reference.kind { wholeReads.insert(variable) }
            return reference
        }
        let known = environment.variables.map(\.name) + locals.map(\.name)
        return try refuse(
            "there is no variable '\(name)'\(proposal(for: name, among: known))", .noSuchVariable(name), offset)
    }

    private func local(_ name: String) -> (slot: Int, type: ValueType)? {
        locals.lastIndex { $0.name == name }.map { ($0, locals[$0].type) }
    }

    /// The variable or type that a dotted name means: the longest container first, then shorter ones.
    private func reference(to path: [String], _ isAbsolute: Bool, _ offset: Int) -> Checked? {
        for name in candidates(path.joined(separator: "."), isAbsolute) {
            if let index = environment.variables.firstIndex(where: { $0.name == name }) {
                return checked(.variable(index, name), environment.variables[index].type, offset)
            }
            if let type = Checker.typeNames[name] {
                return checked(.constant(.type(TypeName(type))), .type, offset)
            }
        }
        return nil
    }

    /// The full names that `name` may mean in the container, in the order in which they count.
    func candidates(_ name: String, _ isAbsolute: Bool) -> [String] {
        if isAbsolute || environment.container.isEmpty { return [name] }
        var container = environment.container.split(separator: ".")
        var candidates: [String] = []
        while !container.isEmpty {
            candidates.append(container.joined(separator: ".") + "." + name)
            container.removeLast()
        }
        return candidates + [name]
    }

    private static let typeNames: [String: String] = {
        let names = [
            "bool", "int", "uint", "double", "string", "bytes", "list", "map", "type", "null_type", "optional_type",
            "decimal", "google.protobuf.Timestamp", "google.protobuf.Duration",
        ]
        return Dictionary(uniqueKeysWithValues: names.map { ($0, $0) })
    }()

    /// The names of a chain such as `a.b.c`, where it is nothing else and begins with no local.
    func path(of syntax: Syntax) -> (names: [String], isAbsolute: Bool)? {
        switch syntax.kind {
        case .name(let name, let isAbsolute):
            return isAbsolute || local(name) == nil ? ([name], isAbsolute) : nil
        case .select(let operand, let field, isOptional: false) where !field.isQuoted:
            return path(of: operand).map { ($0.names + [field.name], $0.isAbsolute) }
        default:
            return nil
        }
    }

    // MARK: Fields

    mutating func select(
        _ syntax: Syntax, _ operand: Syntax, _ field: Syntax.Field, _ isOptional: Bool
    ) throws(ExpressionError) -> Checked {
        if let path = path(of: syntax), let found = reference(to: path.names, path.isAbsolute, syntax.offset) {
            if case .variable(_, let variable) = found.kind { wholeReads.insert(variable) }
            return found
        }
        return try selected(field, of: try container(operand, field.name), isOptional)
    }

    /// The operand of a selection; a variable is noted as read by this field and not as a whole.
    private mutating func container(_ operand: Syntax, _ field: String) throws(ExpressionError) -> Checked {
        guard let path = path(of: operand), let found = reference(to: path.names, path.isAbsolute, operand.offset),
            case .variable(_, let variable) = found.kind
        else { return try check(operand) }
        reads.insert(FieldRead(variable: variable, field: field))
        return found
    }

    private mutating func selected(
        _ field: Syntax.Field, of operand: Checked, _ isOptional: Bool
    ) throws(ExpressionError) -> Checked {
        let (base, isChained) = operand.type.unwrapped
        let type = try fieldType(field, of: base)
        if case .record(let name) = base, let schema = environment.schemas[name], !isOptional, !isChained,
            let slot = schema.slot(of: field.name)
        {
            return checked(.field(operand, schema, slot: slot), type, operand.offset)
        }
        let result = isOptional || isChained ? .optional(type) : type
        return checked(.select(operand, field.name, isOptional: isOptional), result, operand.offset)
    }

    /// The type of a field; what is no field is refused at the field's place.
    private func fieldType(_ field: Syntax.Field, of type: ValueType) throws(ExpressionError) -> ValueType {
        switch type {
        case .dyn: return .dyn
        case .map(let key, let value) where ValueType.string.fits(key): return value
        case .record(let name):
            guard let schema = environment.schemas[name] else { return .dyn }
            if let type = schema.type(of: field.name) { return type }
            let hint = proposal(for: field.name, among: schema.fieldNames)
            throw error("\(name) has no field '\(field.name)'\(hint)", field.offset)
        default:
            throw error("a value of type \(type) has no fields, so no '\(field.name)'", field.offset)
        }
    }

    mutating func has(
        _ operand: Syntax, _ field: Syntax.Field, _ isOptional: Bool, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let operand = try container(operand, field.name)
        _ = try fieldType(field, of: operand.type.unwrapped.base)
        return checked(.has(operand, field.name, isOptional: isOptional), .bool, offset)
    }

    // MARK: Indexes

    mutating func index(
        _ operand: Syntax, _ key: Syntax, _ isOptional: Bool, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let key = try check(key)
        let operand = try indexed(operand, key)
        let (base, isChained) = operand.type.unwrapped
        let element = try elementType(of: base, at: key, offset)
        let type = isOptional || isChained ? .optional(element) : element
        return checked(.index(operand, key, isOptional: isOptional), type, offset)
    }

    private mutating func indexed(_ operand: Syntax, _ key: Checked) throws(ExpressionError) -> Checked {
        guard case .string(let name)? = key.constant else { return try check(operand) }
        return try container(operand, name)
    }

    private func elementType(
        of type: ValueType, at key: Checked, _ offset: Int
    ) throws(ExpressionError) -> ValueType {
        switch type {
        case .dyn: return .dyn
        case .list(let element):
            guard key.type.fits(.int) else { throw error("a list's index is int, found \(key.type)", key.offset) }
            return element
        case .map(let wanted, let value):
            guard key.type.fits(wanted) else {
                throw error("the map's keys are \(wanted), found \(key.type)", key.offset)
            }
            return value
        default:
            throw error("a value of type \(type) has no elements", offset)
        }
    }
}

extension ValueType {
    /// The type inside an optional and without null, and whether it was optional.
    var unwrapped: (base: ValueType, isOptional: Bool) {
        if case .optional(let wrapped) = withoutNull { return (wrapped.withoutNull, true) }
        return (withoutNull, false)
    }
}
