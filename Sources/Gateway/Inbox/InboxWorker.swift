internal import Expressions
internal import ReviewStore
public import ServiceLifecycle

/// Uses what arrives in the inbox for as long as the program serves.
///
/// It works when something has come, at most once in a ``pause``, and looks by itself now and then: another process may
/// have put events back. A stop lets the work at hand end; what waits then is used after the next start.
public struct InboxWorker: Service {
    /// What the board calls it.
    public static let name = "inbox"

    private let current: CurrentHost
    private let reception: InboxReception
    private let board: WorkerBoard
    private let log: @Sendable (String) -> Void
    /// What is waited between two pieces of work.
    private let pause: Duration
    /// After how long it looks by itself.
    private let patience: Duration

    /// A worker for the workspace that is current, woken by `reception`.
    public init(
        _ current: CurrentHost, _ reception: InboxReception, board: WorkerBoard, pause: Duration = .seconds(2),
        patience: Duration = .seconds(15), log: @escaping @Sendable (String) -> Void
    ) {
        self.current = current
        self.reception = reception
        self.board = board
        self.pause = pause
        self.patience = patience
        self.log = log
    }

    /// Works until the service group is shut down.
    public func run() async throws {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        reception.onArrival { wake.yield() }
        wake.yield()
        board.began(Self.name)
        // A process before this one may have used events and not computed their values.
        var isOwed = true
        await withDiscardingTaskGroup { group in
            group.addTask { await tick(wake) }
            for await _ in wakes.cancelOnGracefulShutdown() {
                if await work(&isOwed) { wake.yield() }
                try? await Task.sleep(for: pause)
            }
            group.cancelAll()
        }
        await writeAlarms()
        board.ended(Self.name)
    }

    /// Wakes the worker now and then, as nobody may know that something waits.
    private func tick(_ wake: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: patience) } catch { return }
            wake.yield()
        }
    }

    /// One piece of work; whether more of it waits. What goes wrong is told, and tried again with the next piece: nothing is
    /// lost meanwhile.
    ///
    /// `isOwed` says whether values are to be computed of what was used before.
    func work(_ isOwed: inout Bool) async -> Bool {
        board.beat(Self.name)
        await writeAlarms()
        do throws(HostError) {
            let report = try await current.host.drainInbox(limit: Self.mostEvents, isOwed: isOwed) { [board] in
                board.beat(Self.name)
            }
            isOwed = false
            tell(report)
            try await reception.watch.look(current.host)
            let waiting = try await waiting()
            reception.note(waiting: waiting)
            return report.events > 0 && waiting > 0
        } catch {
            isOwed = true
            log("inbox: \(error)")
            board.failed(Self.name, reason: error.description)
            return false
        }
    }

    /// So many events of a connection are used before their values are computed.
    private static let mostEvents = 20_000

    /// A connection that cannot be used, or has to wait for another process, is no failure of the worker, which uses all
    /// others: its events wait, which ``GatewayStatus`` and the doctor tell.
    private func tell(_ report: InboxReport) {
        for failure in report.failures { log("\(failure.connection): \(failure.message)") }
        if let reason = report.storeFailure {
            board.failed(Self.name, reason: reason)
        } else {
            board.began(Self.name)
        }
    }

    private func waiting() async throws(HostError) -> Int {
        let host = current.host
        let depths = try await host.storing { () throws(StoreError) in try await host.store.inboxDepths() }
        return depths.reduce(0) { $0 + $1.waiting }
    }

    private func writeAlarms() async {
        do throws(StoreError) {
            try await reception.calls.write(to: current.host.store)
            for alarm in try await reception.alarms.write(to: current.host.store) {
                let what = "\(alarm.connection): \(alarm.kind.rawValue), \(alarm.detail)"
                log("\(what). 'plumbline inbox alarms' counts what follows of the kind")
            }
        } catch {
            log("alarms could not be written: \(error)")
        }
    }
}
