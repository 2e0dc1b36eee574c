internal import Synchronization

/// How often each connection may be called, in one respect.
///
/// There are two of them: one for requests that have proven themselves, one for those that have not. A budget that anybody
/// can spend must keep nobody out, so that a request is read and its signature looked at before any is asked for. What that
/// costs is bounded otherwise: by the length of bodies, by the number of clients, by their patience, and by address in the
/// proxy before us, which alone knows the clients' addresses.
public final class RateLimits: Sendable {
    private let buckets = Mutex<[String: Bucket]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Full budgets; `now` tells the moment.
    public init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Nil where a connection may be called now, else after how many seconds it may. The name must be a connection's, so
    /// that nobody fills the memory with names.
    public func wait(for connection: String, perSecond: Int) -> Int? {
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
