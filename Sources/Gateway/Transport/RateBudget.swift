/// Who may send a request now: at most so many in a second, evenly spaced, and so many at once; first come, first
/// served.
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
        /// Report ``Event/woken`` after this time.
        case wake(after: Duration)
    }

    private let interval: Duration
    private let limit: Int
    private var running = 0
    private var waiting: [Ticket] = []
    private var earliest: Duration = .zero
    private var wakeAt: Duration?

    /// Rates and limits below the possible are read as the smallest possible: one request in 1000 seconds, one at once.
    init(requestsPerSecond: Double, concurrentRequests: Int) {
        interval = .seconds(1 / max(requestsPerSecond, 0.001))
        limit = max(concurrentRequests, 1)
    }

    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        switch event {
        case .asked(let ticket): waiting.append(ticket)
        case .finished: running -= 1
        case .cancelled(let ticket): waiting.removeAll { $0 == ticket }
        case .held(let time): earliest = max(earliest, now + time)
        case .woken: wakeAt = nil
        }
        return admitted(at: now)
    }

    private mutating func admitted(at now: Duration) -> [Action] {
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
