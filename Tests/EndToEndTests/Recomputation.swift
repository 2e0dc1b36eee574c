import BigInt
import Foundation
import PlumblineKit

/// Computes a value again from the JSON of its explanation alone, the naive way.
///
/// The records' values, keys and weights, and the rules that `form` and `measures` name, are all it reads; never a result
/// that the program has computed, except the groups of anonymous indicators, whose records are shown to nobody.
struct Recomputation {
    let explanation: JSON

    private var form: JSON { explanation["form"] ?? .null }
    private var measures: [MeasureRecomputation] {
        (explanation["measures"]?.array ?? []).map {
            MeasureRecomputation(
                measure: $0, zone: explanation["period"]?["zone"]?.string ?? "UTC",
                mergesSmallGroups: form["small_groups"]?.string == "merge")
        }
    }

    private var kind: String { form["kind"]?.string ?? "" }

    /// What the smallest measure that has data rests on; of a ratio only the denominator is asked.
    var sample: Int { own.map(\.sample).filter { $0 > 0 }.min() ?? 0 }

    /// The measures that the subject's sample and coverage are taken from: not the numerator, nor totals of the company.
    private var own: [MeasureRecomputation] {
        let counted = kind == "ratio" ? Array(measures.dropFirst()) : measures
        if explanation["subject"]?["kind"]?.string == "company" { return counted }
        return counted.filter { $0.measure["cel"]?["subject"]?.string != "company" }
    }

    private var included: Int { own.reduce(0) { $0 + $1.counted.count } }
    private var missing: Int { own.reduce(0) { $0 + $1.missing } }

    /// The value; nil where there is none.
    var value: Fraction? {
        let limit = form["max_missing_share"]?.string.flatMap { Fraction($0) }
        if let limit, let share = Fraction(missing) / Fraction(missing + included), share > limit { return nil }
        if sample == 0, missing > 0 { return nil }
        let scale = form["scale"]?.string.flatMap { Fraction($0) } ?? .one
        if let result { return result * scale }
        return form["zero_denominator"]?.string == "zero" && missing == 0 ? .zero : nil
    }

    /// The value as people see it: rounded half away from zero.
    func rounded(_ number: Fraction) -> String {
        let digits = form["scale_digits"]?.int ?? 0
        let unit = BigInt(10).power(digits)
        let whole = (number.magnitude * Fraction(unit, 1) + Fraction(1, 2)).floor
        let text = String(whole)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        let sign = number < .zero && whole > 0 ? "-" : ""
        return sign + padded.dropLast(digits) + (digits == 0 ? "" : "." + padded.suffix(digits))
    }

    /// Whether the value may have that status; how much of the period is over is not told by the explanation.
    func allows(_ status: String) -> Bool {
        guard value != nil else {
            let isExempt = form["zero_denominator"]?.string == "exempt" && missing == 0
            return status == (isExempt ? "exempt" : "no_data")
        }
        let isNaturalZero = form["zero_denominator"]?.string == "zero" && sample == 0
        let isLow = sample < form["min_sample"]?.int ?? 1 && !isNaturalZero
        return isLow ? status == "low_sample" : ["complete", "provisional", "partial"].contains(status)
    }

    /// Whether all groups that count are shown, where the records are not: each is as large as a group must be to be seen.
    var showsGroups: Bool {
        let smallest = form["min_sample"]?.int ?? 1
        return measures.allSatisfy { measure in
            measure.isGrouped && measure.measure["min_group_except"] == nil
                && measure.measure["min_group"]?.int ?? 0 >= smallest
        }
    }

    private var result: Fraction? {
        let measures = measures
        guard let outer = form["outer"]?.string else { return joined(measures.map { ($0.name, $0.single) }) }
        let groups = measures.map(\.groups)
        let keys = Set(groups.flatMap(\.keys)).sorted()
        let results = keys.compactMap { key -> (value: Fraction, weight: Fraction?)? in
            let numbers = zip(measures, groups).map { measure, groups in
                (measure.name, measure.isGrouped ? groups[key]?.result : measure.single)
            }
            let weight = groups.lazy.compactMap { $0[key]?.weight }.first
            return joined(numbers).map { ($0, weight) }
        }
        return join(results, by: outer)
    }

    /// What `single`, `ratio` or `finish` makes of the measures' numbers.
    private func joined(_ numbers: [(name: String, number: Fraction?)]) -> Fraction? {
        switch kind {
        case "single": return numbers.first?.number
        case "ratio":
            guard numbers.count == 2, let above = numbers[0].number, let below = numbers[1].number else { return nil }
            return above / below
        default:
            let names = Dictionary(numbers.map { ($0.name, $0.number) }) { first, _ in first }
            guard case .number(let number)? = FinishExpression.evaluate(form["finish"]?.string ?? "", names) else {
                return nil
            }
            return number
        }
    }

    private func join(_ results: [(value: Fraction, weight: Fraction?)], by outer: String) -> Fraction? {
        if results.isEmpty { return nil }
        let values = results.map(\.value)
        switch outer {
        case "sum", "count": return values.reduce(.zero, +)
        case "min": return values.min()
        case "max": return values.max()
        case "median": return percentile(Fraction(1, 2), of: values)
        case "weighted_mean":
            let hasWeights =
                results.contains { $0.weight != nil } || form["group_weights"]?.string?.hasPrefix("constants.") == true
            return weightedMean(results.map { ($0.value, hasWeights ? $0.weight : .one) })
        default: return mean(values)
        }
    }
}

/// One measure of an explanation, computed again from its records.
struct MeasureRecomputation {
    let measure: JSON
    let zone: String
    let mergesSmallGroups: Bool

    struct Group {
        let result: Fraction?
        let weight: Fraction?
    }

    var name: String { measure["name"]?.string ?? "" }
    var isGrouped: Bool { measure["groups"] != nil }
    private var records: [JSON] { measure["records"]?.array ?? [] }

    /// The records that are added up; a numerator leaves some of its records out.
    var counted: [JSON] { records.filter { $0["counted"]?.bool == true } }
    /// The number of different samples, or of records where none is named.
    var sample: Int {
        let samples = Set(counted.compactMap { $0["sample"]?.string })
        return samples.isEmpty ? counted.count : samples.count
    }
    var missing: Int {
        (measure["excluded"]?.array ?? []).count { ["missing", "failed"].contains($0["reason"]?.string) }
    }

    /// The measure's number where it has no groups.
    var single: Fraction? {
        if !counted.isEmpty { return aggregate(counted) }
        return ["count", "sum", "distinct"].contains(kind) && missing == 0 ? .zero : nil
    }

    private var kind: String { measure["aggregate"]?.string ?? "" }

    // MARK: Groups

    /// The groups that count, by key: made of the records, or as they are shown where the records are not.
    var groups: [String: Group] {
        guard measure["records"] != nil else { return shownGroups }
        let all = Dictionary(grouping: counted) { $0["group"]?.string ?? "" }
        var groups = all.filter { reachesMinimum($0.key, $0.value) }.mapValues { group($0) }
        let small = all.filter { groups[$0.key] == nil }
        let others = small.flatMap(\.value)
        if mergesSmallGroups, small.count > 1, reachesMinimum("others", others) {
            let weight = small.values.compactMap { self.weight($0) }.reduce(Fraction.zero, +)
            groups["others"] = Group(result: aggregate(others), weight: weight)
        }
        return groups
    }

    private var shownGroups: [String: Group] {
        let counting = (measure["groups"]?.array ?? []).filter { $0["counts"]?.bool != false }
        return Dictionary(
            counting.map { group in
                let (result, weight) = (group["result"]?.string, group["weight"]?.string)
                return (
                    group["key"]?.string ?? "",
                    Group(result: result.flatMap { Fraction($0) }, weight: weight.flatMap { Fraction($0) })
                )
            }
        ) { first, _ in first }
    }

    private func reachesMinimum(_ key: String, _ records: [JSON]) -> Bool {
        guard let minimum = measure["min_group"]?.int else { return true }
        let except = (measure["min_group_except"]?.array ?? []).compactMap(\.string)
        let samples = Set(records.compactMap { $0["sample"]?.string })
        return except.contains(key) || (samples.isEmpty ? records.count : samples.count) >= minimum
    }

    private func group(_ records: [JSON]) -> Group { Group(result: aggregate(records), weight: weight(records)) }

    private func weight(_ records: [JSON]) -> Fraction? {
        records.lazy.compactMap { fraction($0, "group_weight") }.last
    }

    // MARK: Aggregates

    private func aggregate(_ records: [JSON]) -> Fraction? {
        let values = records.compactMap { fraction($0, "value") }
        guard values.count == records.count else { return nil }
        switch kind {
        case "count", "sum":
            return zip(values, records).reduce(Fraction.zero) { sum, next in
                sum + next.0 * (fraction(next.1, "share") ?? .one)
            }
        case "mean", "weighted_mean":
            let weights = records.map { fraction($0, "weight") }
            if kind == "mean", weights.allSatisfy({ $0 == nil }) { return mean(values) }
            return weightedMean(Array(zip(values, weights)))
        case "median": return percentile(Fraction(1, 2), of: values)
        case "percentile":
            return measure["percentile"]?.string.flatMap { Fraction($0) }.flatMap { percentile($0, of: values) }
        case "min": return values.min()
        case "max": return values.max()
        case "distinct": return Fraction(Set(records.map { $0["distinct"]?.string ?? "" }).count)
        case "last":
            let last = records.compactMap { moment($0) }.max()
            return zip(values, records).filter { moment($0.1) == last }.map(\.0).reduce(.zero, +)
        case "mean_daily": return values.reduce(.zero, +) / Fraction(Set(records.map { day($0) }).count)
        default: return nil
        }
    }

    private func fraction(_ record: JSON, _ key: String) -> Fraction? { record[key]?.string.flatMap { Fraction($0) } }

    private func moment(_ record: JSON) -> Instant? { record["at"]?.string.flatMap { Instant(rfc3339: $0) } }

    private func day(_ record: JSON) -> Int {
        guard let moment = moment(record) else { return 0 }
        let seconds = Fraction(BigInt(moment.microseconds), 1_000_000)
        let date = Date(timeIntervalSince1970: Double(moment.microseconds) / 1_000_000)
        let offset = TimeZone(identifier: zone)?.secondsFromGMT(for: date) ?? 0
        return Int(((seconds + Fraction(offset)) * Fraction(1, 86_400)).floor)
    }
}

private func mean(_ values: [Fraction]) -> Fraction? { values.reduce(.zero, +) / Fraction(values.count) }

/// Values without a weight take no part.
private func weightedMean(_ values: [(value: Fraction, weight: Fraction?)]) -> Fraction? {
    let weighted = values.compactMap { value, weight in weight.map { (value: value, weight: $0) } }
    return weighted.map { $0.value * $0.weight }.reduce(.zero, +) / weighted.map(\.weight).reduce(.zero, +)
}

/// Linear interpolation at position (n - 1) p of the ascending values.
private func percentile(_ share: Fraction, of values: [Fraction]) -> Fraction? {
    if values.isEmpty { return nil }
    let ascending = values.sorted()
    let position = share * Fraction(values.count - 1)
    let index = Int(position.floor)
    let next = ascending[min(index + 1, values.count - 1)]
    return ascending[index] + (next - ascending[index]) * (position - Fraction(position.floor, 1))
}
