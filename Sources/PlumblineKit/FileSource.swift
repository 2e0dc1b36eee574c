/// The files that a connection may read: those in its workspace's `data` folder.
///
/// Names are relative to that folder. A name that leads out of it is refused with `ConnectorError.settings`.
public protocol FileSource: Sendable {
    /// The file's state now. Throws `ConnectorError.unavailable` when there is no such file.
    func stamp(of name: String) async throws(ConnectorError) -> FileStamp

    /// At most `count` bytes from `offset` on; fewer only at the end, none beyond it.
    func bytes(of name: String, at offset: Int, upTo count: Int) async throws(ConnectorError) -> [UInt8]
}

/// What tells one state of a file from another without reading it.
public struct FileStamp: Sendable, Hashable {
    /// In bytes.
    public let size: Int
    /// When it was last written.
    public let modified: Instant

    /// The state of a file.
    public init(size: Int, modified: Instant) {
        self.size = size
        self.modified = modified
    }
}

/// A file source without files, for connectors that need none.
public struct NoFiles: FileSource {
    /// A source without files.
    public init() {}

    /// Throws `ConnectorError.unavailable`.
    public func stamp(of name: String) async throws(ConnectorError) -> FileStamp {
        throw .unavailable(reason: "there is no file '\(name)'", retryAfter: nil)
    }

    /// Throws `ConnectorError.unavailable`.
    public func bytes(of name: String, at offset: Int, upTo count: Int) async throws(ConnectorError) -> [UInt8] {
        throw .unavailable(reason: "there is no file '\(name)'", retryAfter: nil)
    }
}
