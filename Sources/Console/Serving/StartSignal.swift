internal import ServiceLifecycle
internal import Synchronization

/// Tells those who wait for it that the server listens.
final class StartSignal: Sendable {
    /// Those who wait; nil once the server listens.
    private let waiting = Mutex<[AsyncStream<Void>.Continuation]?>([])

    /// The server listens.
    func send() {
        let waiting = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        for one in waiting ?? [] { one.finish() }
    }

    /// Waits until the server listens; false where the process is to stop before.
    func wait() async -> Bool {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        waiting.withLock { waiting in
            if waiting == nil { continuation.finish() } else { waiting?.append(continuation) }
        }
        for await _ in stream.cancelOnGracefulShutdown() {}
        return !Task.isCancelled && !Task.isShuttingDownGracefully
    }
}
