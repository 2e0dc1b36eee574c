/// Who may send a request now: at most so many in a second, evenly spaced, and so many at once; first come, first
/// served. While the source wants a long pause, nobody waits: requests are refused with what is left of it.
///
/// A value that is told what happens and says what to do. ``RateGate`` drives it.
struct RateBudget: Sendable {
    /// Names one waiting request.
    typealias Ticket = UInt64

    enum Event: Sendable {
        /// A request wants to be sent.
        case asked(Ticket)
        /// An admitted request is done.
        case finished
        /// A waiting request is no longer wanted.
        case cancelled(Ticket)
        /// The source asked for a pause.
        case held(for: Duration)
        /// The time of an earlier ``Action/wake(after:)`` has come.
        case woken
    }

    enum Action: Equatable, Sendable {
        /// Let this request go.
        case admit(Ticket)
        /// Tell this request that the source still wants a pause of this length.
        case refuse(Ticket, rest: Duration)
        /// Report ``Event/woken`` after this time.
        case wake(after: Duration)
    }

    private let interval: Duration
    private let limit: Int
    private let longestPause: Duration
    private var running = 0
    private var waiting: [Ticket] = []
    private var earliest: Duration = .zero
    private var pausedUntil: Duration = .zero
    private var wakeAt: Duration?

    /// Rates and limits below the possible are read as the smallest possible: one request in 1000 seconds, one at once.
    /// Pauses up to `longestPause` are waited for.
    init(requestsPerSecond: Double, concurrentRequests: Int, longestPause: Duration) {
        self.longestPause = longestPause
        interval = .seconds(1 / max(requestsPerSecond, 0.001))
        limit = max(concurrentRequests, 1)
    }

    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        switch event {
        case .asked(let ticket): waiting.append(ticket)
        case .finished: running -= 1
        case .cancelled(let ticket): waiting.removeAll { $0 == ticket }
        case .held(let time):
            pausedUntil = max(pausedUntil, now + time)
            earliest = max(earliest, pausedUntil)
        case .woken: wakeAt = nil
        }
        return admitted(at: now)
    }

    private mutating func admitted(at now: Duration) -> [Action] {
        let rest = pausedUntil - now
        if rest > longestPause {
            defer { waiting = [] }
            return waiting.map { .refuse($0, rest: rest) }
        }
        var actions: [Action] = []
        while running < limit, let next = waiting.first {
            guard now >= earliest else {
                if wakeAt.map({ $0 > earliest }) ?? true {
                    wakeAt = earliest
                    actions.append(.wake(after: earliest - now))
                }
                break
            }
            waiting.removeFirst()
            running += 1
            earliest = now + interval
            actions.append(.admit(next))
        }
        return actions
    }
}
