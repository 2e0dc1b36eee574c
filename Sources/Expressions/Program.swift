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

    let code: any Code
    let slotCount: Int
    /// A bit for each of the first variables whose fields are read.
    let viewed: UInt8

    init(
        source: String, resultType: ValueType, reads: Set<FieldRead>, wholeReads: Set<String>,
        plainRead: PlainRead?, code: any Code, slotCount: Int, viewed: UInt8
    ) {
        self.source = source
        self.resultType = resultType
        self.reads = reads
        self.wholeReads = wholeReads
        self.plainRead = plainRead
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
