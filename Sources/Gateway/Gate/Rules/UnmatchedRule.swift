internal import ReviewStore

/// Far more accounts of the connection belong to nobody than before.
enum UnmatchedRule: GateRule {
    static let name = "unmatched_share"
    private static let fewest = 5

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let rise = judged.thresholds.unmatchedShare,
            let counts = Spread(judged.history.map { Double($0.unmatchedAccounts) }),
            Double(judged.run.unmatchedAccounts) >= counts.median + Double(fewest),
            let usual = Spread(judged.history.filter { $0.accounts > 0 }.map(share))
        else { return [] }
        let found = share(judged.run)
        guard found > usual.median + rise else { return [] }
        return [
            GateFinding(
                rule: name, found: "\(judged.run.unmatchedAccounts) (\(found.percent))",
                expected: "≤ \((usual.median + rise).percent)")
        ]
    }

    private static func share(_ run: RunProfile) -> Double {
        Double(run.unmatchedAccounts) / Double(max(1, run.accounts))
    }
}
