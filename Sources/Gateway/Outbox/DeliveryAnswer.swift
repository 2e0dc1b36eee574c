internal import PlumblineKit

/// What came of sending a message to a sink.
struct DeliveryAnswer: Sendable, Hashable {
    let verdict: Verdict
    /// The status of HTTP; nil where there was none.
    var status: Int?
    /// Why it was not accepted, without secrets; nil where it was.
    var reason: String?

    enum Verdict: Sendable, Hashable {
        case accepted
        /// The receiver wants no message ever again.
        case gone
        /// The receiver wants no message now; it may say for how long.
        case busy(for: Duration?)
        /// Anything else: it may be otherwise later.
        case failed
    }

    /// It was taken.
    static func accepted(status: Int?) -> DeliveryAnswer { DeliveryAnswer(verdict: .accepted, status: status) }

    /// It was not taken.
    static func failed(_ reason: String, status: Int? = nil) -> DeliveryAnswer {
        DeliveryAnswer(verdict: .failed, status: status, reason: reason)
    }
}

extension DeliveryAnswer {
    /// What a receiver is given that has too much to do and does not say for how long.
    private static let usualPause = Duration.seconds(60)

    /// What an answer of HTTP means, as Standard Webhooks says: 2xx is success, 410 ends it, a redirect is a failure, and
    /// `Retry-After` counts with whatever failure it comes, for a day at most.
    init(status: Int, headers: HTTPHeaders, words: String, unixTime: Int64) {
        self.status = status
        if (200..<300).contains(status) {
            verdict = .accepted
            return
        }
        let wait = headers["Retry-After"].flatMap { RetryAfter.wait($0, now: unixTime) }
            .map { min($0, ResponseVerdict.longestRetryAfter) }
        switch status {
        case 410: verdict = .gone
        case 429: verdict = .busy(for: wait ?? Self.usualPause)
        default: verdict = wait.map { .busy(for: $0) } ?? .failed
        }
        let hint = (300..<400).contains(status) ? "it redirects; write the new address into the sink's file" : words
        reason = "status \(status)" + (hint.isEmpty ? "" : ": \(hint)")
    }
}
