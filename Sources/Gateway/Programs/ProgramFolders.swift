internal import CSandbox
internal import Foundation
internal import Glibc
internal import PlumblineKit

/// The folder in which every program has its own: the host's, so that no program can rename its own or put a link in its
/// place, nor list those of others. In namespaces a program sees its own alone.
struct ProgramFolders: Sendable {
    let path: String
    let descriptor: Int32

    /// Opens the folder, which is made where it is not there.
    init(in base: String = FileManager.default.temporaryDirectory.path) throws(ConnectorError) {
        path = "\(base)/plumbline-programs-\(geteuid())"
        _ = mkdir(path, 0o711)
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw PrivateFolder.failure("open the folder \(path)") }
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_uid == geteuid(), facts.st_mode & 0o022 == 0,
            fchmod(descriptor, 0o711) == 0
        else {
            close(descriptor)
            throw .unavailable(
                reason: "\(path) is there and not this user's alone: no program can be given a folder in it; delete it",
                retryAfter: nil)
        }
    }

    /// Deletes what programs left whose keepers and hosts are gone. One that was just made may not be locked yet.
    func sweep(olderThan age: Duration = .seconds(60)) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
            let folder = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { continue }
            defer { close(folder) }
            var facts = stat()
            guard fstat(folder, &facts) == 0, Double(time(nil) - facts.st_ctim.tv_sec) >= age / .seconds(1),
                flock(folder, LOCK_EX | LOCK_NB) == 0
            else { continue }
            _ = csandbox_remove(descriptor, name)
        }
    }
}
