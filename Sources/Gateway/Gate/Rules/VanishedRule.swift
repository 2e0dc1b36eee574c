internal import ReviewStore

/// Many records of a stream vanish in one run.
enum VanishedRule: GateRule {
    static let name = "vanished"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        let vanished = judged.run.run.counters.gone + judged.run.run.counters.deleted
        guard let share = judged.thresholds.vanishedShare, vanished >= judged.thresholds.minRecords else { return [] }
        let before = Double(judged.run.live + vanished)
        guard Double(vanished) > share * before else { return [] }
        return [
            GateFinding(
                rule: name, found: "\(vanished) (\((Double(vanished) / before).percent))",
                expected: "≤ \(share.percent)")
        ]
    }
}
