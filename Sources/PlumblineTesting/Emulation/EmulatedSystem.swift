public import PlumblineKit

/// A source system in memory that enforces what its API reference says.
///
/// It is written from the reference alone, before the connector and without a look at it. Its doc comment names the
/// section of the reference that each rule stems from and marks what the reference does not confirm. What a request asks
/// beyond the reference is no guess to be answered: it goes to a list of faults that tests want to be empty.
public protocol EmulatedSystem: Sendable {
    /// What the system answers, with the status and the headers of the real one.
    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer
}

/// At most so many requests in a window of time that begins with the first of them.
public struct RequestWindow: Sendable {
    /// Requests in a window.
    public var limit: Int
    private let seconds: Int
    private var start: Instant?
    private var count = 0

    /// A window that lets `limit` requests through in `seconds`.
    public init(limit: Int, seconds: Int) {
        self.limit = limit
        self.seconds = seconds
    }

    /// Nil for a request that may pass; for others the seconds until one may.
    public mutating func refuse(at now: Instant) -> Int? {
        if let start, now < start.advanced(bySeconds: seconds) {
            guard count >= limit else {
                count += 1
                return nil
            }
            let rest = start.advanced(bySeconds: seconds).microseconds - now.microseconds
            return Int((rest + 999_999) / 1_000_000)
        }
        (start, count) = (now, 1)
        return nil
    }
}
