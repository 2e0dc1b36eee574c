internal import Foundation
internal import Synchronization

/// The streams that this process's runs hold.
///
/// A claim is a lock on one byte of a file, the byte with the stream's number. It belongs to the open file, so two runs
/// exclude one another within a process as well as between processes.
final class RunClaims: Sendable {
    /// A held stream.
    struct Claim: Sendable {
        let streamID: Int64
        let connection: String
        let stream: String
        let lock: ByteLock
        /// Whether what the run brings awaits judgement.
        var isGated = false
    }

    private let path: String
    private let claims = Mutex<[RunID: Claim]>([:])
    private let rebuild = Mutex<ByteLock?>(nil)

    init(path: String) { self.path = path }

    /// Locks a stream, or throws `streamInUse`.
    func claim(streamID: Int64, connection: String, stream: String) throws(StoreError) -> Claim {
        guard let lock = try ByteLock(path: path, byte: streamID) else {
            throw .streamInUse(connection: connection, stream: stream)
        }
        return Claim(streamID: streamID, connection: connection, stream: stream, lock: lock)
    }

    /// Keeps a claim while its run lasts.
    func keep(_ claim: Claim, for run: RunID) { claims.withLock { $0[run] = claim } }

    /// Lets go of a run's stream.
    func release(_ run: RunID) { claims.withLock { _ = $0.removeValue(forKey: run) } }

    /// The claim of a run that this store began and that has not ended.
    func claim(of run: RunID) throws(StoreError) -> Claim {
        guard let claim = claims.withLock({ $0[run] }) else {
            throw .refused(reason: "run \(run) has ended, or was begun by another process")
        }
        return claim
    }
}

extension RunClaims {
    /// Locks the rebuild, which has byte 0 for itself. A rebuild that this process has begun may begin again.
    func claimRebuild() throws(StoreError) {
        guard !isRebuilding else { return }
        guard let lock = try ByteLock(path: path, byte: 0) else { throw .busy(reason: "another rebuild is under way") }
        rebuild.withLock { $0 = lock }
    }

    /// Refuses to go on with a rebuild that was not begun here: its table may be another one's, or empty.
    func requireRebuild() throws(StoreError) {
        guard isRebuilding else { throw .refused(reason: "no rebuild was begun by this process") }
    }

    /// Locks the publication of values, once whoever publishes now has done so.
    func claimPublication(patience: Duration) async throws(StoreError) -> ByteLock {
        let end = ContinuousClock.now + patience
        while true {
            if let lock = try ByteLock(path: path, byte: Self.publication) { return lock }
            guard ContinuousClock.now < end else {
                throw .busy(reason: "another process is computing values; try again when it is done")
            }
            do { try await Task.sleep(for: .milliseconds(50)) } catch { throw .cancelled }
        }
    }

    /// Locks the opening of the database: of two that open a new one at once, the second finds it made.
    func claimOpening(patience: Duration) throws(StoreError) -> ByteLock {
        let end = ContinuousClock.now + patience
        while true {
            if let lock = try ByteLock(path: path, byte: Self.opening) { return lock }
            guard ContinuousClock.now < end else { throw .busy(reason: "another process is opening the database") }
            usleep(20_000)
        }
    }

    /// Locks the deliveries to a sink; nil while somebody else delivers to it.
    func claimSink(_ number: Int64) throws(StoreError) -> ByteLock? {
        try ByteLock(path: path, byte: Self.sinks + number)
    }

    /// Far behind the numbers of streams, as is what follows.
    private static let sinks: Int64 = 1 << 61
    private static let publication: Int64 = 1 << 62
    private static let opening = publication + 1

    /// Lets go of the rebuild.
    func releaseRebuild() { rebuild.withLock { $0 = nil } }

    private var isRebuilding: Bool { rebuild.withLock { $0 != nil } }
}

/// A locked byte of a file; free again when this object goes, or the process.
final class ByteLock: Sendable {
    private let descriptor: Int32
    private let byte: Int64

    /// Locks a byte; nil while somebody else holds it.
    init?(path: String, byte: Int64) throws(StoreError) {
        descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path) }
        self.byte = byte
        var lock = Self.record(F_WRLCK, byte)
        guard fcntl(descriptor, Self.setLockOfOpenFile, &lock) == -1 else { return }
        guard errno == EAGAIN || errno == EACCES else { throw Self.failure(path) }
        return nil
    }

    /// A program that is being started has copies of all descriptors for a moment: closing ours alone would leave the byte
    /// locked until the copies are closed as well.
    deinit {
        guard descriptor >= 0 else { return }
        var lock = Self.record(F_UNLCK, byte)
        _ = fcntl(descriptor, Self.setLockOfOpenFile, &lock)
        close(descriptor)
    }

    private static func record(_ type: Int32, _ byte: Int64) -> flock {
        var lock = Foundation.flock()
        lock.l_type = Int16(type)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = off_t(byte)
        lock.l_len = 1
        return lock
    }

    /// F_OFD_SETLK, which Glibc's module does not show: a lock of the open file, not of the process.
    private static let setLockOfOpenFile: Int32 = 37

    private static func failure(_ path: String) -> StoreError {
        .disk(reason: "\(path): \(String(cString: strerror(errno)))")
    }
}
