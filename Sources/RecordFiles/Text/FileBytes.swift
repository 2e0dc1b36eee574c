import Glibc

/// The bytes of a file on disk, a chunk at a time.
public final class FileBytes {
    private let descriptor: Int32

    /// How much is read at a time.
    public static let chunkSize = 1 << 18

    /// Opens the file.
    ///
    /// - Throws: `FileFault` where that is refused.
    public init(path: String) throws(FileFault) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw FileFault("the file cannot be opened: \(String(cString: strerror(errno)))")
        }
    }

    deinit { close(descriptor) }

    /// Goes to a byte of the file.
    ///
    /// - Throws: `FileFault` where the file has no such place.
    public func seek(to offset: Int) throws(FileFault) {
        guard lseek(descriptor, offset, SEEK_SET) == offset else {
            throw FileFault("the file cannot be read from byte \(offset): \(String(cString: strerror(errno)))")
        }
    }

    /// Reads the next bytes into `buffer`; how many they are, none at the end.
    ///
    /// - Throws: `FileFault` where reading fails.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileFault) -> Int {
        var count = -1
        repeat { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw FileFault("the file cannot be read: \(String(cString: strerror(errno)))") }
        return count
    }
}
