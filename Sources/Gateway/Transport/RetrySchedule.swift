/// Whether and when a failed request is sent again.
///
/// Waiting times are random between zero and a bound that doubles ("full jitter"), so that many clients that failed
/// together do not come back together. What the source asks for in `Retry-After` is the least it gets.
struct RetrySchedule: Sendable {
    /// What is known of a failed attempt.
    struct Failure: Sendable {
        /// Whether the request may have reached the source.
        var wasSent = true
        /// The source's wish.
        var retryAfter: Duration?
    }

    enum Action: Equatable, Sendable {
        /// Send it again after this time.
        case retry(after: Duration)
        /// The failure stands.
        case giveUp
    }

    private let policy: RetryPolicy
    private let isIdempotent: Bool
    private let start: Duration
    /// How many attempts were reported as failed.
    private(set) var failures = 0

    init(_ policy: RetryPolicy, isIdempotent: Bool, startingAt start: Duration) {
        self.policy = policy
        self.isIdempotent = isIdempotent
        self.start = start
    }

    /// Decides after a failure. A request that must not be repeated is sent again only when it never left.
    mutating func next(after failure: Failure, at now: Duration, random: () -> Double) -> Action {
        failures += 1
        guard failures < policy.attempts, isIdempotent || !failure.wasSent else { return .giveUp }
        let wait = max(bound * random(), failure.retryAfter ?? .zero)
        return now + wait - start > policy.totalTime ? .giveUp : .retry(after: wait)
    }

    private var bound: Duration {
        var bound = policy.baseDelay
        for _ in 1..<max(failures, 1) where bound < policy.longestDelay { bound *= 2 }
        return min(bound, policy.longestDelay)
    }
}
