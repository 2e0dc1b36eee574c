internal import Expressions
internal import ReviewStore

/// Changes come many times faster than in any of the compared runs, as after a mass change or with a clock that jumped.
enum SurgeRule: GateRule {
    static let name = "surge"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard let surge = judged.thresholds.surge, judged.mode == .incremental,
            let last = judged.history.first, let rate = rate(judged.run, after: last),
            let fastest = rates(judged.history).max(), fastest > 0, rate > surge * fastest, isMass(judged)
        else { return [] }
        return [GateFinding(rule: name, found: "\(rate.whole)/h", expected: "≤ \((surge * fastest).whole)/h")]
    }

    /// Whether the changes are many for the stream, and not only fast.
    private static func isMass(_ judged: GateCase) -> Bool {
        let changed = judged.run.run.counters.changed
        let most = judged.history.filter { $0.mode == .incremental }.map(\.run.counters.changed).max() ?? 0
        return changed >= 5 * judged.thresholds.minRecords && changed > 2 * most && 10 * changed > judged.run.live
    }

    /// Of every incremental run that another one precedes.
    private static func rates(_ history: [RunProfile]) -> [Double] {
        zip(history, history.dropFirst()).compactMap { run, before in
            run.mode == .incremental ? rate(run, after: before) : nil
        }
    }

    /// Changed records an hour since the run before began.
    private static func rate(_ run: RunProfile, after before: RunProfile) -> Double? {
        let microseconds = run.run.started.microseconds - before.run.started.microseconds
        guard microseconds > 0 else { return nil }
        return Double(run.run.counters.changed) / max(Double(microseconds) / 3_600_000_000, 1 / 60)
    }
}
