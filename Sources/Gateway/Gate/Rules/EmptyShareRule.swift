internal import ReviewStore

/// A field is empty in far more records than before.
enum EmptyShareRule: GateRule {
    static let name = "empty_share"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let rise = judged.thresholds.emptyShare, judged.run.mapped >= judged.thresholds.minRecords else {
            return []
        }
        let compared = judged.comparable.filter { $0.mapped >= judged.thresholds.minRecords }
        return judged.run.emptyFields.keys.sorted().compactMap { field in
            guard let found = share(field, judged.run),
                let usual = Spread(compared.compactMap { share(field, $0) })
            else { return nil }
            let noise = 4 * (usual.median * (1 - usual.median) / Double(judged.run.mapped)).squareRoot()
            let limit = usual.median + max(rise, judged.thresholds.deviations * usual.deviation, noise)
            guard found > limit else { return nil }
            return GateFinding(rule: name, subject: field, found: found.percent, expected: "≤ \(limit.percent)")
        }
    }

    private static func share(_ field: String, _ run: RunProfile) -> Double? {
        run.emptyFields[field].map { Double($0) / Double(max(1, run.mapped)) }
    }
}
