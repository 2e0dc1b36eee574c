internal import Console
internal import Foundation
internal import Logging
internal import Synchronization

/// The signals that end a serving process: the first asks it to end what has begun, the second ends it.
///
/// They are heard from the start on, and on a queue of their own: the second works also while the schema is brought up to
/// date, or while every thread that runs tasks is busy. Wherever it falls, what was acknowledged is on disk.
final class EndSignals {
    private let sources: [any DispatchSourceSignal]
    /// Ends with the first signal.
    let asked: AsyncStream<Void>

    /// Listens from now on for as long as it lives.
    init(_ logger: Logger) {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let (queue, heard) = (DispatchQueue(label: "plumbline.signals"), SignalCount())
        self.asked = asked
        sources = [SIGTERM, SIGINT].map { signal in
            let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
            source.setEventHandler {
                if heard.isFirst { Self.begin(signal, ask, logger) } else { Self.endAtOnce(signal, logger) }
            }
            source.resume()
            return source
        }
    }

    /// Stops the server once it is asked to; returns without that where the task is cancelled.
    static func stop(_ server: GatewayServer, when asked: AsyncStream<Void>) async {
        for await _ in asked {}
        if !Task.isCancelled { await server.stop() }
    }

    private static func begin(_ signal: Int32, _ ask: AsyncStream<Void>.Continuation, _ logger: Logger) {
        logger.info(
            "stops: what has begun is ended first; a second signal ends it at once",
            metadata: ["signal": "\(name(signal))", "at_most": "\(GatewayServer.longestDrain.components.seconds) s"])
        ask.finish()
    }

    private static func endAtOnce(_ signal: Int32, _ logger: Logger) {
        logger.warning(
            "ends at once: what was not acknowledged is sent again by its sender",
            metadata: ["signal": "\(name(signal))"])
        Foundation._exit(128 + signal)
    }

    private static func name(_ signal: Int32) -> String { signal == SIGINT ? "SIGINT" : "SIGTERM" }
}

/// Whether a signal is the first one.
private final class SignalCount: Sendable {
    private let count = Mutex(0)

    var isFirst: Bool {
        count.withLock { count in
            count += 1
            return count == 1
        }
    }
}
