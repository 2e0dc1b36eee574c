internal import ReviewStore

/// Many records of a stream vanish in one run.
enum VanishedRule: GateRule {
    static let name = "vanished"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        let vanished = judged.run.run.counters.gone + judged.run.run.counters.deleted
        let before = Double(judged.run.live + vanished)
        guard let share = judged.thresholds.vanishedShare else { return [] }
        let isMuch = vanished >= judged.thresholds.minRecords && Double(vanished) > share * before
        // Of a small stream, the half.
        guard isMuch || vanished >= 5 && Double(vanished) >= max(0.5, share) * before else { return [] }
        return [
            GateFinding(
                rule: name, found: "\(vanished) (\((Double(vanished) / before).percent))",
                expected: "≤ \(share.percent)")
        ]
    }
}
