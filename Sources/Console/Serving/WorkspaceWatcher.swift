internal import Gateway
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Serves what the workspace's files say, soon after they have changed.
///
/// It looks at the files' times every few seconds, and reads them once they have stayed as they are from one look to the
/// next, so that a file that is being written is not read in half.
struct WorkspaceWatcher: Service {
    let served: ServedGateway
    let board: WorkerBoard
    let logger: Logger
    var interval = Duration.seconds(2)
    var pause: Pause = waiting

    static let name = "configuration"

    func run() async throws {
        board.began(Self.name, patience: .seconds(60))
        let folder = served.current.host.workspace.folder
        var read = WorkspaceStamp(folder: folder)
        var last = read
        while await pause(interval) {
            board.beat(Self.name)
            let stamp = WorkspaceStamp(folder: folder)
            if stamp != read, stamp == last {
                read = stamp
                await served.reload(telling: logger)
            }
            last = stamp
        }
        board.ended(Self.name)
    }
}

/// Reads the workspace's files at once when the process is told to with SIGHUP.
struct HangupListener: Service {
    let served: ServedGateway
    let logger: Logger
    let signals: UnixSignalsSequence

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            await served.reload(telling: logger)
        }
    }
}

extension ServedGateway {
    /// Reads the files and says what came of it.
    func reload(telling logger: Logger) async {
        await reload()
        if let trouble {
            logger.error(
                "the changed files have mistakes; what was served before is served still",
                metadata: ["reason": "\(trouble)"])
        } else {
            let connections = current.host.workspace.connections.count
            logger.info("the workspace's files were read anew", metadata: ["connections": "\(connections)"])
        }
    }
}
