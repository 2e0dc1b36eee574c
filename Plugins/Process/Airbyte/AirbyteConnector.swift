public import PlumblineKit

/// Any source that speaks the Airbyte protocol, as a program that the host runs.
///
/// - Reads: each stream with a `read` of its own, incremental where the source can, else whole. Records are as the source
///   gives them, numbers with their own text; fields of the schema that it leaves out are null. They are known by the
///   source's primary key or the fields that the connection names; a stream with neither is refused.
/// - Cursor: the last state behind records that are stored, in the forms STREAM, GLOBAL and LEGACY. With full refresh none:
///   every run reads everything, and one that died begins anew.
/// - Deletions: those that change streams tell (`_ab_cdc_deleted_at`), else not known. With `deletes: full_list` the source reads a second time, as full refresh, and what it does not give
///   then is gone.
/// - Errors: `STREAM_STATUS` decides whether a stream was read to its end. A `config_error` is a mistake in the settings, a
///   `transient_error` may pass.
/// - Not kept: a configuration that the source wants replaced (rotated tokens): the run fails and says so.
/// - Not confirmed: LEGACY states go back as the bare blob that they hold, as old sources took them.
/// - Source: the Airbyte protocol; airbyte-cdk 7.39.
public struct AirbyteConnector: IdentifierListing {
    private static let cursorFields = Setting<[String: String]>.map(
        "cursor_fields", default: [:],
        LocalizedText(
            zh: "来源没有规定游标字段时，每个流用哪个字段", en: "For streams whose source sets none: the field to go on by"))
    private static let fullRefresh = Setting<[String]>.list(
        "full_refresh", default: [],
        LocalizedText(
            zh: "即使支持增量也每次完整读取的流", en: "Streams that are read whole each time although they need not"))

    /// Any source.
    public static let description = ConnectorDescription(
        id: "process.airbyte", family: .process,
        name: LocalizedText(zh: "Airbyte 来源（外部程序）", en: "Airbyte source, as a program"),
        apiVersion: "Airbyte protocol",
        documentation: "https://docs.airbyte.com/platform/understanding-airbyte/airbyte-protocol",
        settings: ProgramSettings.fields + [cursorFields.field, fullRefresh.field], streams: [],
        discovered: .ofPrograms)

    private let settings: ProgramSettings
    private let cursorFields: [String: String]
    private let fullRefresh: [String: Bool]
    private let context: ConnectorContext
    private let session: StreamSession<AirbyteReader>
    private let sweeps: StreamSession<AirbyteReader>
    private let shelf = Shelf<AirbyteCatalog>()

    /// Starts nothing.
    public init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        self.settings = try ProgramSettings(settings)
        cursorFields = settings[Self.cursorFields]
        fullRefresh = Dictionary(settings[Self.fullRefresh].map { ($0, true) }) { one, _ in one }
        self.context = context
        session = StreamSession(pageSize: self.settings.pageSize)
        sweeps = StreamSession(pageSize: 10_000)
    }

    /// Has the source check itself and discover: tells its streams, and how it is kept apart.
    public func check() async throws(ConnectorError) -> CheckReport {
        let answer = try await answer("check")
        guard let status = answer.message("CONNECTION_STATUS")?["connectionStatus"] else {
            throw failure(of: answer, "check")
        }
        guard status["status"]?.string == "SUCCEEDED" else {
            let reason = settings.redaction.conceal(status["message"]?.string ?? "without a reason")
            throw .settings(field: "config", reason: "the source says: \(reason.prefix(1000))")
        }
        let catalog = try await discovered()
        for (names, field) in [
            (Array(settings.keys.keys), "keys"), (Array(cursorFields.keys), "cursor_fields"),
            (Array(fullRefresh.keys), "full_refresh"),
        ] {
            for name in names.sorted() { _ = try catalog.stream(name, field: field) }
        }
        let remarks = await context.programs.isolation() + catalog.remarks
        return CheckReport(source: settings.command.first, remarks: remarks)
    }

    /// The next records of a stream.
    public func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        // The source may call it otherwise, with its namespace.
        let entry = Task.isCancelled ? nil : try await discovered().stream(stream)
        return try await session.page(of: entry?.title ?? stream, after: cursor) { place throws(ConnectorError) in
            try await start(stream, isSweep: false, from: place)
        }
    }

    /// The identifiers of everything that the source has.
    public func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        let title = try await discovered().stream(stream).title
        return try await sweeps.page(of: title, after: cursor) { _ throws(ConnectorError) in
            try await start(stream, isSweep: true, from: ProgramCursor())
        }.identifiers()
    }
}

extension AirbyteConnector {
    private func start(
        _ stream: String, isSweep: Bool, from cursor: ProgramCursor
    ) async throws(ConnectorError) -> StartedStream<AirbyteReader> {
        let catalog = try await discovered()
        let entry = try catalog.stream(stream)
        let isWhole = try catalog.value(of: entry, in: fullRefresh, "full_refresh") ?? isSweep
        let field = try catalog.value(of: entry, in: cursorFields, "cursor_fields")
        let keys = try catalog.value(of: entry, in: settings.keys, "keys").flatMap { RecordKeys(fields: $0) }
        try cursor.checkKeys(keys ?? entry.keys, of: entry.title)
        let given = try await settings.given(from: context.files)
        let place = cursor.reading(with: settings.fingerprint(of: given))
        let isIncremental = entry.isIncremental && !isWhole
        var arguments = ["read", "--config", "config.json", "--catalog", "catalog.json"]
        var files = [
            "catalog.json": entry.configured(isIncremental: isIncremental, cursorField: field, keys: keys)
        ]
        if isIncremental, let state = place.state {
            files["state.json"] = state
            arguments += ["--state", "state.json"]
        }
        let reader = AirbyteReader(
            entry, keys: keys, isIncremental: isIncremental, state: place.state, config: settings.config,
            redaction: settings.redaction, log: context.log)
        let program = try await context.programs.start(settings.order(arguments, files, given: given))
        return StartedStream(program: program, messages: reader, place: place)
    }

    private func discovered() async throws(ConnectorError) -> AirbyteCatalog {
        try await shelf.value { () throws(ConnectorError) in
            let answer = try await answer("discover")
            guard let catalog = answer.message("CATALOG")?["catalog"] else { throw failure(of: answer, "discover") }
            return AirbyteCatalog(catalog)
        }
    }

    private func answer(_ verb: String) async throws(ConnectorError) -> AirbyteAnswer {
        let order = try await settings.order([verb, "--config", "config.json"], from: context.files)
        let (lines, end) = try await context.programs.answer(to: order)
        let answer = AirbyteAnswer(
            messages: lines.compactMap { try? JSON.parse($0.bytes, depth: 256) }, end: end,
            isCut: lines.contains(where: \.isCut))
        // What it renewed just now is lost, and the next call would fail without saying why.
        for message in answer.messages where message["type"] == "CONTROL" {
            try ConnectorError.checkControl(message["control"], settings.config)
        }
        return answer
    }

    /// Why a call did not bring what it was made for.
    private func failure(of answer: AirbyteAnswer, _ verb: String) -> ConnectorError {
        if let error = answer.message("TRACE", where: { $0["trace"]?["type"] == "ERROR" })?["trace"]?["error"] {
            return AirbyteError(error, settings.redaction).failure
        }
        if answer.isCut { return .tooLong(verb) }
        return .unavailable(reason: "'\(verb)' did not answer: \(answer.end)", retryAfter: nil)
    }
}

/// What a source answered to a call.
private struct AirbyteAnswer {
    let messages: [JSON]
    let end: ProgramEnd
    /// Whether a line was too long to be kept.
    let isCut: Bool

    func message(_ type: String, where fits: (JSON) -> Bool = { _ in true }) -> JSON? {
        messages.first { $0["type"]?.string == type && fits($0) }
    }
}
