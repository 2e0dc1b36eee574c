/// What one evaluation works on.
struct Frame {
    /// Valid as long as the evaluation lasts.
    let variables: UnsafeBufferPointer<Value>
    /// The slots of those first variables that are records and whose fields are read.
    let views: SlotViews
    /// The values that macros and `cel.bind` keep, by slot.
    var locals: [Value]
    var steps: Int
    let budget: Int

    init(
        variables: UnsafeBufferPointer<Value> = .init(start: nil, count: 0), viewed: UInt8 = 0, slotCount: Int,
        budget: Int
    ) {
        self.variables = variables
        views = SlotViews { index in
            viewed >> index & 1 == 1 && index < variables.count ? SlotView(variables[index]) : .empty
        }
        locals = slotCount == 0 ? [] : Array(repeating: .null, count: slotCount)
        steps = budget
        self.budget = budget
    }

    /// Takes steps off the budget.
    @inline(__always)
    mutating func charge(_ count: Int = 1) throws(EvaluationError) {
        steps -= count
        if steps < 0 { throw .budgetExceeded(budget) }
    }
}

extension Value {
    /// The steps that handling the whole value costs, beyond the first.
    var weight: Int {
        switch self {
        case .string(let string): string.utf8.count / 32
        case .bytes(let bytes): bytes.count / 32
        case .list(let elements): elements.count / 4
        case .map(let map): map.count
        case .decimal(let decimal): decimal.weight
        default: 0
        }
    }
}

extension Rational {
    fileprivate var weight: Int {
        let words = self.words
        return words > 1 ? words * words : 0
    }
}
