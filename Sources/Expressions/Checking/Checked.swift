/// An expression with every name resolved and every type known, as far as they are known before it runs.
struct Checked {
    indirect enum Kind {
        case constant(Value)
        /// What only fails when it is reached: an unknown name in an expression that is not checked.
        case failure(EvaluationError)
        case variable(Int, String)
        case local(Int)
        /// A field of a record whose schema is declared.
        case field(Checked, RecordSchema, slot: Int)
        case select(Checked, String, isOptional: Bool)
        case has(Checked, String, isOptional: Bool)
        case index(Checked, Checked, isOptional: Bool)
        case and([Checked])
        case or([Checked])
        case conditional(Checked, Checked, Checked)
        case not(Checked)
        case negate(Checked)
        case operation(Operator, Checked, Checked)
        /// A function; the overloads that its operands may turn out to fit.
        case call(String, [FunctionForm], [Checked])
        case list([(value: Checked, isOptional: Bool)])
        case map([(key: Checked, value: Checked, isOptional: Bool)])
        case comprehension(Comprehension)
        /// A value kept in a slot while the body is evaluated.
        case bind(slot: Int, Checked, body: Checked)
        case optionalMap(Checked, slot: Int, body: Checked, isFlat: Bool)
    }

    struct Comprehension {
        let kind: Expressions.Comprehension.Kind
        let range: Checked
        /// Where the element, or index and value, are kept.
        let slots: [Int]
        let condition: Checked?
        let body: Checked
    }

    let kind: Kind
    let type: ValueType
    let offset: Int

    /// The field of a variable that the expression hands on.
    var plainRead: PlainRead? {
        if let (variable, path) = fieldPath {
            return PlainRead(variable: variable, path: path, function: nil)
        }
        guard case .call(let function, _, let operands) = kind, operands.count == 1,
            let (variable, path) = operands[0].fieldPath
        else { return nil }
        return PlainRead(variable: variable, path: path, function: function)
    }

    /// The equations of declared fields with constants without which the expression is not true.
    var equations: [FieldEquation] {
        switch kind {
        case .and(let operands): operands.flatMap(\.equations)
        case .operation(.equal, let left, let right):
            [FieldEquation(left, right), FieldEquation(right, left)].compactMap { $0 }
        default: []
        }
    }

    private var fieldPath: (variable: String, path: [String])? {
        if case .field(let operand, let schema, let slot) = kind, case .variable(_, let variable) = operand.kind {
            return (variable, [schema.fieldNames[slot]])
        }
        guard let (operand, field) = fieldRead, operand.type == .dyn else { return nil }
        if case .variable(_, let variable) = operand.kind { return (variable, [field]) }
        return operand.fieldPath.map { ($0.variable, $0.path + [field]) }
    }

    /// `operand.field`, or `operand['field']`.
    private var fieldRead: (operand: Checked, field: String)? {
        switch kind {
        case .select(let operand, let field, isOptional: false): (operand, field)
        case .index(let operand, let key, isOptional: false):
            if case .string(let field)? = key.constant { (operand, field) } else { nil }
        default: nil
        }
    }

    var constant: Value? {
        if case .constant(let value) = kind { value } else { nil }
    }
}
