internal import Foundation

/// The right to serve a workspace, which one process has at a time. It ends with the process, however that ends.
public final class ServingClaim: Sendable {
    private let descriptor: Int32

    /// Claims the workspace at `folder`.
    ///
    /// - Throws: `HostError.invalid` while another process serves it.
    public init(folder: String) throws(HostError) {
        let path = URL(filePath: folder).appending(path: Self.file).path
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure(path, errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        let reason = errno
        guard reason == EWOULDBLOCK else { throw Self.failure(path, reason) }
        throw .invalid(
            "another 'plumbline serve' serves the workspace \(folder) already. End it first, or name another with "
                + "--workspace")
    }

    /// Unlocks as well, for a program that is being started has a copy of the descriptor for a moment.
    deinit {
        guard descriptor >= 0 else { return }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Beside the database, whose companions' names begin with its own: backups leave them out.
    private static let file = Workspace.databaseFile + "-serve"

    private static func failure(_ path: String, _ reason: Int32) -> HostError {
        .workspace(.unreadable(path: path, reason: String(cString: strerror(reason))))
    }
}
