/// How often something may happen: so many times a second, and as many at once.
struct TokenBucket: Sendable {
    private let perSecond: Double
    private var tokens: Double
    private var moment: ContinuousClock.Instant

    /// A full bucket.
    init(perSecond: Int, at moment: ContinuousClock.Instant) {
        self.perSecond = Double(max(1, perSecond))
        tokens = self.perSecond
        self.moment = moment
    }

    /// Takes a token; where there is none, gives after how many whole seconds there will be one.
    mutating func take(at now: ContinuousClock.Instant) -> Int? {
        refill(at: now)
        guard tokens < 1 else {
            tokens -= 1
            return nil
        }
        return max(1, Int(((1 - tokens) / perSecond).rounded(.up)))
    }

    private mutating func refill(at now: ContinuousClock.Instant) {
        guard now > moment else { return }
        let (seconds, attoseconds) = (now - moment).components
        tokens = min(perSecond, tokens + (Double(seconds) + Double(attoseconds) * 1e-18) * perSecond)
        moment = now
    }
}
