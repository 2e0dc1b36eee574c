internal import ReviewStore

/// A source that gave records before, read from the beginning, gives none.
enum ZeroRowsRule: GateRule {
    static let name = "zero_rows"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard judged.thresholds.zeroRows, judged.isComplete, judged.mode == .full, judged.run.run.counters.read == 0,
            let usual = Spread(judged.comparable.map { Double($0.run.counters.read) }), usual.median > 0
        else { return [] }
        return [GateFinding(rule: name, found: "0", expected: usual.median.whole)]
    }
}
