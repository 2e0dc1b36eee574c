import Glibc

/// The bytes of a file on disk, a chunk at a time.
public final class FileBytes {
    private let descriptor: Int32
    private let path: String
    private var chunk: [UInt8]

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
        self.path = path
        chunk = [UInt8](repeating: 0, count: Self.chunkSize)
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

    /// Hands the next chunk to `take`; false at the end, where nothing is handed over.
    ///
    /// - Throws: `FileFault` where reading fails.
    public func next(_ take: (UnsafeRawBufferPointer) -> Void) throws(FileFault) -> Bool {
        var count = -1
        chunk.withUnsafeMutableBytes { bytes in
            repeat { count = Glibc.read(descriptor, bytes.baseAddress, bytes.count) } while count < 0 && errno == EINTR
            if count > 0 { take(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
        }
        guard count >= 0 else { throw FileFault("the file cannot be read: \(String(cString: strerror(errno)))") }
        return count > 0
    }
}
