/// Everything a connector may see of the world besides its settings.
public struct ConnectorContext: Sendable {
    /// The only way to the network.
    public let transport: any Transport
    /// The only way to files.
    public let files: any FileSource
    /// The only way to programs of others.
    public let programs: any ProgramLauncher
    /// The present moment; a test gives a fixed one.
    public let now: @Sendable () -> Instant
    /// The connection's time zone, an IANA name such as `Asia/Shanghai`: for sources that write local times.
    public let zone: String
    /// The seconds by which clocks in `zone` are ahead of UTC at a moment: for sources whose records belong to days.
    public let utcOffset: @Sendable (Instant) -> Int
    /// The seconds by which clocks of another zone are ahead of UTC at a moment, by the zone's IANA name; nil where there is
    /// no such zone: for devices that stand elsewhere.
    public let clocks: @Sendable (_ zone: String) -> (@Sendable (Instant) -> Int)?
    /// HMAC with SHA-256 (RFC 2104) of a message under a key, in this order: for identifiers that must not be told, and for
    /// systems that want signatures. Nil where nothing is asked of the source, as in lint.
    public let hmacSHA256: (@Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8])?
    /// A hash without a key, for systems whose signatures are hashes of a text with a secret in it. Nil where nothing is asked
    /// of the source, as in lint.
    public let digest: (@Sendable (_ kind: DigestKind, _ message: [UInt8]) -> [UInt8])?
    /// The people of the company, for sources that are made of them; nil where there are none, as in lint.
    public let directory: (any CompanyDirectory)?
    /// What the connection's devices have told; nil where there is nothing of the kind, as in lint.
    public let deviceLog: (any DeviceLog)?
    /// Takes a line that helps IT and names no person.
    public let log: @Sendable (String) -> Void

    /// The surroundings of a connector. Without `utcOffset` clocks are taken to show UTC.
    public init(
        transport: any Transport, files: any FileSource, programs: any ProgramLauncher = NoPrograms(),
        now: @escaping @Sendable () -> Instant, zone: String,
        utcOffset: @escaping @Sendable (Instant) -> Int = { _ in 0 },
        clocks: @escaping @Sendable (_ zone: String) -> (@Sendable (Instant) -> Int)? = { _ in nil },
        hmacSHA256: (@Sendable (_ message: [UInt8], _ key: [UInt8]) -> [UInt8])? = nil,
        digest: (@Sendable (_ kind: DigestKind, _ message: [UInt8]) -> [UInt8])? = nil,
        directory: (any CompanyDirectory)? = nil, deviceLog: (any DeviceLog)? = nil,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.transport = transport
        self.files = files
        self.programs = programs
        self.now = now
        self.zone = zone
        self.utcOffset = utcOffset
        self.clocks = clocks
        self.hmacSHA256 = hmacSHA256
        self.digest = digest
        self.directory = directory
        self.deviceLog = deviceLog
        self.log = log
    }
}

/// A hash function that systems sign requests with, under the name that they write. Nothing of our own uses it.
public enum DigestKind: String, Sendable, Hashable, CaseIterable {
    case sha1, sha256
}

/// What a probe of the source found.
public struct CheckReport: Sendable, Hashable {
    /// The source's name and version as it tells them; nil where it does not.
    public let source: String?
    /// What works, and what will be missing and why: one line each.
    public let remarks: [String]

    /// A report.
    public init(source: String?, remarks: [String] = []) {
        self.source = source
        self.remarks = remarks
    }
}
