public import Expressions
public import Logging
public import ServiceLifecycle
internal import Synchronization

/// Pulls connections when their schedules say so, and has done what time alone brings about: values of periods that
/// begin, end or mature, and retention.
///
/// - A workspace that takes the place of another counts from then on; a pull that has begun ends with the one it began
///   with.
/// - On graceful shutdown it begins no pull, lets those in flight end and publishes what they brought. Where the group's
///   patience is over before that, the pulls are cancelled: what they committed stays, with its cursor, and is published
///   when the program runs again.
/// - What fails is logged as one line, and ends nothing.
public final class Scheduler: Service {
    /// What the board of workers calls it.
    public static let name = "scheduler"
    /// How long it sleeps at most: so often it tells that it lives, and looks whether the clock was set or the workspace
    /// replaced.
    static let longestSleep = Duration.seconds(30)

    let current: CurrentHost
    let board: WorkerBoard
    let pullsAtOnce: Int
    let logger: Logger
    let sleep: Sleep
    private let listener = Mutex<AsyncStream<SchedulerEvent>.Continuation?>(nil)

    /// Waits from the present moment until another, both as the workspace's clock shows them, and ends early where its task
    /// is cancelled.
    public typealias Sleep = @Sendable (_ now: Timestamp, _ end: Timestamp) async throws -> Void

    /// A scheduler of the current workspace, whose clock decides what is due.
    public init(
        _ current: CurrentHost, board: WorkerBoard, pullsAtOnce: Int = 2, logger: Logger,
        sleep: @escaping Sleep = { now, end in try await Task.sleep(for: max(end - now, .zero)) }
    ) {
        (self.current, self.board, self.logger, self.sleep) = (current, board, logger, sleep)
        self.pullsAtOnce = max(1, pullsAtOnce)
    }

    /// Tells that the workspace was replaced: its schedules count at once, and what its definitions change is computed.
    /// Without this call it notices other schedules within half a minute.
    public func hostWasReplaced() { _ = listener.withLock { $0?.yield(.replaced) } }

    /// Works until it is asked to stop, or cancelled.
    public func run() async {
        let (events, tell) = AsyncStream.makeStream(of: SchedulerEvent.self)
        listener.withLock { $0 = tell }
        board.began(Self.name)
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                var shift = SchedulerShift(self, tell: tell)
                await shift.run(events, in: &group)
                group.cancelAll()
            }
        } onGracefulShutdown: {
            tell.yield(.stop)
        }
        board.ended(Self.name)
    }
}

/// What makes the scheduler look again.
enum SchedulerEvent: Sendable {
    case alarm(SchedulerShift.Alarm)
    case ended(ScheduledWork, WorkReport)
    case replaced
    case stop
}
