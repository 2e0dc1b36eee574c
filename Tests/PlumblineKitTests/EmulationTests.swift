import PlumblineKit
import PlumblineTesting
import Testing

/// What the emulated systems of connectors' tests stand on.
@Suite struct EmulationTests {
    private let start = FixedClock("2026-07-01T00:00:00Z").moment

    // MARK: Windows

    @Test func `a window lets its number through and tells when it opens again`() {
        var window = RequestWindow(limit: 2, seconds: 60)
        #expect(window.refuse(at: start) == nil)
        #expect(window.refuse(at: start.advanced(bySeconds: 50)) == nil)
        #expect(window.refuse(at: start.advanced(bySeconds: 50)) == 10)
        #expect(window.refuse(at: start.advanced(bySeconds: 59)) == 1)
        #expect(window.refuse(at: start.advanced(bySeconds: 60)) == nil, "a new window begins")
        #expect(window.refuse(at: start.advanced(bySeconds: 61)) == nil)
        #expect(window.refuse(at: start.advanced(bySeconds: 61)) == 59)
    }

    // MARK: Requests

    @Test func `a request is taken apart and decoded`() throws {
        let request = try HTTPRequest(
            .get, at: "https://host.example/api", path: ["a b"], query: [("at", ">=1"), ("none", ""), ("at", "2")])
        let emulated = EmulatedRequest(request)
        #expect(emulated.method == "GET" && emulated.path == "/api/a b")
        #expect(emulated["at"] == ">=1" && emulated["none"] == "" && emulated["other"] == nil)
        #expect(emulated.description == "GET /api/a b?at=>=1&none=&at=2")
    }

    // MARK: Services and ledgers

    @Test func `each request takes its time, and things happen before it`() async throws {
        let service = EmulatedService(Shelf(), at: start, pace: 5)
        service.meanwhile { shelf, number, now in
            if number == 2 { shelf.books = ["a": now.microseconds / 1_000_000] }
        }
        let first = try await service.send(HTTPRequest(.get, "https://shelf.example/books")).json()
        let second = try await service.send(HTTPRequest(.get, "https://shelf.example/books")).json()
        #expect(first == [:] && second["a"]?.int == Int(start.microseconds / 1_000_000) + 5)
        #expect(service.now() == start.advanced(bySeconds: 10) && service.requests.count == 2)
    }

    @Test func `a failure is what a guarded transport would throw`() async throws {
        let service = EmulatedService(Shelf(), at: start)
        service.fail(request: 2, with: .rateLimited)
        _ = try await service.send(HTTPRequest(.get, "https://shelf.example/books"))
        let error = await #expect(throws: ConnectorError.self) {
            try await service.send(HTTPRequest(.get, "https://shelf.example/books"))
        }
        guard case .unavailable(_, .some(.seconds(30))) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(try await service.send(HTTPRequest(.get, "https://shelf.example/books")).isSuccess)
    }

    private func connector(_ service: EmulatedService<Shelf>) throws -> ShelfConnector {
        try ShelfConnector(
            settings: Settings([:], against: []),
            context: ConnectorContext(
                transport: service, files: NoFiles(), now: service.now, zone: "UTC", log: { _ in }))
    }

    @Test func `a ledger keeps the newest version, waits as it is told, and forgets what vanished`() async throws {
        let service = EmulatedService(Shelf(books: ["a": 1, "b": 5]), at: start)
        var ledger = StreamLedger("books")
        var waited: [Int] = []
        service.fail(request: 1, with: .rateLimited)
        try await ledger.run(connector(service)) { waited.append($0) }
        #expect(ledger.records.mapValues { $0.version?.text } == ["a": "1", "b": "5"] && waited == [30])
        service.edit { $0.books = ["b": 4, "c": 1] }
        try await ledger.run(connector(service)) { _ in }
        #expect(ledger.records.mapValues { $0.version?.text } == ["b": "5", "c": "1"], "an older b changes nothing")
        #expect(ledger.lastRun == ["b", "c"])
    }

    @Test func `a ledger ends where what is unavailable stays so`() async throws {
        let service = EmulatedService(Shelf(isBroken: true), at: start)
        var ledger = StreamLedger("books")
        await #expect(throws: ConnectorError.self) { try await ledger.run(connector(service)) { _ in } }
        #expect(service.requests.count == 51)
    }

    @Test func `cut-offs lie in three zones, and one wall clock reading means two moments`() {
        #expect(Set(CutOff.all.map(\.zone)) == ["UTC", "Asia/Shanghai", "Europe/Berlin"])
        let repeated = CutOff.all.filter { $0.written.hasPrefix("2026-10-25T02:30:00") }
        #expect(repeated.count == 2 && Set(repeated.map(\.moment)).count == 2)
    }
}

/// Books with the number of their edition.
private struct Shelf: EmulatedSystem {
    var books: [String: Int64] = [:]
    var isBroken = false

    mutating func answer(_ request: EmulatedRequest, at now: Instant) -> CannedAnswer {
        if isBroken { return .broken }
        let members = books.sorted { $0.key < $1.key }.map { ($0.key, JSON.number(String($0.value))) }
        return .json(JSON.object(JSONObject(members)).text)
    }
}

private struct ShelfConnector: IdentifierListing {
    static let description = ConnectorDescription(
        id: "file.shelf", family: .file, name: LocalizedText(zh: "书架", en: "Shelf"), apiVersion: "1",
        documentation: "none", settings: [],
        streams: [
            StreamDescription(
                name: "books", help: LocalizedText(zh: "书", en: "Books"), deletions: [.fullList], isIncremental: false)
        ])

    let transport: any Transport

    init(settings: Settings, context: ConnectorContext) throws(ConnectorError) {
        transport = context.transport
    }

    func check() async throws(ConnectorError) -> CheckReport { CheckReport(source: nil) }

    private func books() async throws(ConnectorError) -> [JSONObject.Member] {
        try await transport.send(HTTPRequest(.get, "https://shelf.example/books")).json().object?.members ?? []
    }

    func page(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> Page {
        let records = try await books().map { book in
            SourceRecord(id: book.key, version: SourceVersion(book.value.text), json: ["edition": book.value])
        }
        return Page(records: records, cursor: nil, hasMore: false)
    }

    func identifiers(of stream: String, after cursor: Cursor?) async throws(ConnectorError) -> IdentifierPage {
        IdentifierPage(identifiers: try await books().map(\.key), cursor: nil, hasMore: false)
    }
}
