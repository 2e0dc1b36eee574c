/// Why an expression gave no value.
public enum EvaluationError: Error, Hashable, Sendable {
    /// No form of the function takes operands of these kinds.
    case noSuchOverload(function: String, operands: [String])
    /// An operand was null where a value is needed; `field` names it where it was read directly, such as `record.due_at`.
    case emptyOperand(function: String, field: String?)
    case divisionByZero
    /// The result is outside the range of its type: what is.
    case overflow(zh: String, en: String)
    /// A map has no such key, or a list no such index.
    case noSuchKey(String)
    case noSuchField(String)
    case noSuchVariable(String)
    case noSuchFunction(String)
    /// The evaluation took more than this many steps.
    case budgetExceeded(Int)
    /// An operand of the right type with a value that cannot be used, and why.
    case invalidArgument(zh: String, en: String)

    /// What happened, in English, for a person who may see the data.
    public var message: String { reason.plain.en }

    /// What happened, with the values it quotes marked as ``QuotedValue`` says.
    public var reason: Reason {
        switch self {
        case .noSuchOverload(let function, let operands):
            let kinds = operands.joined(separator: ", ")
            return Reason(zh: "\(function) 不接受 (\(kinds))", en: "\(function) does not take (\(kinds))")
        case .emptyOperand(let function, let field):
            return Reason(
                zh: field.map { "\($0) 为空" } ?? "\(function) 的一个操作数为空",
                en: "\(field ?? "an operand of \(function)") is empty")
        case .divisionByZero: return Reason(zh: "除数为零", en: "division by zero")
        case .overflow(let zh, let en): return Reason(zh: "\(zh)超出范围", en: "\(en) is out of range")
        case .noSuchKey(let key): return Reason(zh: "没有这个键：\(key)", en: "no such key: \(key)")
        case .noSuchField(let field): return Reason(zh: "没有这个字段：\(field)", en: "no such field: \(field)")
        case .noSuchVariable(let name): return Reason(zh: "没有这个变量：\(name)", en: "no such variable: \(name)")
        case .noSuchFunction(let name): return Reason(zh: "没有这个函数：\(name)", en: "no such function: \(name)")
        case .budgetExceeded(let steps):
            return Reason(zh: "表达式的计算超过 \(steps) 步", en: "the expression took more than \(steps) steps")
        case .invalidArgument(let zh, let en): return Reason(zh: zh, en: en)
        }
    }
}

extension EvaluationError {
    /// Why exact arithmetic refuses the division of two integers.
    static let droppedRemainder = EvaluationError.invalidArgument(
        zh: "整数相除会丢掉余数，请写 decimal(a) / b", en: "integer division drops the remainder; write decimal(a) / b")

    /// Whether `&&`, `||` and the macros may leave the error aside for an operand that decides alone.
    var isAbsorbable: Bool {
        if case .budgetExceeded = self { false } else { true }
    }
}
