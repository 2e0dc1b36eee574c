internal import ReviewStore

/// A stream brings its first records while those of another one, which it may have taken the place of, still count: one
/// that was renamed would count twice.
///
/// Unlike other rules it is asked of a first run as well, and again until something of the stream is in effect. `plumbline
/// streams retire` takes the old records out and lets the new ones pass; releasing the hold has both count.
enum LeftBehindRule: GateRule {
    static let name = "left_behind"

    static func findings(_ judged: GateCase) -> [GateFinding] {
        guard judged.run.run.counters.inserted > 0 else { return [] }
        return judged.leftBehind.map {
            GateFinding(
                rule: name, subject: "\($0)", found: "\(judged.run.run.counters.inserted)",
                expected: "no records of \($0)")
        }
    }
}
