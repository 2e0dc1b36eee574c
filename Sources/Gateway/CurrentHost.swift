internal import Synchronization

/// The workspace that a serving process works on now, as its files were read last.
///
/// A worker asks for it at the beginning of each piece of work and keeps what it got to the end of that piece. So files
/// that are read again take effect with the next piece, and no work is cut off.
public final class CurrentHost: Sendable {
    private let current: Mutex<WorkspaceHost>

    /// Begins with `host`.
    public init(_ host: WorkspaceHost) { current = Mutex(host) }

    /// What the next piece of work is to be done with.
    public var host: WorkspaceHost { current.withLock { $0 } }

    /// Puts another in its place; work that has begun goes on with the one it has.
    public func replace(_ host: WorkspaceHost) { current.withLock { $0 = host } }
}
