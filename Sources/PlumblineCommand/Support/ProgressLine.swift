internal import Gateway
internal import Synchronization

/// Shows on standard error how far a pull has come: one line that is written anew on a terminal, else now and then.
final class ProgressLine: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)

    private let start = ContinuousClock.now

    func show(_ progress: PullProgress) {
        show("\(progress.connection)/\(progress.stream): \(progress.records) records")
    }

    /// Rows of a file that is imported, and how fast they come.
    func show(rows: Int) {
        let seconds = max(1, (ContinuousClock.now - start).components.seconds)
        show("\(rows) rows, \(Int64(rows) / seconds) a second")
    }

    private func show(_ text: String) {
        let now = ContinuousClock.now
        let isDue = last.withLock { last in
            let pause: Duration = StandardError.isTerminal ? .milliseconds(100) : .seconds(5)
            // What ends within a second needs no progress.
            if now - (last ?? start) < (last == nil ? .seconds(1) : pause) { return false }
            last = now
            return true
        }
        if !isDue { return }
        if StandardError.isTerminal { StandardError.replaceLine(text) } else { StandardError.write("\(text)\n") }
    }

    func clear() {
        if StandardError.isTerminal { StandardError.replaceLine("") }
    }
}
