internal import ReviewStore

/// A run from the beginning reads far more or less than its like; a file far more than any before.
///
/// A small file is no sign: what was rejected comes again in one. It takes three files to know what is usual.
enum VolumeRule: GateRule {
    static let name = "volume"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard judged.isComplete, let range = usual(judged) else { return [] }
        let read = Double(judged.run.run.counters.read)
        // Nothing at all is another rule's.
        guard read > 0, !range.contains(read) else { return [] }
        return [
            GateFinding(
                rule: name, found: read.whole, expected: "\(range.lowerBound.whole)–\(range.upperBound.whole)")
        ]
    }

    private static func usual(_ judged: GateCase) -> ClosedRange<Double>? {
        let earlier = judged.comparable.map { Double($0.run.counters.read) }
        guard let change = judged.thresholds.volumeChange, let spread = Spread(earlier) else { return nil }
        switch judged.mode {
        case .full:
            let least = Double(judged.thresholds.minRecords)
            let margin = max(change * spread.median, judged.thresholds.deviations * spread.deviation, least)
            // A stream that has grown since is read whole with all that came.
            let grown = (1 + change) * Double(judged.history.first?.live ?? 0)
            return max(0, spread.median - margin)...max(spread.median + margin, grown)
        case .file where earlier.count >= 3:
            return 0...max(5 * (earlier.max() ?? 0), Double(10 * judged.thresholds.minRecords))
        default: return nil
        }
    }
}
