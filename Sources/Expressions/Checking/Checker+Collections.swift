extension Checker {
    mutating func list(_ elements: [Syntax.Element], _ offset: Int) throws(ExpressionError) -> Checked {
        var values: [(value: Checked, isOptional: Bool)] = []
        for element in elements {
            values.append((try entryValue(element.value, element.isOptional), element.isOptional))
        }
        let type = joined(values.map { $0.isOptional ? $0.value.type.unwrapped.base : $0.value.type })
        return checked(.list(values), .list(type), offset)
    }

    mutating func map(_ entries: [Syntax.Entry], _ offset: Int) throws(ExpressionError) -> Checked {
        var values: [(key: Checked, value: Checked, isOptional: Bool)] = []
        for entry in entries {
            let key = try check(entry.key)
            try checkKey(key)
            values.append((key, try entryValue(entry.value, entry.isOptional), entry.isOptional))
        }
        let valueTypes = values.map { $0.isOptional ? $0.value.type.unwrapped.base : $0.value.type }
        return checked(.map(values), .map(joined(values.map(\.key.type)), joined(valueTypes)), offset)
    }

    private func checkKey(_ key: Checked) throws(ExpressionError) {
        let allowed: [ValueType] = [.dyn, .bool, .int, .uint, .string]
        guard allowed.contains(key.type.withoutNull) else {
            throw error("a map's key is bool, int, uint or string, found \(key.type)", key.offset)
        }
    }

    private mutating func entryValue(_ syntax: Syntax, _ isOptional: Bool) throws(ExpressionError) -> Checked {
        let value = try check(syntax)
        guard !isOptional || value.type.fits(.optional(.dyn)) else {
            throw error("an entry marked ? takes an optional, found \(value.type)", value.offset)
        }
        return value
    }

    /// The type that holds all of `types`; `dyn` where they differ or there are none.
    private func joined(_ types: [ValueType]) -> ValueType {
        guard var joined = types.first else { return .dyn }
        for type in types.dropFirst() { joined = joined.joined(with: type) ?? .dyn }
        return joined
    }

    // MARK: Macros

    mutating func comprehension(_ syntax: Comprehension, _ offset: Int) throws(ExpressionError) -> Checked {
        let range = try check(syntax.range)
        let types = try elementTypes(range, syntax)
        let first = locals.count
        for (name, type) in zip(syntax.names, types) { push(name, type) }
        defer { locals.removeLast(syntax.names.count) }
        var condition: Checked?
        if let syntax = syntax.condition { condition = try self.condition(syntax, "the macro's condition") }
        let body = try self.body(syntax)
        let comprehension = Checked.Comprehension(
            kind: syntax.kind, range: range, slots: Array(first..<locals.count), condition: condition, body: body)
        let type = resultType(syntax.kind, element: types[0], body: body.type)
        return checked(.comprehension(comprehension), type, offset)
    }

    private mutating func body(_ syntax: Comprehension) throws(ExpressionError) -> Checked {
        switch syntax.kind {
        case .list, .map: try check(syntax.body)
        default: try condition(syntax.body, "the macro's condition")
        }
    }

    /// The types of the macro's variables.
    private func elementTypes(_ range: Checked, _ syntax: Comprehension) throws(ExpressionError) -> [ValueType] {
        switch range.type.withoutNull {
        case .dyn: return [.dyn, .dyn]
        case .list(let element): return syntax.names.count == 1 ? [element] : [.int, element]
        case .map(let key, let value): return [key, value]
        default: throw error("the macro needs a list or a map, found \(range.type)", syntax.range.offset)
        }
    }

    private func resultType(_ kind: Comprehension.Kind, element: ValueType, body: ValueType) -> ValueType {
        switch kind {
        case .all, .exists, .existsOne: .bool
        case .filter: .list(element)
        case .list: .list(body)
        case .map: .map(element, body)
        }
    }

    mutating func bind(
        _ name: String, _ value: Syntax, _ body: Syntax, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let value = try check(value)
        let slot = push(name, value.type)
        defer { locals.removeLast() }
        let body = try check(body)
        return checked(.bind(slot: slot, value, body: body), body.type, offset)
    }

    mutating func optionalMap(
        _ target: Syntax, _ name: String, _ body: Syntax, _ isFlat: Bool, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let target = try check(target)
        guard target.type.fits(.optional(.dyn)) else {
            throw error("optMap and optFlatMap need an optional, found \(target.type)", target.offset)
        }
        let slot = push(name, target.type.unwrapped.base)
        defer { locals.removeLast() }
        let body = try check(body)
        guard !isFlat || body.type.fits(.optional(.dyn)) else {
            throw error("optFlatMap must give an optional, found \(body.type)", body.offset)
        }
        let type: ValueType = isFlat ? body.type : .optional(body.type)
        return checked(.optionalMap(target, slot: slot, body: body, isFlat: isFlat), type, offset)
    }

    @discardableResult
    private mutating func push(_ name: String, _ type: ValueType) -> Int {
        locals.append((name, type))
        slotCount = max(slotCount, locals.count)
        return locals.count - 1
    }
}
