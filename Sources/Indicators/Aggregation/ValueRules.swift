internal import Expressions

/// The rules that give a computed value its status.
struct ValueRules {
    let indicator: CompiledIndicator
    let context: AggregationContext

    private var definition: IndicatorDefinition { indicator.definition }

    /// Fills in the number, its rounded form and the status. Of `failed` records a condition or a key failed.
    func complete(_ value: inout IndicatorValue, _ result: IndicatorFormula.Result, failed: Int) {
        let lacksAll = value.sample == 0 && value.coverage.missing > 0
        switch result {
        case .value(let number) where !missesTooMuch(value.coverage) && !lacksAll:
            set(number, in: &value, failed: failed)
        case .zeroDenominator where definition.zeroDenominator == .exempt && value.coverage.missing == 0:
            value.status = .exempt
        case .zeroDenominator where definition.zeroDenominator == .zero && value.coverage.missing == 0:
            set(.zero, in: &value, failed: failed)
        default:
            value.status = .noData
        }
    }

    private func set(_ number: Rational, in value: inout IndicatorValue, failed: Int) {
        value.value = number
        value.decimal = number.rounded(toDigits: definition.scaleDigits)
        value.status = status(of: value, failed: failed)
    }

    private func status(of value: IndicatorValue, failed: Int) -> ValueStatus {
        let isNaturalZero = definition.zeroDenominator == .zero && value.sample == 0
        if value.sample < definition.minSample, !isNaturalZero { return .lowSample }
        let end = value.period.end(in: context.zone)
        let known = context.knownUntil(indicator.recordTypes)
        if known < end || failed > 0 { return .partial }
        let matured = context.zone.adding(days: definition.maturesAfterDays, to: end)
        return known < matured ? .provisional : .complete
    }

    private func missesTooMuch(_ coverage: Coverage) -> Bool {
        guard let limit = indicator.maxMissingShare else { return false }
        let all = coverage.included + coverage.missing
        guard let share = Rational(Int64(coverage.missing)).divided(by: Rational(Int64(all))) else { return false }
        return share > limit
    }
}
