internal import Expressions
internal import Indicators
internal import ReviewStore

/// One thing that the quality gate looks at.
protocol GateRule: Sendable {
    /// As findings name it, such as `volume`.
    static var name: String { get }
    /// What is wrong with a run; empty where nothing is, or where there is nothing to tell by.
    static func findings(_ judged: GateCase) -> [GateFinding]
}

/// A run that is to be judged, with what it is compared with.
struct GateCase {
    let run: RunProfile
    let mode: RunProfile.Mode
    /// Judged runs of the stream, newest first; of what its system has sent, or of the others, as the run is.
    let history: [RunProfile]
    /// The latest moments that earlier runs have told of, one for each day.
    let newest: [Timestamp]
    /// Streams whose records count although no file describes them any more, and that this one may have taken the place
    /// of; none where the stream has records in effect.
    let leftBehind: [StreamReference]
    let thresholds: GateThresholds
    let calendar: WorkCalendar

    /// The rules, in the order in which their findings are told.
    static let rules: [any GateRule.Type] = [
        ZeroRowsRule.self, VolumeRule.self, GrowthRule.self, SurgeRule.self, VanishedRule.self, SourceCountRule.self,
        RejectedShareRule.self, EmptyShareRule.self, SchemaDriftRule.self, UnmatchedRule.self, FreshnessRule.self,
    ]

    /// Runs that read their stream as this one did. What an interrupted run had left is compared with all.
    var comparable: [RunProfile] { mode == .resumed ? history : history.filter { $0.mode == mode } }

    /// Whether the run came to its end, so that what it has not read is not there. What a system sends is never all.
    var isComplete: Bool { run.run.state == .succeeded && mode != .resumed && mode != .pushed }

    var findings: [GateFinding] {
        if storedNothing { return [] }
        return LeftBehindRule.findings(self) + (isFirst ? [] : Self.rules.flatMap { $0.findings(self) })
    }

    /// Whether the run was ended before it stored a page, as a preview, a file with bad rows or a source that is away.
    private var storedNothing: Bool { run.run.state != .succeeded && run.run.counters.pages == 0 }

    /// Whether there is nothing to compare with: a first run is learned from.
    var isFirst: Bool { history.isEmpty }
}

/// The middle of some numbers and how far they lie from it.
struct Spread {
    let median: Double
    /// The median absolute deviation, scaled so that it estimates a standard deviation.
    let deviation: Double

    /// Nil where there are no numbers.
    init?(_ numbers: [Double]) {
        guard let median = Self.median(numbers),
            let deviation = Self.median(numbers.map { abs($0 - median) })
        else { return nil }
        self.median = median
        self.deviation = 1.4826 * deviation
    }

    private static func median(_ numbers: [Double]) -> Double? {
        let sorted = numbers.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

extension Double {
    /// The number without decimals.
    var whole: String { String(Int(rounded())) }

    /// A share in percent, with one decimal where it has any.
    var percent: String {
        let tenths = Int((self * 1000).rounded())
        return tenths.isMultiple(of: 10) ? "\(tenths / 10)%" : "\(tenths / 10).\(abs(tenths % 10))%"
    }
}
