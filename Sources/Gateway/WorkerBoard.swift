internal import Synchronization

/// What the workers of a serving process say of themselves, and which of them have fallen silent.
///
/// A worker begins, beats for as long as it lives, and ends or fails. One that beats too rarely hangs: it is reported like
/// a dead one.
public final class WorkerBoard: Sendable {
    private let entries = Mutex<[String: Entry]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    /// A board without workers that asks `now` for the moment.
    public init(now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }) { self.now = now }

    /// A worker begins, or begins again after it failed. It is going to beat at least once within `patience`.
    public func began(_ name: String, patience: Duration = .seconds(120)) {
        let moment = now()
        entries.withLock { entries in
            entries[name] = Entry(
                state: .working(lastBeat: moment), patience: patience, failures: entries[name]?.failures ?? 0)
        }
    }

    /// A worker lives. Without effect for one that has not begun, or has ended.
    public func beat(_ name: String) {
        let moment = now()
        entries.withLock { entries in
            if case .working = entries[name]?.state { entries[name]?.state = .working(lastBeat: moment) }
        }
    }

    /// A worker could not go on, for a reason that holds no secret.
    public func failed(_ name: String, reason: String) {
        entries.withLock { entries in
            var entry = entries[name] ?? Entry(state: .ended, patience: .zero)
            entry.state = .failed(reason: reason)
            entry.failures += 1
            entries[name] = entry
        }
    }

    /// A worker has ended as it was asked to.
    public func ended(_ name: String) { entries.withLock { $0[name]?.state = .ended } }

    /// All workers by their names.
    public var workers: [WorkerHealth] {
        let moment = now()
        return entries.withLock { $0 }.sorted { $0.key < $1.key }.map { name, entry in
            WorkerHealth(name: name, trouble: entry.trouble(at: moment), failures: entry.failures)
        }
    }
}

/// How a worker is.
public struct WorkerHealth: Sendable, Hashable {
    /// The worker's name.
    public let name: String
    /// Why it does no work; nil where it lives.
    public let trouble: String?
    /// How often it has failed since the process began.
    public let failures: Int

    /// Whether it lives.
    public var isUp: Bool { trouble == nil }
}

private struct Entry {
    var state: State
    var patience: Duration
    var failures = 0

    enum State {
        case working(lastBeat: ContinuousClock.Instant)
        case failed(reason: String)
        case ended
    }

    func trouble(at moment: ContinuousClock.Instant) -> String? {
        switch state {
        case .working(let lastBeat):
            let silence = moment - lastBeat
            return silence > patience ? "no sign of life for \(silence.components.seconds) s" : nil
        case .failed(let reason): return "failed: \(reason)"
        case .ended: return "has ended"
        }
    }
}
