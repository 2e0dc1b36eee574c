internal import Expressions

/// Which sinks are being delivered to, and which come next: a few at once, each by itself, so that one that answers slowly, or
/// never, keeps no other waiting.
///
/// A value that is told what happens and says what to do; a sink is never delivered to twice at once.
struct SinkRounds: Sendable {
    /// So many sinks are delivered to at once.
    static let mostAtOnce = 16

    private var underWay: Set<String> = []
    /// The sinks that are to be looked at, in the order in which that was wanted.
    private var wanted: [String] = []
    /// Sinks that something may have been written for while they were under way.
    private var wantedAgain: Set<String> = []
    /// When something is due next; nothing for those where nothing waits or nothing can be sent.
    private var next: [String: Timestamp] = [:]

    /// Something may be due at these sinks, which are all that there are.
    mutating func want(_ sinks: [String]) {
        next = next.filter { sinks.contains($0.key) }
        wanted.removeAll { !sinks.contains($0) }
        for sink in sinks {
            if underWay.contains(sink) {
                wantedAgain.insert(sink)
            } else if !wanted.contains(sink) {
                wanted.append(sink)
            }
        }
    }

    /// The sinks whose rounds are to begin now.
    mutating func begin() -> [String] {
        let sinks = Array(wanted.prefix(max(0, Self.mostAtOnce - underWay.count)))
        wanted.removeFirst(sinks.count)
        underWay.formUnion(sinks)
        return sinks
    }

    /// A sink's round has ended; nil where nobody knows what is due.
    mutating func ended(_ sink: String, _ report: SinkReport?) {
        underWay.remove(sink)
        // What cannot be sent stays due, and so does what another process is about to send.
        next[sink] = report.flatMap { $0.fault == nil && !$0.isBusy ? $0.next : nil }
        if wantedAgain.remove(sink) != nil { wanted.append(sink) }
    }

    /// How long nothing is to be done, if nobody writes: until something is due at a sink that is not under way, but no longer
    /// than `longest`.
    func pause(at now: Timestamp, longest: Duration) -> Duration {
        let due = next.filter { !underWay.contains($0.key) }.map(\.value).min()
        return due.map { min(max($0 - now, .milliseconds(50)), longest) } ?? longest
    }
}
