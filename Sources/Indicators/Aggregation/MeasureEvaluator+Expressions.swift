internal import Expressions

extension MeasureEvaluator {
    enum Answer {
        case value(Value)
        case empty(String)
        case failed(String)
    }

    subscript(slot: IndicatorEnvironment.Slot) -> Value {
        get { variables[slot.rawValue] }
        set { variables[slot.rawValue] = newValue }
    }

    func answer(_ program: Program) -> Answer {
        do throws(EvaluationError) {
            return .value(try program.evaluate(variables))
        } catch {
            if case .emptyOperand = error { return .empty(error.message) }
            return .failed("\(program.source): \(error.message)")
        }
    }

    /// A condition that an empty field leaves open is not fulfilled.
    func holds(_ program: Program?) throws(Exclusion.Failure) -> Bool {
        guard let program else { return true }
        switch answer(program) {
        case .value(.bool(let holds)): return holds
        case .value, .empty: return false
        case .failed(let reason): throw .init(.failed, reason)
        }
    }

    func value(_ program: Program, emptyAs kind: Exclusion.Kind? = nil) throws(Exclusion.Failure) -> Value {
        switch answer(program) {
        case .value(let value): return value
        case .empty(let reason):
            guard let kind else { return .null }
            throw .init(kind, reason)
        case .failed(let reason): throw .init(.failed, reason)
        }
    }
}
