import Expressions
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import Gateway

/// A company whose scheduler runs on a clock that a test moves.
final class ScheduledCompany: Sendable {
    let current: CurrentHost
    let board: WorkerBoard
    let sleeper: ManualSleeper
    let scheduler: Scheduler
    private let lines: LogLines

    /// The scheduler of a workspace as it is now; it does not run yet.
    init(_ workspace: TestWorkspace, board: WorkerBoard = WorkerBoard()) async throws {
        self.board = board
        current = CurrentHost(try await workspace.host())
        let (sleeper, lines) = (ManualSleeper(workspace.clock), LogLines())
        (self.sleeper, self.lines) = (sleeper, lines)
        scheduler = Scheduler(
            current, board: board,
            logger: Logger(label: "test") { _ in RecordingHandler(lines: lines) },
            sleep: { _, end in try await sleeper.sleep(until: end) })
    }

    /// Runs `body` beside the scheduler and stops that afterwards.
    func run(_ body: (ScheduledCompany) async throws -> Void) async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [scheduler], logger: Logger(label: "group") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await begun()
            await sleeper.hasSleeper()
            try await body(self)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    /// Waits for the first publication. A pull that begins beside it may end before it: both ends are the test's then.
    private func begun() async {
        await lines.next("publication: begins")
        if count("diary: begins") == 0 { await lines.next("publication: ended") }
    }

    /// Moves the clock to a time and waits until the scheduler has begun what is due and sleeps again.
    func advance(to time: String) async { await sleeper.advance(to: time) }

    /// Waits for the next line that begins so; lines before it are passed over.
    @discardableResult
    func next(_ beginning: String) async -> String { await lines.next(beginning) }

    /// Waits until a pull and the publication of what it brought have ended. One that began before the pull ended, and may
    /// end after it, is another.
    func pulled(_ connection: String = "diary") async {
        await next("\(connection): ended")
        await next("publication: begins")
        await next("publication: ended")
    }

    /// How many lines so far begin so.
    func count(_ beginning: String) -> Int { lines.count(beginning) }
}

/// Sleeps that end when a test moves the clock past their ends.
final class ManualSleeper: Sendable {
    private struct State {
        var sleepers: [Int: (end: Timestamp, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var numbers = 0
        /// How many sleeps a move of the clock could end or could have ended.
        var begun = 0
        var watcher: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let clock: TestClock
    private let state = Mutex(State())

    init(_ clock: TestClock) { self.clock = clock }

    func sleep(until end: Timestamp) async throws {
        let number = state.withLock { state in
            state.numbers += 1
            return state.numbers
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { add(number, end, $0) }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.continuation.resume(
                throwing: CancellationError())
        }
    }

    private func add(_ number: Int, _ end: Timestamp, _ continuation: CheckedContinuation<Void, any Error>) {
        let (isCancelled, isOver, watcher) = state.withLock { state in
            // The clock may have been moved between the decision to sleep and this moment.
            let (isCancelled, isOver) = (Task.isCancelled, end <= clock.now())
            if !isCancelled, !isOver { state.sleepers[number] = (end, continuation) }
            if !isOver { state.begun += 1 }
            let watcher = state.begun >= state.watcher?.count ?? .max ? state.watcher : nil
            if watcher != nil { state.watcher = nil }
            return (isCancelled, isOver, watcher)
        }
        if isCancelled {
            continuation.resume(throwing: CancellationError())
        } else if isOver {
            continuation.resume()
        }
        watcher?.continuation.resume()
    }

    /// Waits until somebody sleeps.
    func hasSleeper() async { await reached(1) }

    /// Moves the clock, ends the sleeps that are over, and waits for the next one to begin where there were any.
    func advance(to time: String) async {
        clock.set(time)
        let now = clock.now()
        let (over, begun) = state.withLock { state in
            let over = state.sleepers.filter { $0.value.end <= now }
            for number in over.keys { state.sleepers.removeValue(forKey: number) }
            return (over.values.map(\.continuation), state.begun)
        }
        for sleeper in over { sleeper.resume() }
        if !over.isEmpty { await reached(begun + 1) }
    }

    private func reached(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.begun < count { state.watcher = (count, continuation) }
                return state.begun >= count
            }
            if isThere { continuation.resume() }
        }
    }
}

/// What was logged, for a test to wait for.
final class LogLines: Sendable {
    private struct State {
        var lines: [String] = []
        var read = 0
        var waiting: (beginning: String, continuation: CheckedContinuation<String, Never>)?
    }

    private let state = Mutex(State())

    func add(_ line: String) {
        let found = state.withLock { state in
            state.lines.append(line)
            guard let waiting = state.waiting, line.hasPrefix(waiting.beginning) else { return State().waiting }
            state.read = state.lines.count
            state.waiting = nil
            return waiting
        }
        found?.continuation.resume(returning: line)
    }

    @discardableResult
    func next(_ beginning: String) async -> String {
        await withCheckedContinuation { continuation in
            let line: String? = state.withLock { state in
                if let index = state.lines[state.read...].firstIndex(where: { $0.hasPrefix(beginning) }) {
                    state.read = index + 1
                    return state.lines[index]
                }
                state.waiting = (beginning, continuation)
                return nil
            }
            if let line { continuation.resume(returning: line) }
        }
    }

    func count(_ beginning: String) -> Int { state.withLock { $0.lines.count { $0.hasPrefix(beginning) } } }
}

private struct RecordingHandler: LogHandler {
    let lines: LogLines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.add("\(event.message)") }
}
