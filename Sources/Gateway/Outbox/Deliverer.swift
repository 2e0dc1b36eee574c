internal import Expressions
internal import ReviewStore
public import ServiceLifecycle
internal import Synchronization

/// Delivers what is in the outbox for as long as a serving process runs.
///
/// It wakes when this process has written an event, when something is due, and every few seconds, for other processes
/// write too. Each sink has rounds of its own (``SinkRounds``). A graceful shutdown lets attempts under way end, and begins no more.
public struct Deliverer: Service {
    /// The name under which it stands on the board.
    public static let name = "deliverer"

    private let current: CurrentHost
    private let board: WorkerBoard
    private let log: @Sendable (String) -> Void
    private let sleep: @Sendable (Duration) async throws -> Void

    /// A deliverer of what the host's store keeps, to the host's sinks. `log` takes a line for each sink that something was
    /// sent to; `sleep` waits.
    public init(
        _ current: CurrentHost, board: WorkerBoard, log: @escaping @Sendable (String) -> Void = { _ in },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        (self.current, self.board, self.log, self.sleep) = (current, board, log, sleep)
    }

    /// Delivers until the process is asked to end.
    public func run() async {
        board.began(Self.name)
        let rounds = DeliveryRounds()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen(rounds) }
            await deliver(rounds)
            group.cancelAll()
        }
        board.ended(Self.name)
    }

    /// So many events at each sink are delivered before settings that were read anew take effect.
    private static let eventsPerRound = 500

    /// What other processes write is found after so long.
    static let longestPause: Duration = .seconds(5)

    /// Notes what this process writes.
    private func listen(_ rounds: DeliveryRounds) async {
        while !Task.isCancelled {
            await current.host.store.outboxBell.wait()
            rounds.wantAll()
        }
    }

    /// Has rounds begin when it is time for them; returns when those under way have ended.
    private func deliver(_ rounds: DeliveryRounds) async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled, !Task.isShuttingDownGracefully {
                board.beat(Self.name)
                let host = current.host
                for sink in rounds.begin(host.workspace.sinks) {
                    group.addTask { await deliver(to: sink, of: host, rounds) }
                }
                if await rest(rounds.pause(at: host.now(), longest: Self.longestPause), or: rounds.wake) {
                    rounds.wantAll()
                }
            }
        }
    }

    private func deliver(to sink: Sink, of host: WorkspaceHost, _ rounds: DeliveryRounds) async {
        do throws(HostError) {
            let report = try await host.deliver(
                to: sink, Self.eventsPerRound, { Task.isShuttingDownGracefully },
                { [board] _ in board.beat(Self.name) })
            tell(report, isNews: rounds.isNews(report))
            if rounds.ended(sink.name, report) { board.began(Self.name) }
        } catch {
            // That another process writes for long is no failure.
            if !error.isTemporary { board.failed(Self.name, reason: "\(sink.name): \(error)") }
            rounds.failed(sink.name, error)
        }
    }

    /// Says what was done, and once what keeps it from being done.
    private func tell(_ report: SinkReport, isNews: Bool) {
        if let fault = report.fault, isNews { log("sink \(report.sink): \(fault)") }
        if report.delivered + report.failed == 0 { return }
        log(
            "sink \(report.sink): \(report.delivered) delivered, \(report.failed) failed"
                + (report.lastError.map { ": \($0)" } ?? ""))
    }

    /// Returns when the time is over, the bell rings, or the process is to end; whether the time is over.
    private func rest(_ time: Duration, or bell: OutboxBell) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                try? await sleep(time)
                return true
            }
            group.addTask {
                try? await gracefulShutdown()
                return false
            }
            group.addTask {
                await bell.wait()
                return false
            }
            let isOver = await group.next()
            group.cancelAll()
            return isOver ?? false
        }
    }
}

/// The rounds of a running deliverer, which several tasks tell of.
private final class DeliveryRounds: Sendable {
    /// Rings when there is something to look at.
    let wake = OutboxBell()
    private let state = Mutex(State())

    private struct State {
        var rounds = SinkRounds()
        /// Whether something may be due at any sink; at first nobody knows.
        var wantsAll = true
        /// What keeps sinks from being sent to.
        var faults: [String: String] = [:]
        /// The sinks whose last round has failed for good.
        var failed: Set<String> = []
    }

    /// Something may be due at any sink.
    func wantAll() {
        state.withLock { $0.wantsAll = true }
        wake.ring()
    }

    /// The sinks whose rounds are to begin, of all that there are.
    func begin(_ sinks: [Sink]) -> [Sink] {
        let names = state.withLock { state in
            if state.wantsAll { state.rounds.want(sinks.map(\.name)) }
            state.wantsAll = false
            return state.rounds.begin()
        }
        let begun = names.compactMap { name in sinks.first { $0.name == name } }
        // A sink that was taken away meanwhile has nothing to end.
        for name in names where !begun.contains(where: { $0.name == name }) { ended(name, nil) }
        return begun
    }

    /// Whether what keeps a sink from being sent to was not told yet.
    func isNews(_ report: SinkReport) -> Bool {
        state.withLock { state in
            defer { state.faults[report.sink] = report.fault }
            return state.faults[report.sink] != report.fault
        }
    }

    /// A round has ended; whether it was the last of those that had failed.
    @discardableResult
    func ended(_ sink: String, _ report: SinkReport?) -> Bool {
        let isMended = state.withLock { state in
            state.rounds.ended(sink, report)
            return state.failed.remove(sink) != nil && state.failed.isEmpty
        }
        wake.ring()
        return isMended
    }

    func failed(_ sink: String, _ error: HostError) {
        state.withLock { state in
            if !error.isTemporary { state.failed.insert(sink) }
            state.rounds.ended(sink, nil)
        }
        wake.ring()
    }

    func pause(at now: Timestamp, longest: Duration) -> Duration {
        state.withLock { $0.rounds.pause(at: now, longest: longest) }
    }
}

extension HostError {
    fileprivate var isTemporary: Bool {
        if case .store(let error) = self { error.remedy == .retryLater } else { false }
    }
}
