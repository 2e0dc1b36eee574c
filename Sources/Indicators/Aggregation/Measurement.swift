internal import Expressions

/// What a measure reads off a record.
enum Measurement {
    /// A whole number of the measure's ticks: of its unit, or of microseconds where it measures durations.
    case ticks(Int64)
    case exact(Rational)
    /// There is no value, for the reason given.
    case missing(String)
}

extension CompiledMeasure {
    /// How many ticks the unit of the measure has: microseconds where the value is a duration, one else.
    var ticksPerUnit: Int64 { measuresDuration ? secondsPerUnit * 1_000_000 : 1 }

    private var measuresDuration: Bool { value?.resultType.withoutNull == .duration }

    /// What the measure reads off a record, such as its duration: nothing of one that is not counted.
    func measurement(isCounted: Bool, _ variables: [Value]) throws(Exclusion.Failure) -> Measurement {
        var own = Measurement.ticks(value == nil ? 1 : 0)
        if let value, isCounted { own = try measurement(value, variables) }
        guard let counterpart else { return own }
        if case .missing = own { return own }
        // A record of which the other part's condition fails is left out of this part too.
        guard try counterpart.counted?.holds(variables) ?? true, let other = counterpart.value else { return own }
        // A record that the other part of a ratio cannot measure is left out of this part too.
        if case .missing(let reason) = try measurement(other, variables) { return .missing(reason) }
        return own
    }

    /// Whether the record is counted, by the measure's own condition.
    func isCounted(_ variables: [Value]) throws(Exclusion.Failure) -> Bool { try counted?.holds(variables) ?? true }

    private func measurement(_ program: Program, _ variables: [Value]) throws(Exclusion.Failure) -> Measurement {
        switch program.answer(variables) {
        case .value(.null): return .missing("\(program.source) is empty")
        case .value(let value): return try measurement(of: value, program)
        case .empty(let reason), .failed(let reason): return .missing(reason)
        }
    }

    private func measurement(of value: Value, _ program: Program) throws(Exclusion.Failure) -> Measurement {
        switch value {
        case .int(let number) where !measuresDuration: return .ticks(number)
        case .duration(let duration):
            if duration < .zero { return .missing("the time runs backwards: \(program.source)") }
            if measuresDuration { return .ticks(duration.microseconds) }
        default: break
        }
        guard let number = value.number(secondsPerUnit: secondsPerUnit) else {
            throw .init(.failed, "\(program.source) gave \(value.kind), which is no exact number")
        }
        return .exact(number)
    }
}

extension Duration {
    /// The whole microseconds.
    fileprivate var microseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }
}
