internal import Expressions

/// Makes an indicator's value of its measures: per group, then over the groups.
struct IndicatorFormula {
    let indicator: CompiledIndicator

    /// The number, or why there is none.
    enum Result {
        case value(Rational)
        /// There is nothing to divide by, or nothing to average.
        case zeroDenominator
        /// The finish failed, so that there is no number, and no zero either.
        case failed
    }

    /// The measures' numbers in the definition's order; nil where a measure has no data.
    typealias Numbers = [Rational?]

    func result(of measures: [MeasureTotal]) -> Result {
        do throws(EvaluationError) {
            guard let outer = indicator.definition.outer else { return scaled(try finish(measures.map(\.single))) }
            return scaled(try join(groups(of: measures), by: outer))
        } catch {
            return .failed
        }
    }

    /// The names of the flags that hold, for the whole or for any group.
    func flags(of measures: [MeasureTotal]) -> [String] {
        if indicator.flags.isEmpty { return [] }
        let rows = indicator.definition.outer == nil ? [measures.map(\.single)] : groups(of: measures).map(\.numbers)
        return indicator.flags.filter { flag in
            rows.contains { numbers in
                // A flag that cannot be told does not hold.
                (try? evaluate(flag.condition, numbers)) == .bool(true)
            }
        }.map(\.name)
    }

    // MARK: Groups

    private struct Group {
        let numbers: Numbers
        let weight: Rational?
    }

    private func groups(of measures: [MeasureTotal]) -> [Group] {
        // Of a ratio, the denominator decides which groups are small.
        let deciding = indicator.definition.isRatio ? measures[1].groups?.small : nil
        let shown = measures.map { $0.groups?.shown(without: deciding) }
        let keys = Set(shown.flatMap { $0?.keys.map(\.self) ?? [] }).sorted()
        return keys.map { key in
            let numbers = zip(measures, shown).map { measure, shown in
                guard let groups = measure.groups else { return measure.single }
                return shown?[key].map(\.result) ?? groups.number(ofAbsent: key)
            }
            return Group(numbers: numbers, weight: shown.lazy.compactMap { $0?[key]?.weight }.first)
        }
    }

    private func join(_ groups: [Group], by outer: AggregateKind) throws(EvaluationError) -> Rational? {
        var results: [(value: Rational, weight: Rational?)] = []
        for group in groups {
            if let value = try finish(group.numbers) { results.append((value, group.weight)) }
        }
        if results.isEmpty { return nil }
        let values = results.map(\.value)
        switch outer {
        case .sum: return values.reduce(.zero, +)
        case .min: return values.min()
        case .max: return values.max()
        case .median: return Percentile.percentile(Percentile.half, of: values)
        case .weightedMean: return weightedMean(results)
        case .mean, .count, .percentile, .last, .distinct, .meanDaily:
            return values.reduce(.zero, +).divided(by: Rational(Int64(values.count)))
        }
    }

    /// Groups without a weight take no part; where no group has one, all weigh the same.
    private func weightedMean(_ results: [(value: Rational, weight: Rational?)]) -> Rational? {
        let hasWeights = results.contains { $0.weight != nil } || hasWeightMap
        var mean = WeightedMean()
        for (value, weight) in results {
            guard let weight = hasWeights ? weight : .one else { continue }
            mean.add(value, weight: weight)
        }
        return mean.result
    }

    private var hasWeightMap: Bool {
        indicator.measures.contains { measure in
            if case .map = measure.groupWeights { true } else { false }
        }
    }

    // MARK: Finish

    private func finish(_ numbers: Numbers) throws(EvaluationError) -> Rational? {
        switch indicator.definition.form {
        case .single: return numbers[0]
        case .ratio:
            guard let numerator = numbers[0], let denominator = numbers[1] else { return nil }
            return numerator.divided(by: denominator)
        case .finish:
            guard let program = indicator.finish else { return nil }
            return try evaluate(program, numbers)?.rational
        }
    }

    /// The expression's value; nil where a measure is empty or the division is by zero.
    private func evaluate(_ program: Program, _ numbers: Numbers) throws(EvaluationError) -> Value? {
        let variables = numbers.map { number in number.map { Value.decimal($0) } ?? .null }
        do throws(EvaluationError) {
            return try program.evaluate(variables)
        } catch {
            switch error {
            case .emptyOperand, .divisionByZero: return nil
            default: throw error
            }
        }
    }

    private func scaled(_ number: Rational?) -> Result {
        number.map { .value($0 * indicator.scale) } ?? .zeroDenominator
    }
}
