/// `==` or `!=` between any two values.
final class EqualityTest: Test {
    let left: any Code
    let right: any Code
    let isNegated: Bool

    init(_ left: any Code, _ right: any Code, isNegated: Bool) {
        self.left = left
        self.right = right
        self.isNegated = isNegated
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        let (left, right) = (try left.value(&frame), try right.value(&frame))
        return try left.equals(right, &frame) != isNegated
    }
}

/// `<`, `<=`, `>` or `>=`.
final class OrderTest: Test {
    let operation: Operator
    let left: any Code
    let right: any Code

    init(_ operation: Operator, _ left: any Code, _ right: any Code) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        let (first, second) = (try left.value(&frame), try right.value(&frame))
        try frame.charge(min(first.weight, second.weight))
        guard let order = order(first, second) else {
            throw misfit(operation.rawValue, [first, second], paths: [left.path, right.path])
        }
        return operation.holds(for: order)
    }
}

extension Operator {
    /// Whether the comparison holds between values in this order.
    @inline(__always)
    func holds(for order: Order) -> Bool {
        switch self {
        case .less: order == .before
        case .lessOrEqual: order == .before || order == .same
        case .greater: order == .after
        case .greaterOrEqual: order == .after || order == .same
        default: false
        }
    }
}

/// `in` a list or a map.
final class MembershipTest: Test {
    let element: any Code
    let container: any Code

    init(_ element: any Code, _ container: any Code) {
        self.element = element
        self.container = container
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        let (wanted, container) = (try element.value(&frame), try container.value(&frame))
        switch container {
        case .list(let elements):
            for element in elements {
                try frame.charge()
                if try wanted.equals(element, &frame) { return true }
            }
            return false
        case .map(let map):
            try frame.charge(wanted.weight)
            return map[wanted] != nil
        default: throw misfit("in", [wanted, container], paths: [nil, self.container.path])
        }
    }
}
