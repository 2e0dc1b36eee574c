internal import Dispatch
internal import PlumblineKit
internal import Synchronization

/// A program that runs under a connection's limits. What waits for it waits on a queue of its own.
final class SandboxedProgram: RunningProgram {
    private let watch: Mutex<ProgramWatch>
    private let queue = DispatchQueue(label: "plumbline.program")
    private let isStopped = Atomic(false)

    init(_ watch: consuming sending ProgramWatch) { self.watch = Mutex(watch) }

    deinit { watch.withLock { $0.stop() } }

    func lines() async throws(ConnectorError) -> [ProgramLine]? {
        try await waiting { (watch, isStopped) throws(ConnectorError) in try watch.read(unless: isStopped) }
    }

    func end() async throws(ConnectorError) -> ProgramEnd {
        try await waiting { (watch, isStopped) throws(ConnectorError) in try watch.waitForEnd(unless: isStopped) }
    }

    func stop() async {
        isStopped.store(true, ordering: .releasing)
        await withCheckedContinuation { continuation in
            queue.async {
                self.watch.withLock { $0.stop() }
                continuation.resume()
            }
        }
    }

    private func waiting<Answer: Sendable>(
        _ work: @escaping @Sendable (inout ProgramWatch, () -> Bool) throws(ConnectorError) -> Answer
    ) async throws(ConnectorError) -> Answer {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<Answer, ConnectorError>, Never>) in
                queue.async { continuation.resume(returning: self.locked(work)) }
            }
        } onCancel: {
            isStopped.store(true, ordering: .releasing)
        }
        return try result.get()
    }

    private func locked<Answer: Sendable>(
        _ work: @Sendable (inout ProgramWatch, () -> Bool) throws(ConnectorError) -> Answer
    ) -> Result<Answer, ConnectorError> {
        watch.withLock { watch in
            do throws(ConnectorError) {
                if watch.isClosed, isStopped.load(ordering: .acquiring) { throw .cancelled }
                return .success(try work(&watch) { isStopped.load(ordering: .acquiring) })
            } catch {
                return .failure(error)
            }
        }
    }
}
