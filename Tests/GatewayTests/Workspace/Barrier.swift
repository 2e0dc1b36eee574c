import PlumblineKit
import Synchronization

/// A place where a source waits until a test lets it go on.
final class Barrier: Sendable {
    private struct State {
        var isOpen = false
        var arrivals = 0
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private static let barriers = Mutex<[String: Barrier]>([:])

    /// The barrier of that name, closed at first.
    static func named(_ name: String) -> Barrier {
        barriers.withLock { barriers in
            let barrier = barriers[name] ?? Barrier()
            barriers[name] = barrier
            return barrier
        }
    }

    /// How often somebody has come.
    var arrivals: Int { state.withLock(\.arrivals) }

    /// Lets everybody pass, those who come later too.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for one in waiting { one.resume(returning: true) }
    }

    /// Waits until so many have come.
    func reached(_ count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrivals < count { state.watchers.append((count, continuation)) }
                return state.arrivals >= count
            }
            if isThere { continuation.resume() }
        }
    }

    /// Waits until it is open.
    func pass() async throws(ConnectorError) {
        let number = state.withLock { state in
            state.arrivals += 1
            return state.arrivals
        }
        announce()
        let mayPass = await withTaskCancellationHandler {
            await withCheckedContinuation { wait($0, number) }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
        }
        if !mayPass { throw .cancelled }
    }

    private func wait(_ continuation: CheckedContinuation<Bool, Never>, _ number: Int) {
        let answer: Bool? = state.withLock { state in
            if state.isOpen || Task.isCancelled { return state.isOpen }
            state.waiting[number] = continuation
            return nil
        }
        if let answer { continuation.resume(returning: answer) }
    }

    private func announce() {
        let here = state.withLock { state in
            let here = state.watchers.filter { $0.count <= state.arrivals }
            state.watchers.removeAll { $0.count <= state.arrivals }
            return here
        }
        for watcher in here { watcher.continuation.resume() }
    }
}
