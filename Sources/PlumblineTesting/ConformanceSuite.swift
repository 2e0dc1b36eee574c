public import PlumblineKit
import Testing

/// What every connector must do, whatever it reads. A connector's tests call it once for each stream:
///
/// ```swift
/// @Test func `conforms`() async throws {
///     try await ConformanceSuite(RoundupConnector.self, settings: settings, stream: "tickets", records: ["1", "2"]) {
///         ConnectorContext(transport: recorded(), files: NoFiles(), now: FixedClock().now, zone: "UTC")
///     }.run()
/// }
/// ```
///
/// The recorded source should hold at least two pages and one bad record.
public struct ConformanceSuite<Subject: Connector>: Sendable {
    let input: [String: SettingInput]
    let stream: String
    let records: Set<String>
    let rejected: Set<String>
    let makeContext: @Sendable () throws -> ConnectorContext

    /// A suite over one stream of a recorded source.
    ///
    /// - Parameters:
    ///   - type: The connector.
    ///   - settings: Settings that are right.
    ///   - stream: The stream to read.
    ///   - records: The identifiers of all records that it must give.
    ///   - rejected: The identifiers of all bad records in the source.
    ///   - context: Makes the surroundings, with the recorded source as it was at first.
    public init(
        _ type: Subject.Type, settings: [String: SettingInput], stream: String, records: Set<String>,
        rejected: Set<String> = [], context: @escaping @Sendable () throws -> ConnectorContext
    ) {
        input = settings
        self.stream = stream
        self.records = records
        self.rejected = rejected
        makeContext = context
    }

    /// Runs all checks.
    public func run() async throws {
        checkDescription()
        try checkSettings()
        try await checkPages()
        try await checkResuming()
        try await checkNextRun()
        try await checkUnknownStream()
        try await checkFaults()
        try await checkCancellation()
        try await checkSweep()
    }
}

// MARK: - What it says about itself

extension ConformanceSuite {
    private var description: ConnectorDescription { Subject.description }

    private func checkDescription() {
        let id = description.id
        #expect(id.hasPrefix(description.family.rawValue + "."), "the id begins with the family")
        #expect(
            id.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789.-".utf8.contains($0) }, "the id is lower case")
        #expect(!description.apiVersion.isEmpty && !description.documentation.isEmpty)
        #expect(description.stream(named: stream) != nil, "the stream is declared")
        expectDistinct(description.streams.map(\.name), "streams")
        expectDistinct(description.settings.map(\.key), "settings")
        for stream in description.streams {
            expectBothLanguages(stream.help, stream.name)
            #expect(!stream.deletions.isEmpty, "\(stream.name) says how it learns of deletions")
            for field in stream.fields { expectBothLanguages(field.help, field.name) }
        }
        for field in description.settings {
            expectBothLanguages(field.help, field.key)
            #expect(!field.isSecret || field.defaultValue == nil, "the secret \(field.key) has no default")
        }
    }

    private func expectDistinct(_ names: [String], _ what: String) {
        #expect(Set(names).count == names.count, "\(what) have different names")
    }

    private func expectBothLanguages(_ text: LocalizedText, _ name: String) {
        #expect(!text.zh.isEmpty && !text.en.isEmpty, "\(name) is explained in both languages")
    }

    private func checkSettings() throws {
        let settings = try Settings(input, against: description.settings)
        #expect(
            try Settings(settings.input, against: description.settings) == settings, "settings survive a round trip")
        for field in description.settings where field.isRequired {
            var fewer = input
            fewer[field.key] = nil
            expectProblem(with: field.key, in: fewer)
        }
        var more = input
        more["no_such_setting"] = .text("1")
        expectProblem(with: "no_such_setting", in: more)
        for (key, value) in input {
            guard case .secret = value else { continue }
            var plain = input
            plain[key] = .text("hunter2")
            expectProblem(with: key, in: plain)
        }
    }

    private func expectProblem(with key: String, in input: [String: SettingInput]) {
        let problems = Settings.problems(in: input, against: description.settings)
        #expect(problems.contains { $0.key == key }, "a mistake in '\(key)' is found and named")
        #expect(!problems.contains { $0.reason.contains("hunter2") && description.isSecret($0.key) })
    }
}

extension ConnectorDescription {
    fileprivate func isSecret(_ key: String) -> Bool {
        settings.contains { $0.key == key && $0.isSecret }
    }
}

// MARK: - What it reads

extension ConformanceSuite {
    private func connector(_ context: ConnectorContext) throws -> Subject {
        try Subject(settings: Settings(input, against: description.settings), context: context)
    }

    private func connector() throws -> Subject { try connector(makeContext()) }

    private func read(after cursor: Cursor? = nil) async throws -> [Page] {
        var pages: [Page] = []
        for try await page in try connector().pages(of: stream, after: cursor) {
            pages.append(page)
            try #require(pages.count <= 1000, "paging ends")
        }
        return pages
    }

    private func checkPages() async throws {
        let pages = try await read()
        let all = pages.flatMap(\.records)
        #expect(all.allSatisfy { !$0.id.isEmpty }, "every record has an id")
        #expect(all.allSatisfy { $0.json.object != nil }, "every record is an object")
        #expect(Set(all.map(\.id)).count == all.count, "no record comes twice")
        #expect(Set(all.map(\.id)) == records, "all records come, and no others")
        let bad = pages.flatMap(\.rejected)
        #expect(Set(bad.map(\.id)) == rejected, "bad records are rejected, and no others")
        #expect(
            bad.allSatisfy { !$0.reason.isEmpty && !$0.raw.isEmpty }, "a rejected record has its reason and payload")
        let isSame = try await read().map(\.records) == pages.map(\.records)
        #expect(isSame, "reading again gives the same")
    }

    private func checkResuming() async throws {
        let pages = try await read()
        for (place, page) in pages.enumerated() where page.hasMore {
            let rest = try await read(after: page.cursor)
            let isSame = rest.flatMap(\.records) == pages[(place + 1)...].flatMap(\.records)
            #expect(isSame, "a cursor after page \(place + 1) gives the rest, got \(rest.flatMap(\.records).map(\.id))")
        }
    }

    private func checkNextRun() async throws {
        let pages = try await read()
        guard let cursor = pages.last(where: { $0.cursor != nil })?.cursor else { return }
        let known = Set(pages.flatMap(\.records))
        let again = try await read(after: cursor).flatMap(\.records)
        let news = again.filter { !known.contains($0) }.map(\.id)
        #expect(news.isEmpty, "a second run gives nothing new")
        if description.stream(named: stream)?.isIncremental == true, known.count > 1 {
            #expect(again.count < known.count, "a second run does not read everything anew")
        }
    }

    private func checkUnknownStream() async throws {
        let error = await failure { try await connector().page(of: "no_such_stream", after: nil) }
        guard case .settings = error else {
            Issue.record("a stream that is not there is a mistake in the settings, got \(String(describing: error))")
            return
        }
    }

    private func checkSweep() async throws {
        guard let listing = try connector() as? any IdentifierListing,
            description.stream(named: stream)?.deletions.contains(.fullList) == true, rejected.isEmpty
        else { return }
        var listed: [String] = []
        var cursor: Cursor?
        for _ in 0..<1000 {
            let page = try await listing.identifiers(of: stream, after: cursor)
            listed += page.identifiers
            guard page.hasMore else { break }
            #expect(page.cursor != cursor, "the sweep moves on")
            cursor = page.cursor
        }
        #expect(Set(listed).isSuperset(of: records), "the sweep lists every record")
        #expect(Set(listed).count == listed.count, "the sweep lists no record twice")
    }
}

// MARK: - How it fails

extension ConformanceSuite {
    private func checkFaults() async throws {
        guard let asked = try await transportOfConnector() else { return }
        #expect(asked.beforeFirstPage == 0, "making a connector asks nothing")
        try await expect(.text("Unauthorized", status: 401), "refused") {
            if case .refused(401, _) = $0 { true } else { false }
        }
        try await expect(.rateLimited, "unavailable with its time to wait") {
            if case .unavailable(_, .some(.seconds(30))) = $0 { true } else { false }
        }
        try await expect(.html, "unexpected") { if case .unexpected = $0 { true } else { false } }
        try await expect(.cutOff, "unexpected") { if case .unexpected = $0 { true } else { false } }
        try await expect(.json("{}"), "unexpected") { if case .unexpected = $0 { true } else { false } }
    }

    /// How much a connector asks; nil for one that asks nothing over the network.
    private func transportOfConnector() async throws -> (beforeFirstPage: Int, all: Int)? {
        let context = try makeContext()
        let listening = ListeningTransport(context.transport)
        let connector = try connector(context.with(listening))
        let before = listening.count
        _ = try await connector.page(of: stream, after: nil)
        return listening.count == 0 ? nil : (before, listening.count)
    }

    private func expect(
        _ answer: CannedAnswer, _ wanted: String, _ fits: (ConnectorError?) -> Bool
    ) async throws {
        let connector = try connector(makeContext().with(CannedTransport(always: answer)))
        let error = await failure { try await connector.page(of: stream, after: nil) }
        #expect(fits(error), "\(answer) is \(wanted), got \(String(describing: error))")
        #expect(error.map { !"\($0)".contains("hunter2") } ?? true, "an error never holds a secret")
    }

    private func checkCancellation() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { try await connector().page(of: stream, after: nil) }
        }
        #expect(await task.value == .cancelled, "a cancelled task ends with .cancelled")
    }

    private func failure(_ action: () async throws -> Page) async -> ConnectorError? {
        do {
            _ = try await action()
            return nil
        } catch {
            return error as? ConnectorError
        }
    }
}

extension ConnectorContext {
    fileprivate func with(_ transport: any Transport) -> ConnectorContext {
        ConnectorContext(transport: transport, files: files, now: now, zone: zone, log: log)
    }
}
