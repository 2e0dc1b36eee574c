public import PlumblineKit

/// Any tap that speaks Singer, as a program that the host runs.
///
/// - Reads: each stream with a run of the tap in which it alone is selected. Records are as the tap writes them, numbers with
///   their own text, known by the stream's `key_properties` or by the fields that the connection names; a stream with neither
///   is refused. Pages are bounded in records and bytes, and the tap waits while one is stored.
/// - Cursor: the last state that the tap gave behind records that are stored. A run that dies goes on from it; what came
///   behind it is read again.
/// - Deletions: those that LOG_BASED taps tell (`_sdc_deleted_at`), else not known. With `deletes: full_list` the tap runs a second time, without a state, and what it does not give
///   then is gone: right where it gives everything without one.
/// - Leaves out: BATCH files, which a tap only writes when it is told to; `time_extracted`; what ACTIVATE_VERSION means.
/// - Errors: a tap says on its standard error alone why it failed; its last lines are told, with secrets hidden. Exit code 2
///   is a mistake in the command line, any other end but 0 may pass.
/// - Not confirmed: taps whose bookmarks of one stream depend on another's are read stream by stream all the same.
/// - Source: the Singer specification; behaviour of taps with singer-sdk 0.40 and 0.53 and singer-python 6.1.
public struct SingerConnector: IdentifierListing {
    private static let catalog = Setting<String>.choice(
        "catalog", of: ["catalog", "properties", "none"], default: "catalog",
        LocalizedText(
            zh: "怎样把目录交给 tap：--catalog，旧 tap 用 --properties；none 则不发现、不选择，由 tap 自己决定",
            en:
                "How the tap takes its catalog: --catalog, of old taps --properties; none: it is not asked to discover and sends what it will"
        ))

    /// Any tap.
    public static let description = ConnectorDescription(
        id: "process.singer", family: .process,
        name: LocalizedText(zh: "Singer tap（外部程序）", en: "Singer tap, as a program"),
        apiVersion: "Singer specification", documentation: "https://github.com/singer-io/getting-started",
        settings: ProgramSettings.fields + [catalog.field], streams: [], discovered: .ofPrograms)

    private let settings: ProgramSettings
    private let catalogOption: String
    private let context: ConnectorContext
    private let session: StreamSession<SingerReader>
    private let sweeps: StreamSession<SingerReader>
    private let shelf = Shelf<SingerCatalog>()

    /// Starts nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = try ProgramSettings(settings)
        catalogOption = settings[Self.catalog]
        self.context = context
        session = StreamSession(pageSize: self.settings.pageSize)
        sweeps = StreamSession(pageSize: 10_000)
    }

    /// Has the tap discover: tells its streams with their keys and fields, and how it is kept apart.
    public func check() async throws(ConnectorError) -> CheckReport {
        let streams: [String]
        if catalogOption == "none" {
            try await tryCommand()
            streams = ["its streams are not known, for it is not asked ('catalog: none')"]
        } else {
            let catalog = try await discovered()
            try catalog.check(settings.keys.keys, "keys")
            streams = catalog.remarks
        }
        return CheckReport(source: settings.command.first, remarks: await context.programs.isolation() + streams)
    }

    /// Starts the tap and ends it, so that a wrong command is told and `isolation` speaks of what was tried.
    private func tryCommand() async throws(ConnectorError) {
        let program = try await context.programs.start(settings.order(["--help"], from: context.files))
        await program.stop()
    }

    /// The next records of a stream.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        try await session.page(of: stream, after: cursor) { place throws(ConnectorError) in
            try await start(stream, from: place)
        }
    }

    /// The identifiers of everything that the tap gives without a state.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        try await sweeps.page(of: stream, after: cursor) { _ throws(ConnectorError) in
            try await start(stream, from: ProgramCursor())
        }.identifiers()
    }

    private func start(
        _ stream: String, from cursor: ProgramCursor
    ) async throws(ConnectorError) -> StartedStream<SingerReader> {
        let given = try await settings.given(from: context.files)
        let place = cursor.reading(with: settings.fingerprint(of: given))
        var arguments = ["--config", "config.json"]
        var files: [String: JSON] = [:]
        var reader = SingerReader(
            stream: stream, keys: settings.keys[stream].flatMap { RecordKeys(fields: $0) }, place: place)
        if catalogOption != "none" {
            let catalog = try await discovered()
            files["catalog.json"] = try catalog.selecting(stream)
            arguments += ["--\(catalogOption)", "catalog.json"]
            let keys = try catalog.value(of: stream, in: settings.keys, "keys")
            reader = SingerReader(
                stream: stream, names: try catalog.messageNames(of: stream),
                keys: keys.flatMap { RecordKeys(fields: $0) }, catalogKeys: catalog.keys(of: stream), place: place)
        }
        if let state = place.state {
            files["state.json"] = state
            arguments += ["--state", "state.json"]
        }
        let program = try await context.programs.start(settings.order(arguments, files, given: given))
        return StartedStream(program: program, messages: reader, place: place)
    }

    private func discovered() async throws(ConnectorError) -> SingerCatalog {
        try await shelf.value { () throws(ConnectorError) in
            let order = try await settings.order(["--config", "config.json", "--discover"], from: context.files)
            return try SingerCatalog(try await context.programs.answer(to: order))
        }
    }
}

extension StreamDescription {
    /// What is known of a program's streams before it is asked. Deletions are not looked for unless a connection says so: a
    /// sweep has the program read everything once more.
    static let ofPrograms = StreamDescription(
        name: "<the program's own>",
        help: LocalizedText(
            zh: "程序自己的流；“plumbline check”列出名称、主键和字段",
            en: "The streams of the program; 'plumbline check' lists their names, keys and fields"),
        deletions: [.neverKnown, .fullList], isIncremental: true)
}

/// Something that a connector asks for once in a run.
actor Shelf<Value: Sendable> {
    private var kept: Value?

    func value(_ make: () async throws(ConnectorError) -> Value) async throws(ConnectorError) -> Value {
        if let kept { return kept }
        let made = try await make()
        kept = made
        return made
    }
}
