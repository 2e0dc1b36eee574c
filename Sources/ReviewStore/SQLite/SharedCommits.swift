internal import GRDB
internal import GRDBSQLite
internal import Synchronization

/// Puts what arrives on disk for many senders at once: what comes while a transaction is under way shares the next one.
///
/// The first that waits has a transaction queued behind what is being written; when its turn comes, it takes all that
/// wait by then. No worker is needed that could die, and a sender that hangs up takes nobody else's along.
final class SharedCommits<Arrival: Sendable, Receipt: Sendable>: Sendable {
    /// Writes arrivals within a transaction, and gives a receipt for each.
    typealias Write = @Sendable (_ arrivals: [Arrival], _ db: Database) throws -> [Receipt]

    private struct Waiter {
        let arrival: Arrival
        let continuation: CheckedContinuation<Result<Receipt, StoreError>, Never>
    }

    private struct State {
        var waiting: [Waiter] = []
        var isQueued = false
    }

    /// Where another process writes, senders are told to come again after so long: they wait for the answer.
    private static var longestWait: Duration { .seconds(3) }

    private let pool: DatabasePool
    private let patience: Duration
    /// So many arrivals share a transaction at most.
    private let mostShared: Int
    private let write: Write
    private let state = Mutex(State())

    /// Commits through `pool`, whose other writers wait for other processes as long as `patience` says, what `write` writes.
    init(_ pool: DatabasePool, patience: Duration, mostShared: Int, write: @escaping Write) {
        (self.pool, self.patience, self.mostShared, self.write) = (pool, patience, mostShared, write)
    }

    /// Returns when the arrival is on disk.
    func add(_ arrival: Arrival) async throws(StoreError) -> Receipt {
        let result = await withCheckedContinuation { continuation in
            let isFirst = state.withLock { state in
                state.waiting.append(Waiter(arrival: arrival, continuation: continuation))
                defer { state.isQueued = true }
                return !state.isQueued
            }
            if isFirst { queue() }
        }
        return try result.get()
    }

    private func queue() { pool.asyncWriteWithoutTransaction { self.commitWaiting($0) } }

    /// Commits what waits. What is too much for one transaction waits for another one, behind other writers.
    private func commitWaiting(_ db: Database) {
        let (waiters, isMore) = state.withLock { state in
            let waiters = Array(state.waiting.prefix(mostShared))
            state.waiting.removeFirst(waiters.count)
            state.isQueued = !state.waiting.isEmpty
            return (waiters, state.isQueued)
        }
        if isMore { queue() }
        let results = commit(waiters, db)
        for (waiter, result) in zip(waiters, results) { waiter.continuation.resume(returning: result) }
    }

    /// A result for each, whatever happens.
    private func commit(_ waiters: [Waiter], _ db: Database) -> [Result<Receipt, StoreError>] {
        db.setPatience(min(patience, Self.longestWait))
        defer { db.setPatience(patience) }
        do {
            let arrivals = waiters.map(\.arrival)
            var receipts: [Receipt] = []
            try db.inTransaction(.immediate) {
                receipts = try write(arrivals, db)
                return .commit
            }
            return receipts.map { .success($0) }
        } catch {
            return Array(repeating: .failure(StoreError(error)), count: waiters.count)
        }
    }
}

extension Database {
    /// For how long a transaction waits for another process.
    fileprivate func setPatience(_ patience: Duration) {
        let milliseconds = patience.components.seconds * 1_000 + patience.components.attoseconds / 1_000_000_000_000_000
        sqlite3_busy_timeout(sqliteConnection, Int32(clamping: milliseconds))
    }
}
