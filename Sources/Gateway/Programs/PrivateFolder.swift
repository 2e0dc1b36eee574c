internal import CSandbox
internal import Foundation
internal import Glibc
internal import PlumblineKit

/// A program's working folder: new, its user's alone, and gone with it. It is locked for as long as host or keeper hold it.
struct PrivateFolder: Sendable {
    let folders: ProgramFolders
    let name: String
    let descriptor: Int32

    var path: String { "\(folders.path)/\(name)" }

    /// Makes a folder with these files; deletes those that nobody holds any more.
    init(files: [String: [UInt8]], for user: ProgramUser) throws(ConnectorError) {
        folders = try ProgramFolders()
        folders.sweep()
        var template = Array("\(folders.path)/XXXXXXXXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            close(folders.descriptor)
            throw Self.failure("make a folder in \(folders.path)")
        }
        name = String(decoding: template.dropLast().suffix(12).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = openat(folders.descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        do throws(ConnectorError) {
            guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                throw Self.failure("open a folder")
            }
            for (name, bytes) in files { try write(bytes, to: name, for: user) }
            if user.isOther, fchown(descriptor, user.number, user.group) != 0 {
                throw Self.failure("hand over a folder")
            }
        } catch {
            remove()
            throw error
        }
    }

    private func write(_ bytes: [UInt8], to name: String, for user: ProgramUser) throws(ConnectorError) {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/"), !name.utf8.contains(0) else {
            throw .settings(field: "files", reason: "'\(name)' is no plain file name")
        }
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("write \(name)") }
        defer { close(file) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Self.failure("write \(name)") }
            rest = rest.dropFirst(count)
        }
        if user.isOther, fchown(file, user.number, user.group) != 0 { throw Self.failure("hand over \(name)") }
    }

    /// Deletes the folder with all that is in it, where its keeper has not; follows no link. To be called once.
    func remove() {
        _ = csandbox_remove(folders.descriptor, name)
        close(descriptor)
        close(folders.descriptor)
    }

    static func failure(_ what: String) -> ConnectorError {
        .unavailable(reason: "cannot \(what) for a program: \(String(cString: strerror(errno)))", retryAfter: nil)
    }
}
