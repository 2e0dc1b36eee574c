internal import Expressions
internal import ReviewStore
public import ServiceLifecycle

/// Delivers what is in the outbox for as long as a serving process runs.
///
/// It wakes when this process has written an event, when something is due, and every few seconds, for other processes
/// write too. A graceful shutdown lets attempts under way end, and begins no more.
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
        var faults: [String: String] = [:]
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let host = current.host
            do throws(HostError) {
                let report = try await host.deliverDue(
                    limit: Self.eventsPerPass, isStopping: { Task.isShuttingDownGracefully },
                    progress: { [board] _ in board.beat(Self.name) })
                tell(report, &faults)
                board.beat(Self.name)
                await rest(report.pause(at: host.now()), or: host.store.outboxBell)
            } catch {
                // That another process writes for long is no failure.
                if !error.isTemporary { board.failed(Self.name, reason: error.description) }
                await rest(Self.longestPause, or: nil)
                if !error.isTemporary, !Task.isCancelled, !Task.isShuttingDownGracefully { board.began(Self.name) }
            }
        }
        board.ended(Self.name)
    }

    /// So many events at each sink are delivered before settings that were read anew take effect.
    private static let eventsPerPass = 500

    /// What other processes write is found after so long.
    static let longestPause: Duration = .seconds(5)

    /// Says what was done, and once what keeps it from being done.
    private func tell(_ report: DeliveryReport, _ faults: inout [String: String]) {
        for sink in report.sinks {
            if let fault = sink.fault, faults[sink.sink] != fault { log("sink \(sink.sink): \(fault)") }
            faults[sink.sink] = sink.fault
            if sink.delivered + sink.failed == 0 { continue }
            log(
                "sink \(sink.sink): \(sink.delivered) delivered, \(sink.failed) failed"
                    + (sink.lastError.map { ": \($0)" } ?? ""))
        }
    }

    /// Returns when the time is over, the bell rings, or the process is to end.
    private func rest(_ time: Duration, or bell: OutboxBell?) async {
        if time <= .zero { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await sleep(time) }
            group.addTask { try? await gracefulShutdown() }
            if let bell { group.addTask { await bell.wait() } }
            await group.next()
            group.cancelAll()
        }
    }
}

extension HostError {
    fileprivate var isTemporary: Bool {
        if case .store(let error) = self { error.remedy == .retryLater } else { false }
    }
}

extension DeliveryReport {
    /// How long a deliverer may rest: until something is due, but no longer than other processes may go unheard. What
    /// cannot be sent stays due, and so does what another process is about to send.
    fileprivate func pause(at now: Timestamp) -> Duration {
        let next = sinks.filter { $0.fault == nil && !$0.isBusy }.compactMap(\.next).min()
        guard let next else { return Deliverer.longestPause }
        return min(max(next - now, .milliseconds(50)), Deliverer.longestPause)
    }
}
