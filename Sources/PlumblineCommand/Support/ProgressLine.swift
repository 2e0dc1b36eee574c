internal import Gateway
internal import Synchronization

/// Shows on standard error how far a pull, an import or a backup has come: one line that is written anew on a terminal, else now
/// and then.
final class ProgressLine: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private let counting = Mutex<Task<Void, Never>?>(nil)

    private let start = ContinuousClock.now

    func show(_ progress: PullProgress) {
        show("\(progress.connection)/\(progress.stream): \(progress.records) records")
    }

    func show(_ progress: DeliveryProgress) {
        show("\(progress.sink): \(progress.attempted) events")
    }

    /// Rows of a file that is imported, how fast they come and how long the rest will take; then, how long the values
    /// take already.
    func show(_ progress: ImportProgress) {
        if progress.isComputing { return countSeconds(of: "computing values") }
        show(RowProgress(progress, after: ContinuousClock.now - start).text)
    }

    /// Steps of a backup; those that tell of no bytes, by how long they take already.
    func show(_ progress: BackupProgress) {
        if progress.countsBytes { stopCounting() }
        if progress.countsBytes { show(progress.text) } else { countSeconds(of: progress.text) }
    }

    /// Tells each second how long something takes, beginning when it has taken one.
    private func countSeconds(of what: String) {
        counting.withLock { task in
            if task != nil { return }
            let begin = ContinuousClock.now
            task = Task { [self] in
                while (try? await Task.sleep(for: .seconds(1))) != nil {
                    show("\(what), \((ContinuousClock.now - begin).components.seconds) s")
                }
            }
        }
    }

    private func stopCounting() {
        counting.withLock { task in
            task?.cancel()
            task = nil
        }
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
        stopCounting()
        if StandardError.isTerminal { StandardError.replaceLine("") }
    }
}

/// How far the rows of a file are read, in words.
struct RowProgress {
    private let progress: ImportProgress
    private let elapsed: Duration

    init(_ progress: ImportProgress, after elapsed: Duration) {
        (self.progress, self.elapsed) = (progress, elapsed)
    }

    /// Such as `120000 rows, 40000 a second, 60 %, about 2 s left`.
    var text: String {
        let rate = Double(progress.rows) / max(0.001, elapsed / .seconds(1))
        var parts = ["\(progress.rows) rows", "\(Int(rate)) a second"]
        if let fraction = progress.fraction { parts.append("\(Int(fraction * 100)) %") }
        if let left = progress.timeLeft(after: elapsed) { parts.append("about \(Self.words(left)) left") }
        return parts.joined(separator: ", ")
    }

    private static func words(_ duration: Duration) -> String {
        let seconds = Int((duration / .seconds(1)).rounded(.up))
        return seconds < 120 ? "\(seconds) s" : "\((seconds + 59) / 60) min"
    }
}
