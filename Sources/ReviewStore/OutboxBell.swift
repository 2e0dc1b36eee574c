internal import Synchronization

/// Wakes who waits for something to deliver.
///
/// A ring that nobody hears is kept for the next who waits.
public final class OutboxBell: Sendable {
    private struct State {
        var isRung = false
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
        var number = 0
    }

    private let state = Mutex(State())

    /// A bell that was not rung.
    public init() {}

    /// Wakes all who wait, or the next who does.
    public func ring() {
        let waiters = state.withLock { state in
            let waiters = Array(state.waiters.values)
            state.isRung = waiters.isEmpty
            state.waiters = [:]
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns once it rings, or the task is cancelled.
    public func wait() async {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiters[number] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume()
        }
    }
}
