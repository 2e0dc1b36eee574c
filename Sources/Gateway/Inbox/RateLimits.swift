internal import Synchronization

/// How often each connection may be called.
final class RateLimits: Sendable {
    private let buckets = Mutex<[String: Bucket]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) { self.now = now }

    /// Nil where a connection may be called now, else after how many seconds it may. The name must be a connection's, so
    /// that nobody fills the memory with names.
    func wait(for connection: String, perSecond: Int) -> Int? {
        let moment = now()
        return buckets.withLock { buckets in
            if buckets[connection]?.perSecond != perSecond {
                buckets[connection] = Bucket(
                    perSecond: perSecond, tokens: TokenBucket(perSecond: perSecond, at: moment))
            }
            return buckets[connection]?.tokens.take(at: moment)
        }
    }

    private struct Bucket {
        let perSecond: Int
        var tokens: TokenBucket
    }
}
