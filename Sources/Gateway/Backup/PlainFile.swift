internal import Foundation

/// A file that is read or written from its beginning to its end, with errors that name it.
final class PlainFile {
    let path: String
    private let handle: FileHandle

    /// Opens a file for reading. A link is not followed, so that a file put in another's place is not read.
    init(reading path: String) throws(BackupError) {
        self.path = path
        handle = try Self.open(path, O_RDONLY | O_NOFOLLOW, 0)
    }

    /// Makes a file that only its owner may read, where there is none.
    init(making path: String) throws(BackupError) {
        self.path = path
        handle = try Self.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    }

    private static func open(_ path: String, _ flags: Int32, _ mode: mode_t) throws(BackupError) -> FileHandle {
        let descriptor = Foundation.open(path, flags | O_CLOEXEC, mode)
        if descriptor < 0 {
            throw errno == EEXIST
                ? .fileExists(path: path) : .disk(path: path, reason: String(cString: strerror(errno)))
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// As many bytes as asked for; fewer only at the file's end.
    func read(_ count: Int) throws(BackupError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try working { try handle.read(upToCount: count - bytes.count) ?? Data() }
            if part.isEmpty { break }
            bytes += part
        }
        return bytes
    }

    func write(_ bytes: [UInt8]) throws(BackupError) { try working { try handle.write(contentsOf: bytes) } }

    /// What was written outlives a power cut when this returns.
    func close() throws(BackupError) {
        try working {
            try handle.synchronize()
            try handle.close()
        }
    }

    /// Size in bytes, permissions and time of last writing.
    func attributes() throws(BackupError) -> FileAttributes {
        var status = stat()
        guard fstat(handle.fileDescriptor, &status) == 0 else {
            throw .disk(path: path, reason: String(cString: strerror(errno)))
        }
        return FileAttributes(
            size: Int(status.st_size), mode: Int(status.st_mode & 0o777), seconds: Int(status.st_mtim.tv_sec),
            nanoseconds: Int(status.st_mtim.tv_nsec))
    }

    /// Gives the file permissions and a time of last writing, by which file connections know what they have read.
    func set(_ attributes: FileAttributes) throws(BackupError) {
        let time = timespec(tv_sec: attributes.seconds, tv_nsec: attributes.nanoseconds)
        guard fchmod(handle.fileDescriptor, mode_t(attributes.mode)) == 0,
            futimens(handle.fileDescriptor, [time, time]) == 0
        else { throw .disk(path: path, reason: String(cString: strerror(errno))) }
    }

    private func working<Result>(_ body: () throws -> Result) throws(BackupError) -> Result {
        do { return try body() } catch { throw .disk(path: path, reason: error.localizedDescription) }
    }
}

/// What is kept of a file besides its name and contents.
struct FileAttributes: Equatable {
    let size: Int
    let mode: Int
    let seconds: Int
    let nanoseconds: Int
}

/// Changes of folders, with errors that name them.
enum Folder {
    /// Makes a folder that only its owner may enter, and those above it.
    static func make(_ path: String) throws(BackupError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .disk(path: path, reason: error.localizedDescription)
        }
    }

    /// Gives a file or folder its final name, durably. A folder that is there must be empty, a file must not be there.
    static func rename(_ old: String, to new: String) throws(BackupError) {
        guard Foundation.rename(old, new) == 0 else {
            throw errno == ENOTEMPTY || errno == EEXIST
                ? .notEmpty(folder: new) : .disk(path: new, reason: String(cString: strerror(errno)))
        }
        try synchronize(URL(filePath: new).deletingLastPathComponent().path)
    }

    /// Makes the names in a folder outlive a power cut.
    static func synchronize(_ path: String) throws(BackupError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .disk(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .disk(path: path, reason: String(cString: strerror(errno))) }
    }

    /// Removes what a failure left; that failure is the reason to be told, so that this one tells none.
    static func discard(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
