extension StandardLibrary {
    static func addOptionals(to table: inout FunctionTable) {
        let element = ValueType.parameter("T")
        let optional = ValueType.optional(element)
        let none = FunctionForm(parameters: [], result: optional, isMember: false, body: .variadic(makeNone))
        table.add("optional.none", none)
        table.add("optional.of", unary([element], optional) { .optional(.some($0)) })
        table.add("optional.ofNonZeroValue", unary([element], optional) { .optional($0.isZero ? .none : .some($0)) })
        table.add("hasValue", isMember: true) { (optional: OptionalValue) in optional.content != nil }
        table.add("value", unary([optional], element, isMember: true, content))
        table.add(
            "or", binary([optional, optional], optional) { first, second in first.content == nil ? second : first })
        table.add("orValue", binary([optional, element], element) { first, second in first.content ?? second })
        table.add("optional.unwrap", unary([.list(optional)], .list(element), unwrapped))
        table.add("unwrapOpt", unary([.list(optional)], .list(element), isMember: true, unwrapped))
    }

    private static func unary(
        _ parameters: [ValueType], _ result: ValueType, isMember: Bool = false, _ body: @escaping FunctionForm.Unary
    ) -> FunctionForm {
        FunctionForm(parameters: parameters, result: result, isMember: isMember, body: .unary(body))
    }

    private static func binary(
        _ parameters: [ValueType], _ result: ValueType, _ body: @escaping FunctionForm.Binary
    ) -> FunctionForm {
        FunctionForm(parameters: parameters, result: result, isMember: true, body: .binary(body))
    }

    @Sendable private static func makeNone(_: [Value]) -> Value { .optional(.none) }

    @Sendable private static func content(_ value: Value) throws(EvaluationError) -> Value {
        guard let content = value.content else { throw .invalidArgument(zh: "可选值为空", en: "the optional has no value") }
        return content
    }

    @Sendable private static func unwrapped(_ list: Value) throws(EvaluationError) -> Value {
        guard case .list(let elements) = list else { throw misfit("unwrapOpt", [list], paths: []) }
        var contents: [Value] = []
        for element in elements {
            guard case .optional(let optional) = element else { throw misfit("unwrapOpt", [element], paths: []) }
            if let content = optional.content { contents.append(content) }
        }
        return .list(contents)
    }
}

extension OptionalValue {
    var content: Value? {
        if case .some(let value) = self { value } else { nil }
    }
}

extension Value {
    /// What an optional holds.
    fileprivate var content: Value? {
        if case .optional(let optional) = self { optional.content } else { nil }
    }

    /// Whether the value is the one that its type starts from: 0, '', false, empty.
    fileprivate var isZero: Bool {
        switch self {
        case .null: true
        case .bool(let bool): !bool
        case .int(let int): int == 0
        case .uint(let uint): uint == 0
        case .double(let double): double == 0
        case .decimal(let decimal): decimal.signum == 0
        case .string(let string): string.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .map(let map): map.count == 0
        case .duration(let duration): duration == .zero
        default: false
        }
    }
}
