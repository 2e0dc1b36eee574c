internal import ReviewStore

/// A run from the beginning reads far more or less than its like; a file far more.
///
/// A small file is no sign: what was rejected comes again in one.
enum VolumeRule: GateRule {
    static let name = "volume"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let change = judged.thresholds.volumeChange, judged.isComplete, [.full, .file].contains(judged.mode),
            let usual = Spread(judged.comparable.map { Double($0.run.counters.read) })
        else { return [] }
        let read = Double(judged.run.run.counters.read)
        let margin = max(change * usual.median, judged.thresholds.deviations * usual.deviation)
        let range = max(0, usual.median - margin)...(usual.median + margin)
        let isTooLittle = read < range.lowerBound && judged.mode == .full && read > 0
        let isTooMuch = read > range.upperBound
        guard isTooLittle || isTooMuch, abs(read - usual.median) >= Double(judged.thresholds.minRecords) else {
            return []
        }
        return [
            GateFinding(
                rule: name, found: read.whole, expected: "\(range.lowerBound.whole)–\(range.upperBound.whole)")
        ]
    }
}
