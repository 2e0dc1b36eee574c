internal import ReviewStore

/// The source counts otherwise than we do, by more than it used to.
enum SourceCountRule: GateRule {
    static let name = "source_count"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let share = judged.thresholds.countShare, judged.isComplete, let source = judged.run.run.sourceCount,
            let lacking = difference(judged.run)
        else { return [] }
        let last = judged.history.lazy.compactMap(difference).first ?? 0
        guard abs(lacking - last) > max(5, share * Double(source)) else { return [] }
        return [GateFinding(rule: name, found: (Double(source) - lacking).whole, expected: "\(source)")]
    }

    /// How many records we lack; those that were rejected are not lacking.
    private static func difference(_ run: RunProfile) -> Double? {
        run.run.sourceCount.map { Double($0 - run.live - run.openRejects) }
    }
}
