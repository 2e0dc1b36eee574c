/// Why an expression gave no value.
public enum EvaluationError: Error, Hashable, Sendable {
    /// No form of the function takes operands of these kinds.
    case noSuchOverload(function: String, operands: [String])
    /// An operand was null where a value is needed; `field` names it where it was read directly, such as `record.due_at`.
    case emptyOperand(function: String, field: String?)
    case divisionByZero
    /// The result is outside the range of its type.
    case overflow(String)
    /// A map has no such key, or a list no such index.
    case noSuchKey(String)
    case noSuchField(String)
    case noSuchVariable(String)
    case noSuchFunction(String)
    /// The evaluation took more than this many steps.
    case budgetExceeded(Int)
    /// An operand of the right type with a value that cannot be used.
    case invalidArgument(String)

    /// What happened, for a person who may see the data.
    public var message: String { QuotedValue.plain(markedMessage) }

    /// What happened, with the values it quotes marked as ``QuotedValue`` says.
    public var markedMessage: String {
        switch self {
        case .noSuchOverload(let function, let operands):
            "\(function) does not take (\(operands.joined(separator: ", ")))"
        case .emptyOperand(let function, let field): "\(field ?? "an operand of \(function)") is empty"
        case .divisionByZero: "division by zero"
        case .overflow(let what): "\(what) is out of range"
        case .noSuchKey(let key): "no such key: \(key)"
        case .noSuchField(let field): "no such field: \(field)"
        case .noSuchVariable(let name): "no such variable: \(name)"
        case .noSuchFunction(let name): "no such function: \(name)"
        case .budgetExceeded(let steps): "the expression took more than \(steps) steps"
        case .invalidArgument(let reason): reason
        }
    }
}

extension EvaluationError {
    /// Why exact arithmetic refuses the division of two integers.
    static let droppedRemainder = "integer division drops the remainder; write decimal(a) / b"

    /// Whether `&&`, `||` and the macros may leave the error aside for an operand that decides alone.
    var isAbsorbable: Bool {
        if case .budgetExceeded = self { false } else { true }
    }
}
