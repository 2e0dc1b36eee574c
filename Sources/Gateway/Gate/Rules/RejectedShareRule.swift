internal import ReviewStore

/// Far more records cannot be used than before.
enum RejectedShareRule: GateRule {
    static let name = "rejected_share"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        let counters = judged.run.run.counters
        guard let rise = judged.thresholds.rejectedShare, counters.read >= judged.thresholds.minRecords,
            let usual = Spread(judged.history.filter { $0.run.counters.read > 0 }.map(share))
        else { return [] }
        let limit = usual.median + max(rise, judged.thresholds.deviations * usual.deviation)
        let found = share(judged.run)
        guard found > limit else { return [] }
        return [GateFinding(rule: name, found: found.percent, expected: "≤ \(limit.percent)")]
    }

    private static func share(_ run: RunProfile) -> Double {
        Double(run.run.counters.rejected) / Double(max(1, run.run.counters.read))
    }
}
