/// `+`, `-`, `*`, `/` or `%`.
final class Calculation: Code {
    let operation: Operator
    let left: any Code
    let right: any Code
    let arithmetic: Environment.Arithmetic

    init(_ operation: Operator, _ left: any Code, _ right: any Code, arithmetic: Environment.Arithmetic) {
        self.operation = operation
        self.left = left
        self.right = right
        self.arithmetic = arithmetic
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge()
        let (first, second) = (try left.value(&frame), try right.value(&frame))
        guard let result = try combine(first, second, &frame) else {
            throw misfit(operation.rawValue, [first, second], paths: [left.path, right.path])
        }
        return result
    }

    private var dropsRemainders: Bool { operation == .divide && arithmetic == .exact }

    private func combine(_ left: Value, _ right: Value, _ frame: inout Frame) throws(EvaluationError) -> Value? {
        switch (left, right) {
        case (.int, .int) where dropsRemainders, (.uint, .uint) where dropsRemainders:
            throw EvaluationError.droppedRemainder
        case (.int(let left), .int(let right)): return .int(try whole(operation, left, right))
        case (.uint(let left), .uint(let right)): return .uint(try whole(operation, left, right))
        case (.double(let left), .double(let right)): return float(operation, left, right)
        case (.decimal(let left), .decimal(let right)): return try exact(operation, left, right, &frame)
        case (.decimal(let left), .int(let right)): return try exact(operation, left, Rational(right), &frame)
        case (.int(let left), .decimal(let right)): return try exact(operation, Rational(left), right, &frame)
        case (.timestamp, _), (.duration, _): return try time(operation, left, right)
        default: return operation == .add ? try concatenate(left, right, &frame) : nil
        }
    }
}

/// `-` before a value.
final class Opposite: Code {
    let operand: any Code

    init(_ operand: any Code) {
        self.operand = operand
    }

    func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.charge()
        let value = try operand.value(&frame)
        switch value {
        case .int(let int): return .int(try whole(.subtract, 0, int))
        case .double(let double): return .double(-double)
        case .decimal(let decimal):
            try frame.charge(value.weight)
            return .decimal(-decimal)
        default: throw misfit("-", [value], paths: [operand.path])
        }
    }
}

private func whole<Whole: FixedWidthInteger>(
    _ operation: Operator, _ left: Whole, _ right: Whole
) throws(EvaluationError) -> Whole {
    let result: (partialValue: Whole, overflow: Bool)
    switch operation {
    case .add: result = left.addingReportingOverflow(right)
    case .subtract: result = left.subtractingReportingOverflow(right)
    case .multiply: result = left.multipliedReportingOverflow(by: right)
    default:
        guard right != 0 else { throw .divisionByZero }
        let divided = left.dividedReportingOverflow(by: right)
        result = operation == .divide ? divided : left.remainderReportingOverflow(dividingBy: right)
    }
    guard !result.overflow else {
        throw .overflow(
            zh: "\(value: left) \(operation.rawValue) \(value: right) ",
            en: "\(value: left) \(operation.rawValue) \(value: right)")
    }
    return result.partialValue
}

private func float(_ operation: Operator, _ left: Double, _ right: Double) -> Value? {
    switch operation {
    case .add: .double(left + right)
    case .subtract: .double(left - right)
    case .multiply: .double(left * right)
    case .divide: .double(left / right)
    default: nil
    }
}

private func exact(
    _ operation: Operator, _ left: Rational, _ right: Rational, _ frame: inout Frame
) throws(EvaluationError) -> Value? {
    try frame.charge(Value.decimal(left).weight + Value.decimal(right).weight)
    switch operation {
    case .add: return .decimal(left + right)
    case .subtract: return .decimal(left - right)
    case .multiply: return .decimal(left * right)
    case .divide:
        guard let quotient = left.divided(by: right) else { throw .divisionByZero }
        return .decimal(quotient)
    default: return nil
    }
}

private func concatenate(_ left: Value, _ right: Value, _ frame: inout Frame) throws(EvaluationError) -> Value? {
    try frame.charge(left.weight + right.weight)
    switch (left, right) {
    case (.string(let left), .string(let right)): return .string(left + right)
    case (.bytes(let left), .bytes(let right)): return .bytes(left + right)
    case (.list(let left), .list(let right)): return .list(left + right)
    default: return nil
    }
}

private func time(_ operation: Operator, _ left: Value, _ right: Value) throws(EvaluationError) -> Value? {
    switch (operation, left, right) {
    case (.add, .timestamp(let time), .duration(let duration)), (.add, .duration(let duration), .timestamp(let time)):
        return .timestamp(try (time + duration).inRange())
    case (.subtract, .timestamp(let time), .duration(let duration)):
        return .timestamp(try (time - duration).inRange())
    case (.add, .duration(let left), .duration(let right)): return .duration(try (left + right).inRange())
    case (.subtract, .duration(let left), .duration(let right)): return .duration(try (left - right).inRange())
    case (.subtract, .timestamp(let left), .timestamp(let right)): return .duration(try (left - right).inRange())
    default: return nil
    }
}

extension Timestamp {
    func inRange() throws(EvaluationError) -> Timestamp {
        guard isRepresentable else {
            throw .overflow(zh: "公元 1 年到 9999 年以外的时间", en: "a time outside the years 1 to 9999")
        }
        return self
    }
}

extension Duration {
    /// The duration, where it fits 64 bits of nanoseconds (292 years), as CEL wants.
    func inRange() throws(EvaluationError) -> Duration {
        let limit = Duration.nanoseconds(Int64.max)
        guard self <= limit, self >= .nanoseconds(Int64.min) else {
            throw .overflow(zh: "超过 292 年的时长", en: "a duration of over 292 years")
        }
        return self
    }
}
