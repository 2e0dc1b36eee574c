/// When a delivery is attempted: the schedule that Standard Webhooks gives as its example, from at once to a day behind
/// the attempt before, each pause up to a fifth longer by chance, so that what failed together does not come back together.
///
/// Not to be confused with ``RetrySchedule``, by which a pull repeats a request within minutes.
/// - Source: github.com/standard-webhooks, spec/standard-webhooks.md, "Deliverability and reliability".
struct DeliverySchedule: Sendable, Hashable {
    /// The pauses before each attempt, the first included.
    let pauses: [Duration]
    /// The most that chance adds to a pause, as a share of it.
    let jitter: Double

    /// Ten attempts over a little more than three days.
    static let standard = DeliverySchedule(
        pauses: [
            .zero, .seconds(5), .seconds(5 * 60), .seconds(30 * 60), .seconds(2 * 3600), .seconds(5 * 3600),
            .seconds(10 * 3600), .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
        ],
        jitter: 0.2)

    /// The pause before the next attempt where so many have failed; nil where that was the last. `chance` is in 0..<1.
    func pause(afterFailures failures: Int, chance: Double) -> Duration? {
        guard failures < pauses.count else { return nil }
        return pauses[failures] * (1 + jitter * chance)
    }
}
