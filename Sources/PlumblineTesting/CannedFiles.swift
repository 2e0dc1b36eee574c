public import PlumblineKit
import Synchronization

/// Files in memory, which a test may change between two pages.
public final class CannedFiles: FileSource {
    private struct File {
        var bytes: [UInt8]
        var version: Int64
    }

    private let files: Mutex<[String: File]>

    /// Files with these texts.
    public init(_ texts: [String: String] = [:]) {
        files = Mutex(texts.mapValues { File(bytes: Array($0.utf8), version: 1) })
    }

    /// Puts a file in the place of another.
    public func write(_ name: String, _ bytes: [UInt8]) {
        files.withLock { $0[name] = File(bytes: bytes, version: ($0[name]?.version ?? 0) + 1) }
    }

    /// Puts a file in the place of another.
    public func write(_ name: String, _ text: String) {
        write(name, Array(text.utf8))
    }

    /// Size, and a time that moves by a second with every `write`.
    public func stamp(of name: String) async throws(ConnectorError) -> FileStamp {
        let file = try file(name)
        return FileStamp(size: file.bytes.count, modified: Instant(microseconds: file.version * 1_000_000))
    }

    /// Part of a file.
    public func bytes(of name: String, at offset: Int, upTo count: Int) async throws(ConnectorError) -> [UInt8] {
        Array(try file(name).bytes.dropFirst(offset).prefix(count))
    }

    private func file(_ name: String) throws(ConnectorError) -> File {
        if Task.isCancelled { throw .cancelled }
        guard let file = files.withLock({ $0[name] }) else {
            throw .unavailable(reason: "there is no file '\(name)'", retryAfter: nil)
        }
        return file
    }
}
