internal import ServiceLifecycle

/// Tells those who wait for it that the server listens.
final class StartSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// The server listens.
    func send() { continuation.finish() }

    /// Waits until the server listens; false where the process is to stop before.
    func wait() async -> Bool {
        for await _ in stream.cancelOnGracefulShutdown() {}
        return !Task.isCancelled && !Task.isShuttingDownGracefully
    }
}
