extension ValueType {
    /// Whether a value of this type may stand where `expected` is wanted.
    ///
    /// Null in place of a value is found when the expression runs, so a nullable type fits where its value does; the
    /// literal `null` alone does not.
    func fits(_ expected: ValueType) -> Bool {
        var bindings: [String: ValueType] = [:]
        return fits(expected, &bindings)
    }

    /// The same, with the type parameters of `expected` bound on the way.
    func fits(_ expected: ValueType, _ bindings: inout [String: ValueType]) -> Bool {
        if case .parameter(let name) = expected { return binds(name, &bindings) }
        if self == expected || self == .dyn || expected == .dyn { return true }
        switch (self, expected) {
        case (.null, .nullable): return true
        case (.nullable(let type), _): return type.fits(expected.withoutNull, &bindings)
        case (_, .nullable(let type)): return fits(type, &bindings)
        case (.list(let element), .list(let wanted)): return element.fits(wanted, &bindings)
        case (.optional(let type), .optional(let wanted)): return type.fits(wanted, &bindings)
        case (.map(let key, let value), .map(let wantedKey, let wantedValue)):
            return key.fits(wantedKey, &bindings) && value.fits(wantedValue, &bindings)
        default: return false
        }
    }

    private func binds(_ name: String, _ bindings: inout [String: ValueType]) -> Bool {
        guard let bound = bindings[name] else {
            bindings[name] = self
            return true
        }
        guard let joined = joined(with: bound) else { return false }
        bindings[name] = joined
        return true
    }

    /// The type that holds values of both; nil where there is none but `dyn`.
    func joined(with other: ValueType) -> ValueType? {
        switch (self, other) {
        case _ where self == other: self
        case (.dyn, _), (_, .dyn): .dyn
        case (.null, .nullable), (.nullable, .null): self == .null ? other : self
        case (.null, let type), (let type, .null): .nullable(type)
        case (.nullable(let type), let other), (let other, .nullable(let type)):
            type.joined(with: other.withoutNull).map { .nullable($0) }
        case (.list(let left), .list(let right)): left.joined(with: right).map { .list($0) }
        case (.optional(let left), .optional(let right)): left.joined(with: right).map { .optional($0) }
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            joinedMap(key.joined(with: otherKey), value.joined(with: otherValue))
        default: nil
        }
    }

    private func joinedMap(_ key: ValueType?, _ value: ValueType?) -> ValueType? {
        guard let key, let value else { return nil }
        return .map(key, value)
    }

    /// The type with its parameters replaced; an unbound one becomes `dyn`.
    func substituting(_ bindings: [String: ValueType]) -> ValueType {
        switch self {
        case .parameter(let name): bindings[name] ?? .dyn
        case .list(let element): .list(element.substituting(bindings))
        case .optional(let type): .optional(type.substituting(bindings))
        case .nullable(let type): .nullable(type.substituting(bindings))
        case .map(let key, let value): .map(key.substituting(bindings), value.substituting(bindings))
        default: self
        }
    }

    /// Whether nothing of the type is left to be found when the expression runs.
    var isKnown: Bool {
        switch self {
        case .dyn, .parameter: false
        case .list(let type), .optional(let type), .nullable(let type): type.isKnown
        case .map(let key, let value): key.isKnown && value.isKnown
        default: true
        }
    }

    /// Whether `x == null` can be anything but false for a value of this type.
    var mayBeNull: Bool {
        switch self {
        case .dyn, .null, .nullable, .timestamp, .duration, .record, .optional, .parameter: true
        default: false
        }
    }
}
