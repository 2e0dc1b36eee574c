import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Reading a Zendesk that limits, refuses and changes meanwhile.
@Suite struct ZendeskPagingTests {
    typealias Scene = ZendeskScene

    // MARK: Limits and faults

    @Test func `the limit of exports is kept by waiting as long as Zendesk says`() async throws {
        var zendesk = Scene.zendesk()
        for id in 1...40 { zendesk.create(id, at: Scene.minute(id)) }
        let service = EmulatedService(zendesk)
        var ledger = StreamLedger("tickets")
        let settings: [String: SettingInput] = ["page_size": .text("2")]
        var waited: [Int] = []
        try await ledger.run(try Scene.connector(service, settings)) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(!waited.isEmpty && waited.allSatisfy { (1...60).contains($0) }, "it was limited, \(waited)")
        #expect(ledger.lastRun.count == 40, "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test func `the account's limit in the middle of a page only takes time`() async throws {
        var zendesk = Scene.seven()
        zendesk.account = RequestWindow(limit: 6, seconds: 60)
        let service = EmulatedService(zendesk)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...9)
    func `a token that ends within a run loses nothing`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.meanwhile { zendesk, number, _ in if number == request { zendesk.credentials = [] } }
        let error = await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        guard case .refused(401, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        service.meanwhile(nil)
        service.edit { $0.credentials = [Scene.credentials] }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...9)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.fail(request: request, with: .html)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.fail(request: 1, with: .broken)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Changes meanwhile

    @Test(arguments: 0..<10, [false, true])
    func `tickets that change, come and go meanwhile are known in the end`(seed: Int, withEmptyPages: Bool) async throws
    {
        var zendesk = Scene.zendesk()
        zendesk.showsEmptyPages = withEmptyPages
        for id in 1...20 { zendesk.create(id, at: Scene.minute(id / 4)) }
        let service = EmulatedService(zendesk)
        var ledger = StreamLedger("tickets")
        service.meanwhile { zendesk, number, now in
            if number > 60 { return }
            switch (number + seed) % 5 {
            case 0: zendesk.comment(on: (number * 7 + seed) % 20 + 1, by: 900, at: now)
            case 1: zendesk.create(100 + number, at: now)
            case 2: zendesk.delete((number * 11 + seed) % 20 + 1, at: now)
            case 3: zendesk.assign((number * 3) % 20 + 1, to: 901, by: 900, at: now)
            default: zendesk.move((number * 13) % 20 + 1, to: "solved", by: 900, at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        service.wait(seconds: 120)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    @Test func `a deleted ticket goes`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["3"] != nil)
        let now = service.now()
        service.edit { $0.delete(3, at: now) }
        service.wait(seconds: 120)
        try await Scene.run(&ledger, service)
        #expect(ledger.records["3"] == nil && ledger.lastRun == [], "nothing else is read again")
        Scene.expectExact(ledger, service)
    }

    /// What the system counts as a change may leave `updated_at` as it was.
    @Test func `a ticket that only the system touched comes again as it was`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        let (known, now) = (ledger.records["5"], service.now())
        service.edit { $0.tickets[5]?.generated = now }
        service.wait(seconds: 120)
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == ["5"] && ledger.records["5"]?.json == known?.json)
        Scene.expectExact(ledger, service)
    }

    @Test func `a ticket folded from a row holds nothing that is later than the row`() async throws {
        let service = EmulatedService(Scene.seven())
        service.meanwhile { zendesk, number, now in
            if number == 2 { zendesk.move(1, to: "solved", by: 900, at: now) }
        }
        let page = try await Scene.connector(service).page(of: "tickets", after: nil)
        let ticket = try #require(page.records.first { $0.id == "1" }).json
        #expect(ticket["status"] == "new" && ticket["solved_at"] == .null)
    }

    // MARK: Lists

    @Test func `lists whose parts overlap give each item once`() async throws {
        var zendesk = Scene.seven()
        zendesk.repeatsItems = true
        for id in 1...230 {
            zendesk.ratings[id] = .init(
                id: id, ticket: 1, score: "good", created: Scene.minute(id), updated: Scene.minute(id))
            zendesk.articles[id] = .init(
                id: id, created: Scene.minute(id), edited: Scene.minute(id), updated: Scene.minute(id))
        }
        let service = EmulatedService(zendesk)
        for stream in ["ratings", "articles"] {
            var ledger = StreamLedger(stream)
            try await Scene.run(&ledger, service)
            #expect(Set(ledger.lastRun).count == ledger.lastRun.count && ledger.lastRun.count >= 230, "\(stream)")
        }
        #expect(service.system.faults == [])
    }

    @Test(arguments: [false, true])
    func `a customer who thinks again is heard, whatever the filter looks at`(byCreation: Bool) async throws {
        var zendesk = Scene.seven()
        zendesk.ratesByCreation = byCreation
        let start = FixedClock().moment
        zendesk.ratings[9] = .init(
            id: 9, ticket: 1, score: "offered", created: start.advanced(bySeconds: -86_400),
            updated: start.advanced(bySeconds: -86_400))
        let service = EmulatedService(zendesk)
        var ledger = StreamLedger("ratings")
        try await Scene.run(&ledger, service)
        service.wait(seconds: 3600)
        let now = service.now()
        service.edit { zendesk in
            zendesk.ratings[9]?.score = "bad"
            zendesk.ratings[9]?.updated = now
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["9"]?.json["score"] == "bad")
        #expect(ledger.lastRun == ["9"], "older ones are not read again")
    }

    @Test func `votes count without a change of the article, and what is archived goes`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("articles")
        try await Scene.run(&ledger, service)
        service.edit { zendesk in
            zendesk.articles[301]?.votesFor = 5
            zendesk.articles[302] = nil
        }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["301"]?.json["votes_for"] == 5 && ledger.records.keys.sorted() == ["301", "303", "304"])
    }

    @Test func `an export that does not move on is an error`() async throws {
        let answer = CannedAnswer.json(#"{"users":[],"after_cursor":"same","end_of_stream":false}"#)
        let settings = try Settings(Scene.settings, against: ZendeskConnector.description.settings)
        let connector = try ZendeskConnector(
            settings: settings, context: Scene.context(CannedTransport(always: answer), now: FixedClock().now))
        await #expect {
            _ = try await connector.page(of: "users", after: Cursor(["after": "same"]))
        } throws: { "\($0)".contains("not at its end and does not move on") }
    }
}
