extension Checker {
    mutating func operation(
        _ operation: Operator, _ left: Syntax, _ right: Syntax, _ offset: Int
    ) throws(ExpressionError) -> Checked {
        let (left, right) = (try check(left), try check(right))
        let type = try resultType(operation, left, right, offset)
        return checked(.operation(operation, left, right), type, offset)
    }

    private func resultType(
        _ operation: Operator, _ left: Checked, _ right: Checked, _ offset: Int
    ) throws(ExpressionError) -> ValueType {
        switch operation {
        case .equal, .notEqual: try checkEquality(operation, left.type, right.type, offset)
        case .contained: try checkContained(left.type, right.type, offset)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: try checkOrder(operation, left.type, right.type, offset)
        default: return try arithmeticType(operation, left.type, right.type, offset)
        }
        return .bool
    }

    // MARK: Comparisons

    private func checkEquality(
        _ operation: Operator, _ left: ValueType, _ right: ValueType, _ offset: Int
    ) throws(ExpressionError) {
        if left == .null || right == .null {
            let other = left == .null ? right : left
            guard other.mayBeNull else { throw error("a value of type \(other) is never null", offset) }
        } else if !left.equates(with: right) {
            throw error("\(operation.rawValue) compares values of one type, found \(left) and \(right)", offset)
        }
    }

    private func checkContained(_ left: ValueType, _ right: ValueType, _ offset: Int) throws(ExpressionError) {
        switch right.withoutNull {
        case .dyn: return
        case .list(let element), .map(let element, _):
            guard left == .null || left.equates(with: element) else {
                throw error("in looks for a value of type \(element) here, found \(left)", offset)
            }
        default:
            throw error("in takes a list or a map on its right, found \(right)", offset)
        }
    }

    private func checkOrder(
        _ operation: Operator, _ left: ValueType, _ right: ValueType, _ offset: Int
    ) throws(ExpressionError) {
        let (first, second) = (left.withoutNull, right.withoutNull)
        guard first.isOrdered(with: second) else {
            throw error("\(operation.rawValue) cannot order \(left) and \(right)", offset)
        }
    }

    // MARK: Arithmetic

    private func arithmeticType(
        _ operation: Operator, _ left: ValueType, _ right: ValueType, _ offset: Int
    ) throws(ExpressionError) -> ValueType {
        let (first, second) = (left.withoutNull, right.withoutNull)
        if operation == .divide, environment.arithmetic == .exact, first == second, [.int, .uint].contains(first) {
            throw error(EvaluationError.droppedRemainder.message, offset)
        }
        let types = Set(ArithmeticTypes.results(operation, first, second))
        guard let type = types.first else {
            throw error("\(operation.rawValue) does not take \(left) and \(right)", offset)
        }
        return types.count == 1 ? type : .dyn
    }

    mutating func negate(_ operand: Syntax, _ offset: Int) throws(ExpressionError) -> Checked {
        let operand = try check(operand)
        let type = operand.type.withoutNull
        guard [.dyn, .int, .double, .decimal].contains(type) else {
            throw error("- takes int, double or decimal, found \(operand.type)", offset)
        }
        return checked(.negate(operand), type, offset)
    }
}

/// Which types the arithmetic operators take and give.
enum ArithmeticTypes {
    typealias Row = (left: ValueType, right: ValueType, result: ValueType)

    /// The types that the result may have.
    static func results(_ operation: Operator, _ left: ValueType, _ right: ValueType) -> [ValueType] {
        if operation == .add, let type = concatenated(left, right) { return [type] }
        return rows(operation).filter { left.fits($0.left) && right.fits($0.right) }.map(\.result)
    }

    private static func concatenated(_ left: ValueType, _ right: ValueType) -> ValueType? {
        guard case .list = left, case .list = right else { return nil }
        return left.joined(with: right)
    }

    private static func rows(_ operation: Operator) -> [Row] {
        switch operation {
        case .add: numbers + additions
        case .subtract: numbers + subtractions
        case .remainder: [(.int, .int, .int), (.uint, .uint, .uint)]
        default: numbers
        }
    }

    private static let numbers: [Row] = [
        (.int, .int, .int), (.uint, .uint, .uint), (.double, .double, .double), (.decimal, .decimal, .decimal),
        (.decimal, .int, .decimal), (.int, .decimal, .decimal),
    ]

    private static let additions: [Row] = [
        (.string, .string, .string), (.bytes, .bytes, .bytes), (.list(.dyn), .list(.dyn), .list(.dyn)),
        (.timestamp, .duration, .timestamp), (.duration, .timestamp, .timestamp), (.duration, .duration, .duration),
    ]

    private static let subtractions: [Row] = [
        (.timestamp, .timestamp, .duration), (.timestamp, .duration, .timestamp), (.duration, .duration, .duration),
    ]
}

extension ValueType {
    /// Whether `==` may hold between values of the two types.
    func equates(with other: ValueType) -> Bool {
        let pair: Set<ValueType> = [withoutNull, other.withoutNull]
        return pair == [.int, .decimal] || joined(with: other) != nil
    }

    /// Whether values of the two types have an order.
    func isOrdered(with other: ValueType) -> Bool {
        if self == .dyn || other == .dyn { return self == other || (self == .dyn ? other : self).hasOrder }
        let pair: Set<ValueType> = [self, other]
        if pair.isSubset(of: [.int, .uint, .double]) || pair == [.int, .decimal] { return true }
        return self == other && hasOrder
    }

    private var hasOrder: Bool {
        switch self {
        case .bool, .int, .uint, .double, .decimal, .string, .bytes, .timestamp, .duration: true
        default: false
        }
    }
}
