extension Value {
    /// Whether the values are equal as CEL says: numbers across their types, lists and maps by content, null only to null.
    func equals(_ other: Value, _ frame: inout Frame) throws(EvaluationError) -> Bool {
        switch (self, other) {
        case (.string(let left), .string(let right)):
            try frame.charge(min(weight, other.weight))
            return sameText(left, right)
        case (.int(let left), .int(let right)): return left == right
        case (.list(let left), .list(let right)): return try sameElements(left, right, &frame)
        case (.map(let left), .map(let right)): return try sameEntries(left, right, &frame)
        case (.optional(.some(let left)), .optional(.some(let right))):
            try frame.charge()
            return try left.equals(right, &frame)
        case (.record(let left), .record(let right)):
            guard left.schema.name == right.schema.name else { return false }
            return try sameElements(left.slots, right.slots, &frame)
        case (.decimal, .double), (.double, .decimal):
            // 0.1 as a double is not one tenth.
            throw .invalidArgument(
                zh: "decimal 与 double 不能比较，0.1 请写 decimal('0.1')",
                en: "a decimal and a double do not compare; write decimal('0.1') for 0.1")
        default:
            try frame.charge(min(weight, other.weight))
            return numericOrder(self, other) == .same || self == other
        }
    }
}

private func sameElements(
    _ left: [Value], _ right: [Value], _ frame: inout Frame
) throws(EvaluationError) -> Bool {
    guard left.count == right.count else { return false }
    for position in left.indices {
        try frame.charge()
        guard try left[position].equals(right[position], &frame) else { return false }
    }
    return true
}

private func sameEntries(
    _ left: MapValue, _ right: MapValue, _ frame: inout Frame
) throws(EvaluationError) -> Bool {
    guard left.count == right.count else { return false }
    for (key, value) in zip(left.keys, left.values) {
        try frame.charge()
        guard let other = right[key], try value.equals(other, &frame) else { return false }
    }
    return true
}

/// How two values stand to each other.
enum Order {
    case before
    case same
    case after
    /// Neither: one of them is not a number.
    case none

    @inline(__always)
    init<Element: Comparable>(_ left: Element, _ right: Element) {
        self = left < right ? .before : left == right ? .same : left > right ? .after : .none
    }

    var reversed: Order {
        switch self {
        case .before: .after
        case .after: .before
        default: self
        }
    }
}

/// The order of two numbers; nil where one is no number, or one is a decimal and the other a double.
func numericOrder(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.int(let left), .int(let right)): Order(left, right)
    case (.uint(let left), .uint(let right)): Order(left, right)
    case (.double(let left), .double(let right)): Order(left, right)
    case (.decimal(let left), .decimal(let right)): Order(left, right)
    case (.decimal(let left), .int(let right)): Order(left, Rational(right))
    case (.int(let left), .decimal(let right)): Order(Rational(left), right)
    case (.decimal(let left), .uint(let right)): Order(left, Rational(unsigned: right))
    case (.uint(let left), .decimal(let right)): Order(Rational(unsigned: left), right)
    default: mixedOrder(left, right)
    }
}

private func mixedOrder(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.int(let left), .uint(let right)): Order(Int128(left), Int128(right))
    case (.uint(let left), .int(let right)): Order(Int128(left), Int128(right))
    case (.int(let left), .double(let right)): order(left, right)
    case (.uint(let left), .double(let right)): order(left, right)
    case (.double(let left), .int(let right)): order(right, left).reversed
    case (.double(let left), .uint(let right)): order(right, left).reversed
    default: nil
    }
}

/// The order of an integer and a double; one beyond the integers' range is rounded to it, so that a double beside the
/// last integer compares as its neighbour.
private func order<Whole: FixedWidthInteger>(_ whole: Whole, _ double: Double) -> Order {
    Order(Double(whole), double)
}

/// The order of two values of one kind, or of two numbers; nil where they have none.
func order(_ left: Value, _ right: Value) -> Order? {
    switch (left, right) {
    case (.timestamp(let left), .timestamp(let right)): Order(left, right)
    case (.duration(let left), .duration(let right)): Order(left, right)
    case (.string(let left), .string(let right)): textOrder(left, right)
    case (.bool(let left), .bool(let right)): Order(left ? 1 : 0, right ? 1 : 0)
    case (.bytes(let left), .bytes(let right)): bytesOrder(left, right)
    default: numericOrder(left, right)
    }
}

private func textOrder(_ left: String, _ right: String) -> Order {
    if sameText(left, right) { return .same }
    return textPrecedes(left, right) ? .before : .after
}

private func bytesOrder(_ left: [UInt8], _ right: [UInt8]) -> Order {
    if left == right { return .same }
    return left.lexicographicallyPrecedes(right) ? .before : .after
}
