internal import Gateway
internal import Logging
internal import ServiceLifecycle

/// A worker that is started again when it fails, after a while that grows with each failure in a row.
///
/// The server stays up without it: the board tells of it, and with the board `/readyz` and the metrics.
struct SupervisedService: Service {
    /// The worker's name on the board.
    let name: String
    let worker: any Service
    let board: WorkerBoard
    let logger: Logger
    /// Completes once the server listens: where it cannot, nothing has begun.
    var start: StartSignal?
    var pause: Pause = waiting
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// A worker that lived for so long has not failed in a row.
    private static let soundLife = Duration.seconds(300)
    private static let longestWait = Duration.seconds(60)

    func run() async throws {
        if let start, await !start.wait() { return }
        var wait = Duration.seconds(1)
        while true {
            let began = now()
            board.began(name)
            let reason = await life()
            if Task.isCancelled || Task.isShuttingDownGracefully { return board.ended(name) }
            board.failed(name, reason: reason)
            if now() - began >= Self.soundLife { wait = .seconds(1) }
            logger.error(
                "a worker failed and is started again",
                metadata: ["worker": "\(name)", "reason": "\(reason)", "after": "\(wait.components.seconds) s"])
            guard await pause(wait) else { return }
            wait = min(wait * 2, Self.longestWait)
        }
    }

    /// One life of the worker: why it ended.
    private func life() async -> String {
        do {
            try await worker.run()
            return "it ended, which it must not while the server runs"
        } catch {
            return "\(error)"
        }
    }
}
