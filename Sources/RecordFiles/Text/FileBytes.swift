import Glibc

/// The bytes of a file on disk, a chunk at a time.
public final class FileBytes {
    private let descriptor: Int32
    private var place = 0

    /// How much is read at a time.
    public static let chunkSize = 1 << 18

    /// Opens the file.
    ///
    /// - Throws: `FileFault` where that is refused.
    public init(path: String) throws(FileFault) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Self.fault(zh: "无法打开文件", en: "the file cannot be opened")
        }
    }

    deinit { close(descriptor) }

    /// How much of the file lies before what is read next, 0 to 1; nil for an empty file, and one that is no file.
    public var fractionRead: Double? {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_size > 0 else { return nil }
        return min(1, Double(place) / Double(facts.st_size))
    }

    /// Goes to a byte of the file.
    ///
    /// - Throws: `FileFault` where the file has no such place.
    public func seek(to offset: Int) throws(FileFault) {
        guard lseek(descriptor, offset, SEEK_SET) == offset else {
            throw Self.fault(
                zh: "无法从第 \(offset) 字节读取文件", en: "the file cannot be read from byte \(offset)")
        }
        place = offset
    }

    /// Reads the next bytes into `buffer`; how many they are, none at the end.
    ///
    /// - Throws: `FileFault` where reading fails.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileFault) -> Int {
        var count = -1
        repeat { count = Glibc.read(descriptor, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Self.fault(zh: "无法读取文件", en: "the file cannot be read") }
        place += count
        return count
    }

    /// A refusal with the system's own words.
    private static func fault(zh: String, en: String) -> FileFault {
        let reason = String(cString: strerror(errno))
        return FileFault(zh: "\(zh)：\(reason)", en: "\(en): \(reason)")
    }
}
