/// The only way from a connector to a program that others wrote: as a child of the host, kept apart from it.
///
/// The child is started without a shell. It gets no input, inherits no open file, and sees the environment of its order and
/// `PATH`, `HOME` and `TMPDIR`, nothing of the host's. Its working folder is a new, private one that holds the order's files
/// and goes with it. It ends with all that it started when it is stopped, breaks a limit, or the host ends. The limits are
/// the host's; what a connector hears of them:
///
/// | what happened | what the connector gets |
/// |---|---|
/// | the program cannot be started, or not kept apart | `.settings`, naming `command` or the sandbox |
/// | it cannot be started now, as when its user has too many processes | `.unavailable` |
/// | it ran too long, or was silent too long | `.unavailable` |
/// | it wrote more than it may | `.unexpected`, naming the limit |
/// | the task was cancelled, the connection closed | `.cancelled` |
/// | it ended, however | its lines, then a ``ProgramEnd`` |
public protocol ProgramLauncher: Sendable {
    /// Starts a program; it runs as soon as it can, and waits where nobody takes what it writes.
    func start(_ order: ProgramOrder) async throws(ConnectorError) -> any RunningProgram

    /// How programs are kept apart on this machine, and what is not kept from them: one line each.
    func isolation() async -> [String]
}

/// What is to be started.
public struct ProgramOrder: Sendable {
    /// The program, then its arguments. A path without `/` in front counts from the workspace, a plain name is looked up.
    public var command: [String]
    /// The environment beside `PATH`, `HOME` and `TMPDIR`, which it may replace.
    public var environment: [String: String]
    /// The contents of its working folder, by plain name; arguments name them so.
    public var files: [String: [UInt8]]
    /// Hides the order's secrets in all that is told of the program.
    public var redaction: Redaction

    /// A program with its arguments.
    public init(
        command: [String], environment: [String: String] = [:], files: [String: [UInt8]] = [:],
        redaction: Redaction = Redaction()
    ) {
        self.command = command
        self.environment = environment
        self.files = files
        self.redaction = redaction
    }
}

/// A program that was started. One task asks at a time.
public protocol RunningProgram: Sendable {
    /// The next lines of its standard output, at least one; waits for them. Nil behind the last.
    ///
    /// The program is held up while nobody asks: nothing is read ahead but what a pipe holds.
    func lines() async throws(ConnectorError) -> [ProgramLine]?

    /// Waits until it has ended. To be asked once its lines are over.
    func end() async throws(ConnectorError) -> ProgramEnd

    /// Ends it, and all that it started, where it has not ended. May be called at any time, and again.
    func stop() async
}

/// A line of a program's output.
public struct ProgramLine: Sendable, Hashable {
    /// Its bytes without the line end, whatever they are; the first ones where it is cut.
    public let bytes: ArraySlice<UInt8>
    /// Whether the line was longer than the limit, so that its rest was dropped.
    public let isCut: Bool
    /// Whether a line end came behind it: what a program that was ended wrote last may be half a line.
    public let isClosed: Bool

    /// A line.
    public init(bytes: ArraySlice<UInt8>, isCut: Bool = false, isClosed: Bool = true) {
        self.bytes = bytes
        self.isCut = isCut
        self.isClosed = isClosed
    }
}

/// How a program ended.
public struct ProgramEnd: Sendable, Hashable {
    /// What ended it.
    public enum Cause: Sendable, Hashable {
        /// It ended by itself with this status.
        case exited(Int)
        /// This signal ended it.
        case signal(Int)
    }

    /// What ended it.
    public let cause: Cause
    /// The last lines of its standard error, secrets hidden.
    public let diagnostics: [String]

    /// An end.
    public init(_ cause: Cause, diagnostics: [String] = []) {
        self.cause = cause
        self.diagnostics = diagnostics
    }

    /// Whether it ended with status 0.
    public var isSuccess: Bool { cause == .exited(0) }
}

extension ProgramEnd: CustomStringConvertible {
    /// How it ended and what it said last, for people.
    public var description: String {
        let end =
            switch cause {
            case .exited(let status): "the program ended with exit code \(status)"
            case .signal(let signal): "the program was ended by signal \(signal)"
            }
        let last = diagnostics.suffix(5).joined(separator: " | ")
        return last.isEmpty ? "\(end) and said nothing" : "\(end); it said last: \(last.suffix(1000))"
    }
}

/// A launcher that starts nothing, for connectors that need none and where nothing is asked, as in lint.
public struct NoPrograms: ProgramLauncher {
    /// A launcher that starts nothing.
    public init() {}

    /// Throws `ConnectorError.settings`.
    public func start(_ order: ProgramOrder) async throws(ConnectorError) -> any RunningProgram {
        throw .settings(field: "command", reason: "no program can be started here")
    }

    /// Nothing.
    public func isolation() async -> [String] { [] }
}
