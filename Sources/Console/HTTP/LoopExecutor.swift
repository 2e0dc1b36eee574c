internal import NIOCore

/// Runs a connection's task on the connection's own event loop, so that a request does not go from thread to thread.
///
/// Nothing that blocks may run on it.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
