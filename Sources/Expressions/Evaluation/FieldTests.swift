extension Code {
    /// Where the code reads from, where it reads a field of a variable and does nothing else.
    fileprivate var fieldPlace: FieldPlace? { (self as? RecordField)?.place }

    fileprivate var constantValue: Value? { (self as? Constant)?.constant }
}

extension EqualityTest {
    /// The same test in a form that is faster for what it compares.
    var specialised: any Code {
        if let test = FieldTextTest(self) { return test }
        return FieldNullTest(self) ?? self
    }
}

extension OrderTest {
    /// The same test in a form that is faster for what it compares.
    var specialised: any Code { FieldOrderTest(self) ?? self }
}

extension MembershipTest {
    /// The same test in a form that is faster for what it looks through.
    var specialised: any Code {
        if let test = FieldTextTest(self) { return test }
        return ConstantMembershipTest(self) ?? self
    }
}

/// `record.status == 'solved'` or `record.status in ['solved', 'closed']`.
///
/// Whatever is not plain text is left to the general test, here and in the tests below.
final class FieldTextTest: Test {
    let place: FieldPlace
    let texts: TextSet
    let isNegated: Bool
    let general: any Code

    private init(_ place: FieldPlace, _ texts: TextSet, isNegated: Bool, general: any Code) {
        self.place = place
        self.texts = texts
        self.isNegated = isNegated
        self.general = general
    }

    convenience init?(_ test: EqualityTest) {
        guard let place = test.left.fieldPlace ?? test.right.fieldPlace else { return nil }
        guard case .string(let text)? = test.right.constantValue ?? test.left.constantValue else { return nil }
        self.init(place, TextSet([text]), isNegated: test.isNegated, general: test)
    }

    convenience init?(_ test: MembershipTest) {
        guard let place = test.element.fieldPlace else { return nil }
        guard case .list(let values)? = test.container.constantValue else { return nil }
        let texts = values.compactMap { String(operand: $0) }
        guard texts.count == values.count else { return nil }
        self.init(place, TextSet(texts), isNegated: false, general: test)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        guard case .string(let text)? = place.read(frame) else { return try general.test(&frame) }
        try frame.charge(texts.weight(of: text))
        return texts.contains(text) != isNegated
    }
}

/// Some constant texts: few are looked through, many hashed.
struct TextSet: Sendable {
    private let few: [FixedText]
    private let many: Set<Text>
    private let longest: Int

    private static let scanned = 8

    init(_ texts: [String]) {
        longest = texts.lazy.map(\.utf8.count).max() ?? 0
        let isFew = texts.count <= TextSet.scanned
        few = isFew ? texts.map { FixedText($0) } : []
        many = isFew ? [] : Set(texts.map { Text(string: $0) })
    }

    @inline(__always)
    func contains(_ text: String) -> Bool {
        for candidate in few where candidate.matches(text) { return true }
        return !many.isEmpty && text.utf8.count <= longest && many.contains(Text(string: text))
    }

    /// The steps of looking for a text, beyond the first: no more of it is read than the longest has.
    @inline(__always)
    func weight(of text: String) -> Int { min(text.utf8.count, longest) / 32 }
}

/// `record.due_at == null` or `!= null`.
final class FieldNullTest: Test {
    let place: FieldPlace
    let isNegated: Bool
    let general: any Code

    init?(_ test: EqualityTest) {
        guard let place = test.left.fieldPlace ?? test.right.fieldPlace else { return nil }
        guard case .null? = test.right.constantValue ?? test.left.constantValue else { return nil }
        self.place = place
        isNegated = test.isNegated
        general = test
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        guard let value = place.read(frame) else { return try general.test(&frame) }
        return value.isNull != isNegated
    }
}

/// `record.solved_at <= record.due_at`, or one side a constant.
final class FieldOrderTest: Test {
    enum Side: Sendable {
        case field(FieldPlace)
        case constant(Value)

        init?(_ code: any Code) {
            if let place = code.fieldPlace {
                self = .field(place)
            } else if let constant = code.constantValue {
                self = .constant(constant)
            } else {
                return nil
            }
        }

        @inline(__always)
        func read(_ frame: borrowing Frame) -> Value? {
            switch self {
            case .field(let place): place.read(frame)
            case .constant(let value): value
            }
        }
    }

    let operation: Operator
    let left: Side
    let right: Side
    let general: any Code

    init?(_ test: OrderTest) {
        guard let left = Side(test.left), let right = Side(test.right) else { return nil }
        operation = test.operation
        self.left = left
        self.right = right
        general = test
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        guard let left = left.read(frame), let right = right.read(frame) else { return try general.test(&frame) }
        try frame.charge(min(left.weight, right.weight))
        guard let order = order(left, right) else { return try general.test(&frame) }
        return operation.holds(for: order)
    }
}

/// `x in [...]` where the list is constant: its elements are found by hash.
final class ConstantMembershipTest: Test {
    let element: any Code
    let keys: Set<MapKey>
    let general: any Code

    /// Nil where an element may equal values that are another key.
    init?(_ test: MembershipTest) {
        guard case .list(let values)? = test.container.constantValue else { return nil }
        let keys = values.compactMap { $0.isPlainKey ? MapKey($0) : nil }
        guard keys.count == values.count else { return nil }
        self.keys = Set(keys)
        element = test.element
        general = test
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try frame.charge()
        let wanted = try element.value(&frame)
        try frame.charge(wanted.weight)
        guard let key = MapKey(wanted) else { return false }
        return keys.contains(key)
    }
}

extension Value {
    /// Whether all values that equal this one are the same key: text, and whole numbers that a double holds exactly.
    fileprivate var isPlainKey: Bool {
        switch self {
        case .string, .bool: true
        case .int(let int): int.magnitude < 1 << 53
        case .uint(let uint): uint < 1 << 53
        default: false
        }
    }
}
