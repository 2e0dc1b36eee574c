public import PlumblineKit
import Testing

/// What every connector must do, whatever it reads. A connector's tests call it once for each stream:
///
/// ```swift
/// @Test func `conforms`() async throws {
///     try await ConformanceSuite(RoundupConnector.self, settings: settings, stream: "tickets", records: ["1", "2"]) {
///         ConnectorContext(
///             transport: recorded(), files: NoFiles(), now: FixedClock().now, zone: "UTC", log: { _ in })
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
        try await checkCount()
        try await checkBatches()
    }
}

// MARK: - What it says about itself

extension ConformanceSuite {
    var description: ConnectorDescription { Subject.description }

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
            plain[key] = .text(Self.plainSecret)
            expectProblem(with: key, in: plain)
        }
    }

    /// What somebody might write where a reference to a secret belongs.
    private static var plainSecret: String { "written-in-the-open" }

    private func expectProblem(with key: String, in input: [String: SettingInput]) {
        let problems = Settings.problems(in: input, against: description.settings)
        #expect(problems.contains { $0.key == key }, "a mistake in '\(key)' is found and named")
        #expect(!problems.contains { $0.reason.contains(Self.plainSecret) && description.isSecret($0.key) })
    }
}

extension ConnectorDescription {
    fileprivate func isSecret(_ key: String) -> Bool {
        settings.contains { $0.key == key && $0.isSecret }
    }
}

// MARK: - What it reads

extension ConformanceSuite {
    func connector(_ context: ConnectorContext) throws -> Subject {
        try Subject(settings: Settings(input, against: description.settings), context: context)
    }

    func connector() throws -> Subject { try connector(makeContext()) }

    func read(after cursor: Cursor? = nil) async throws -> [Page] {
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
}
