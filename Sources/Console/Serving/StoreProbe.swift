internal import Gateway
internal import ReviewStore
internal import ServiceLifecycle

/// Asks the store every few seconds whether it can be written, as a worker: while it cannot, the worker has failed, and
/// while the store does not answer, it gives no sign of life.
struct StoreProbe: Service {
    let current: CurrentHost
    let board: WorkerBoard
    var pause: Pause = waiting

    static let name = "store"
    private static let interval = Duration.seconds(5)

    func run() async throws {
        board.began(Self.name, patience: .seconds(60))
        repeat {
            do throws(StoreError) {
                try await current.host.store.requireWritable()
                board.beat(Self.name)
            } catch {
                // While another process writes there is no sign of life, which is bad only when it lasts.
                if error.remedy != .retryLater { throw error }
            }
        } while await pause(Self.interval)
    }
}
