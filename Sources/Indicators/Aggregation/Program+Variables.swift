internal import Expressions

/// What an expression gives for a record.
enum Answer {
    case value(Value)
    /// It met an empty field.
    case empty(String)
    case failed(String)
}

extension Program {
    /// Whether the expression reads a variable, or a field of it.
    func reads(variable: String) -> Bool {
        wholeReads.contains(variable) || reads.contains { $0.variable == variable }
    }

    /// What fields of a variable must be for the expression to be true.
    func equations(of variable: String) -> [FieldEquation] { equations.filter { $0.variable == variable } }

    func answer(_ variables: [Value]) -> Answer {
        do throws(EvaluationError) {
            return .value(try evaluate(variables))
        } catch {
            if case .emptyOperand = error { return .empty(error.message) }
            return .failed("\(source): \(error.message)")
        }
    }

    /// A condition that an empty field leaves open is not fulfilled.
    func holds(_ variables: [Value]) throws(Exclusion.Failure) -> Bool {
        switch answer(variables) {
        case .value(.bool(let holds)): return holds
        case .value, .empty: return false
        case .failed(let reason): throw .init(.failed, reason)
        }
    }

    /// The value; null where a field is empty, unless that is a reason to leave the record out.
    func value(_ variables: [Value], emptyAs kind: Exclusion.Kind? = nil) throws(Exclusion.Failure) -> Value {
        switch answer(variables) {
        case .value(let value): return value
        case .empty(let reason):
            guard let kind else { return .null }
            throw .init(kind, reason)
        case .failed(let reason): throw .init(.failed, reason)
        }
    }
}

extension [Program] {
    /// The values of all expressions as one key; nil where there are none, or where all are empty.
    func key(_ variables: [Value]) throws(Exclusion.Failure) -> String? {
        var parts: [String] = []
        var hasKey = false
        for program in self {
            let value = try program.value(variables)
            if !value.isNull { hasKey = true }
            parts.append(value.partText)
        }
        return hasKey ? parts.joined(separator: .partSeparator) : nil
    }
}
