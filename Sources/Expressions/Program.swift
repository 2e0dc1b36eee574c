/// A field of a variable that an expression reads directly, such as `record.status`.
public struct FieldRead: Hashable, Sendable {
    /// The variable's name.
    public let variable: String
    /// The field's name.
    public let field: String

    /// A read of `variable.field`.
    public init(variable: String, field: String) {
        self.variable = variable
        self.field = field
    }
}

/// A field that an expression reads and hands on, as it is or through one function of one operand.
public struct PlainRead: Hashable, Sendable {
    /// The variable's name.
    public let variable: String
    /// The field's name, and those of the fields inside it: `["product", "line"]` of `source.product.line`.
    public let path: [String]
    /// The function, such as `account` in `account(source.owner)`; nil where the field is handed on as it is.
    public let function: String?
}

/// What a field of a variable must be for an expression to be true, such as `record.status == 'open'`.
public struct FieldEquation: Hashable, Sendable {
    /// The variable's name.
    public let variable: String
    /// The position of the field in the variable's schema.
    public let slot: Int
    /// What the field must be.
    public let constant: Constant

    /// A text, whole number or truth value; equal where the language calls the values equal.
    public enum Constant: Hashable, Sendable {
        case string(String)
        case int(Int64)
        case bool(Bool)

        /// Nil for a value of any other kind.
        public init?(_ value: Value) {
            switch value {
            case .string(let text): self = .string(text)
            case .int(let number): self = .int(number)
            case .bool(let flag): self = .bool(flag)
            default: return nil
            }
        }
    }

    /// Nil unless `field` is a field of a variable and of the constant's own type.
    init?(_ field: Checked, _ constant: Checked) {
        guard case .field(let operand, _, let slot) = field.kind, case .variable(_, let name) = operand.kind,
            let value = constant.constant, let constant = Constant(value),
            field.type.withoutNull == constant.type
        else { return nil }
        (variable, self.slot, self.constant) = (name, slot, constant)
    }
}

extension FieldEquation.Constant {
    fileprivate var type: ValueType {
        switch self {
        case .string: .string
        case .int: .int
        case .bool: .bool
        }
    }
}

/// A compiled expression. It never changes and is passed on by reference.
public final class Program: Sendable {
    /// The expression as it was written.
    public let source: String
    /// The type that the checker found; `dyn` without it.
    public let resultType: ValueType
    /// The fields that the expression reads from variables.
    public let reads: Set<FieldRead>
    /// The variables that the expression uses other than by reading a field.
    public let wholeReads: Set<String>
    /// What the expression reads, where it does nothing else: the host may then read it without evaluating anything.
    public let plainRead: PlainRead?
    /// What fields must be for the expression to be true.
    public let equations: [FieldEquation]

    let code: any Code
    let slotCount: Int
    /// A bit for each of the first variables whose fields are read.
    let viewed: UInt8

    init(
        source: String, resultType: ValueType, reads: Set<FieldRead>, wholeReads: Set<String>,
        plainRead: PlainRead?, equations: [FieldEquation], code: any Code, slotCount: Int, viewed: UInt8
    ) {
        self.source = source
        self.resultType = resultType
        self.reads = reads
        self.wholeReads = wholeReads
        self.plainRead = plainRead
        self.equations = equations
        self.code = code
        self.slotCount = slotCount
        self.viewed = viewed
    }

    /// The expression's value.
    ///
    /// - Parameters:
    ///   - variables: One value per variable of the environment, in its order.
    ///   - stepBudget: How many steps the evaluation may take. A call, an element of a list or map under way and a few
    ///     dozen bytes of text count as one step each.
    /// - Returns: The value; where the result type is nullable perhaps null.
    /// - Throws: What went wrong, such as an empty operand or a division by zero.
    public func evaluate(_ variables: [Value], stepBudget: Int = 100_000) throws(EvaluationError) -> Value {
        try variables.withUnsafeBufferPointer { variables throws(EvaluationError) in
            var frame = Frame(variables: variables, viewed: viewed, slotCount: slotCount, budget: stepBudget)
            return try code.value(&frame)
        }
    }
}
