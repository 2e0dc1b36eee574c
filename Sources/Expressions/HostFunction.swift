/// A name that expressions can read.
public struct Variable: Sendable {
    /// The name; it may have dots.
    public let name: String
    /// The declared type.
    public let type: ValueType

    /// A variable of a declared type.
    public init(name: String, type: ValueType) {
        self.name = name
        self.type = type
    }
}

/// A function of the host that expressions can call.
public struct HostFunction: Sendable {
    /// One form of the function.
    public struct Overload: Sendable {
        /// What the function does with its operands, which have the declared types.
        public typealias Body = @Sendable ([Value]) throws(EvaluationError) -> Value

        /// The operands' types; for a member the receiver comes first.
        public let parameters: [ValueType]
        /// The result's type.
        public let result: ValueType
        /// Whether it is called as `x.name(...)` and not as `name(x, ...)`.
        public let isMember: Bool
        /// What it does.
        public let body: Body

        /// A form of a function. An operand that is null raises ``EvaluationError/emptyOperand(function:field:)`` before
        /// `body` is called, unless its parameter is nullable or `dyn`.
        public init(
            parameters: [ValueType], result: ValueType, isMember: Bool = false, body: @escaping Body
        ) {
            self.parameters = parameters
            self.result = result
            self.isMember = isMember
            self.body = body
        }
    }

    /// The name; it may have dots.
    public let name: String
    /// The forms, tried in order.
    public let overloads: [Overload]

    /// A function with its forms.
    public init(name: String, overloads: [Overload]) {
        self.name = name
        self.overloads = overloads
    }
}
