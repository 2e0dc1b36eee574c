public import PlumblineKit
import Synchronization

/// Programs that a test plays: what would be started is asked of a closure.
public final class PlayedPrograms: ProgramLauncher {
    /// What a program writes and how it ends.
    public struct Play: Sendable {
        /// Its lines.
        public var lines: [String]
        /// Its end.
        public var end: ProgramEnd

        /// A program that writes these lines and ends, well unless told otherwise.
        public init(_ lines: [String], end: ProgramEnd = ProgramEnd(.exited(0))) {
            self.lines = lines
            self.end = end
        }
    }

    private let play: @Sendable (ProgramOrder) -> Play
    private let seen = Mutex<(orders: [ProgramOrder], open: Int)>(([], 0))

    /// Programs whose play follows from the order.
    public init(_ play: @escaping @Sendable (ProgramOrder) -> Play) { self.play = play }

    /// What was started so far.
    public var orders: [ProgramOrder] { seen.withLock(\.orders) }

    /// How many programs neither ended nor were stopped.
    public var running: Int { seen.withLock(\.open) }

    /// Starts a play.
    public func start(_ order: ProgramOrder) async throws(ConnectorError) -> any RunningProgram {
        seen.withLock { seen in
            seen.orders.append(order)
            seen.open += 1
        }
        return PlayedProgram(play(order)) { [self] in seen.withLock { $0.open -= 1 } }
    }

    /// One line.
    public func isolation() async -> [String] { ["is played"] }
}

/// A program that is played; it hands out its lines by threes.
private final class PlayedProgram: RunningProgram {
    private let end: ProgramEnd
    private let lines: Mutex<ArraySlice<String>>
    private let hasEnded = Mutex(false)
    private let onEnd: @Sendable () -> Void

    init(_ play: PlayedPrograms.Play, onEnd: @escaping @Sendable () -> Void) {
        end = play.end
        lines = Mutex(play.lines[...])
        self.onEnd = onEnd
    }

    func lines() async throws(ConnectorError) -> [ProgramLine]? {
        if Task.isCancelled { throw .cancelled }
        return lines.withLock { lines in
            let next = lines.prefix(3)
            lines.removeFirst(next.count)
            return next.isEmpty ? nil : next.map { ProgramLine(bytes: Array($0.utf8)[...]) }
        }
    }

    func end() async throws(ConnectorError) -> ProgramEnd {
        await stop()
        return end
    }

    func stop() async {
        let isFirst = hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return !hasEnded
        }
        if isFirst { onEnd() }
    }
}
