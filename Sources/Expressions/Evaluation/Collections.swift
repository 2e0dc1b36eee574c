/// `[a, b, ?c]`.
final class ListMaking: Code {
    let elements: [(code: any Code, isOptional: Bool)]

    init(_ elements: [(code: any Code, isOptional: Bool)]) {
        self.elements = elements
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            try frame.charge()
            let value = try element.code.value(&frame)
            if let present = element.isOptional ? try entry(value) : value { values.append(present) }
        }
        return .list(values)
    }
}

/// `{a: b, ?c: d}`.
final class MapMaking: Code {
    let entries: [(key: any Code, value: any Code, isOptional: Bool)]

    init(_ entries: [(key: any Code, value: any Code, isOptional: Bool)]) {
        self.entries = entries
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var pairs: [(Value, Value)] = []
        var seen: Set<MapKey> = []
        for item in entries {
            try frame.charge()
            let key = try item.key.value(&frame)
            guard key.canBeKey, let unique = MapKey(key) else { throw misfit("a map's key", [key], paths: []) }
            guard seen.insert(unique).inserted else {
                throw .invalidArgument(zh: "映射中有重复的键", en: "a key comes twice in a map")
            }
            let value = try item.value.value(&frame)
            if let present = item.isOptional ? try entry(value) : value { pairs.append((key, present)) }
        }
        return .map(MapValue(pairs))
    }
}

/// What an entry marked `?` adds: the optional's value, or nothing.
private func entry(_ value: Value) throws(EvaluationError) -> Value? {
    switch value {
    case .optional(.some(let value)): value
    case .optional(.none): nil
    default: throw misfit("an entry marked ?", [value], paths: [])
    }
}

extension Value {
    fileprivate var canBeKey: Bool {
        switch self {
        case .bool, .int, .uint, .string: true
        default: false
        }
    }
}
