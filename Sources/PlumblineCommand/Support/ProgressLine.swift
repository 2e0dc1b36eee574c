internal import Gateway
internal import Synchronization

/// Shows on standard error how far a pull has come: one line that is written anew on a terminal, else now and then.
final class ProgressLine: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    func show(_ progress: PullProgress) {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            let pause: Duration = StandardError.isTerminal ? .milliseconds(100) : .seconds(5)
            if let last, now - last < pause { return false }
            last = now
            return true
        }
        if !isDue { return }
        let text = "\(progress.connection)/\(progress.stream): \(progress.records) records"
        if StandardError.isTerminal { StandardError.replaceLine(text) } else { StandardError.write("\(text)\n") }
    }

    func clear() {
        if StandardError.isTerminal { StandardError.replaceLine("") }
    }
}
