internal import Gateway
internal import Logging
internal import ServiceLifecycle

/// The workers of a serving process: the one place where they are listed.
///
/// They begin in this order once the server listens, and are asked to end in the opposite one after it has stopped.
struct GatewayServices {
    let served: ServedGateway
    let inbox: InboxReception
    let board: WorkerBoard
    let logger: Logger
    let start: StartSignal

    /// Reads connections when it is time, and hears of files that were read anew.
    private var scheduler: Scheduler {
        let scheduler = Scheduler(served.current, board: board, logger: logger)
        served.onReplacement { scheduler.hostWasReplaced() }
        return scheduler
    }

    /// The workers by the names they have on the board.
    var workers: [(name: String, worker: any Service)] {
        [
            (StoreProbe.name, StoreProbe(current: served.current, board: board)),
            (WorkspaceWatcher.name, WorkspaceWatcher(served: served, board: board, logger: logger)),
            (Scheduler.name, scheduler),
            (Deliverer.name, Deliverer(served.current, board: board) { logger.info("\($0)") }),
            (InboxWorker.name, InboxWorker(served.current, inbox, board: board) { logger.warning("\($0)") }),
        ]
    }

    /// Each of them watched over.
    var supervised: [any Service] {
        workers.map { SupervisedService(name: $0.name, worker: $0.worker, board: board, logger: logger, start: start) }
    }
}
