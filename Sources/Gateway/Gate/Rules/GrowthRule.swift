internal import ReviewStore

/// A run that reads changes brings far more new records than the stream had, as after a file was replaced by another.
enum GrowthRule: GateRule {
    static let name = "growth"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let change = judged.thresholds.volumeChange, judged.mode == .incremental, let last = judged.history.first
        else { return [] }
        let inserted = judged.run.run.counters.inserted
        let most = judged.history.map(\.run.counters.inserted).max() ?? 0
        let limit = max(change * Double(last.live), Double(5 * most), Double(25 * judged.thresholds.minRecords))
        guard Double(inserted) > limit else { return [] }
        return [GateFinding(rule: name, found: "\(inserted)", expected: "≤ \(limit.whole)")]
    }
}
