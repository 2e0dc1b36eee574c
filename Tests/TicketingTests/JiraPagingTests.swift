import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Reading a Jira that changes, limits, refuses and stays silent meanwhile.
@Suite struct JiraPagingTests {
    typealias Scene = JiraScene

    // MARK: Silent answers, limits, faults

    @Test(arguments: 1...30, [true, false])
    func `a token that ends within a run loses nothing`(request: Int, answersNobody: Bool) async throws {
        var jira = Scene.seven()
        jira.answersNobody = answersNobody
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        service.meanwhile { jira, number, _ in if number == request { jira.credentials = [] } }
        var hasFailed = false
        do {
            try await Scene.run(&ledger, service)
        } catch {
            hasFailed = true
        }
        let asked = service.requests.count
        service.meanwhile(nil)
        service.edit { $0.credentials = [Scene.credentials] }
        try await Scene.run(&ledger, service)
        #expect(hasFailed || request > asked, "the run fails")
        Scene.expectExact(ledger, service)
    }

    @Test func `an empty list for a wrong token is a refusal, not the end`() async throws {
        var jira = Scene.seven()
        (jira.answersNobody, jira.credentials) = (true, [])
        let connector = try Scene.connector(EmulatedService(jira))
        for ask in [
            { _ = try await connector.page(of: "tickets", after: nil) },
            { _ = try await connector.identifiers(of: "tickets", after: nil) }, { _ = try await connector.check() },
        ] {
            await #expect {
                try await ask()
            } throws: { if case ConnectorError.refused(401, _) = $0 { true } else { false } }
        }
    }

    @Test(arguments: [429, 503])
    func `limits of bursts are kept by waiting as long as Jira says`(status: Int) async throws {
        var jira = Scene.seven()
        jira.limitStatus = status
        jira.burst = (4, 20)
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        var waited: [Int] = []
        try await ledger.run(try Scene.connector(service, ["page_size": .text("1")])) {
            waited.append($0)
            service.wait(seconds: $0)
        }
        #expect(!waited.isEmpty && waited.allSatisfy { (1...20).contains($0) }, "it was limited, \(waited)")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...27)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.fail(request: request, with: .html)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.fail(request: request % 5 + 1, with: .broken)
        service.fail(request: request % 5 + 3, with: .rateLimited)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Changes meanwhile

    /// At every request something happens, which the index learns of at once or later, whatever a token means.
    @Test(arguments: 0..<8, [0, 45, 300])
    func `issues that change, come and go meanwhile are known in the end`(seed: Int, lag: Int) async throws {
        for sortsBySeconds in [false, true] { try await readsMeanwhile(seed, lag, sortsBySeconds) }
    }

    private func readsMeanwhile(_ seed: Int, _ lag: Int, _ sortsBySeconds: Bool) async throws {
        var jira = Scene.jira()
        jira.sortsBySeconds = sortsBySeconds
        for id in 1...20 { jira.create(id, at: Scene.minute(id / 4)) }
        (jira.lag, jira.countsTokens) = (lag, seed.isMultiple(of: 2))
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        service.meanwhile { jira, number, now in
            if number > 80 { return }
            switch (number + seed) % 5 {
            case 0: jira.comment(on: (number * 7 + seed) % 20 + 1, by: "agent-1", at: now)
            case 1: jira.create(100 + number, at: now)
            case 2: jira.delete((number * 11 + seed) % 20 + 1, at: now)
            case 3: jira.assign((number * 3) % 20 + 1, to: "agent-2", by: "agent-1", at: now)
            default: jira.move((number * 13) % 20 + 1, to: "5", by: "agent-2", at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        service.wait(seconds: lag + 60)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// More issues share a moment than an answer holds, and some leave it while it is read.
    @Test(arguments: 1...30, [true, false])
    func `issues that leave a crowded minute take none with them`(request: Int, countsTokens: Bool) async throws {
        var jira = Scene.jira()
        for id in 1...7 { jira.create(id, at: Scene.minute(0)) }
        jira.countsTokens = countsTokens
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        service.meanwhile { jira, number, now in
            guard number == request else { return }
            jira.comment(on: 2, by: "agent-1", at: now)
            jira.comment(on: 3, by: "agent-1", at: now)
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        let first = Set(ledger.lastRun)
        #expect(first.isSuperset(of: (1...7).map(String.init)), "in the run itself, got \(first.sorted())")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...10)
    func `a sweep that issues vanish under takes no other for gone`(request: Int) async throws {
        var jira = Scene.jira()
        for id in 1...12 { jira.create(id, at: Scene.minute(id)) }
        jira.countsTokens = true
        let service = EmulatedService(jira)
        service.meanwhile { jira, number, now in
            if number == request { for id in [1, 2, 5, 6] { jira.delete(id, at: now) } }
        }
        let connector = try Scene.connector(service)
        var listed: [String] = []
        var place: Cursor?
        repeat {
            let page = try await connector.identifiers(of: "tickets", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: service.system.issues.keys.map(String.init)), "got \(listed)")
        #expect(Set(listed).count == listed.count)
    }

    /// HELP-9 was created after SUP-3, in the same second, and comes before it.
    @Test func `issues of one second may come in the order of their keys`() async throws {
        var jira = Scene.jira()
        let second = Scene.minute(0).microseconds
        for (id, project, tenth) in [(9, "HELP", 9), (3, "SUP", 1), (4, "SUP", 8), (5, "SUP", 2), (6, "SUP", 0)] {
            jira.create(id, at: Instant(microseconds: second + Int64(tenth) * 100_000)) { $0.project = project }
        }
        jira.sortsBySeconds = true
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        let projects = ["projects": SettingInput.list(["HELP", "SUP"])]
        try await Scene.run(&ledger, service, projects)
        #expect(ledger.lastRun.sorted() == ["3", "4", "5", "6", "9"])
        let connector = try Scene.connector(service, projects)
        let first = try await connector.identifiers(of: "tickets", after: nil)
        let next = try await connector.identifiers(of: "tickets", after: first.cursor)
        #expect((first.identifiers + next.identifiers).sorted() == ["3", "4", "5", "6", "9"])
        Scene.expectExact(ledger, service)
    }

    /// The index does not know yet that an issue has changed, but its row shows it. Others of its page are new, too.
    @Test(arguments: 1...3)
    func `a row that shows more than the index knows hides none behind it`(id: Int) async throws {
        var jira = Scene.jira()
        for id in 1...10 { jira.create(id, at: Scene.minute(id)) }
        (jira.lag, jira.showsPresentFields) = (300, true)
        let service = EmulatedService(jira)
        service.meanwhile { jira, number, now in
            if number == 2 { jira.comment(on: id, by: "agent-1", at: now) }
        }
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        #expect(Set(ledger.lastRun) == Set((1...10).map(String.init)), "in the run itself, got \(ledger.lastRun)")
        service.wait(seconds: 360)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test func `a deleted issue goes with the sweep`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        let now = service.now()
        service.edit { $0.delete(3, at: now) }
        try await Scene.run(&ledger, service)
        #expect(ledger.records["3"] == nil && ledger.lastRun == [], "nothing else is read again")
        Scene.expectExact(ledger, service)
    }

    @Test func `a record folded from a row holds nothing that is later than the row`() async throws {
        let service = EmulatedService(Scene.seven())
        service.meanwhile { jira, number, now in
            if number == 4 {
                jira.move(1, to: "5", by: "agent-1", at: now)
                jira.comment(on: 1, by: "agent-1", at: now)
            }
        }
        let page = try await Scene.connector(service).page(of: "tickets", after: nil)
        let ticket = try #require(page.records.first { $0.id == "1" }).json
        #expect(ticket["status"] == "Open" && ticket["solved_at"] == .null && ticket["reply_count"] == 0)
    }

    /// Comments that go while a long list of them is read shift the rest.
    @Test(arguments: 1...8)
    func `comments that are deleted meanwhile hide no others`(request: Int) async throws {
        var jira = Scene.jira()
        jira.create(1, at: Scene.minute(0))
        for number in 1...150 {
            jira.comment(on: 1, by: number == 105 ? "agent-1" : "customer", at: Scene.minute(number))
        }
        let service = EmulatedService(jira)
        service.meanwhile { jira, number, now in
            guard number == request else { return }
            jira.write(1, at: now) { $0.comments.removeFirst(10) }
        }
        let record = try await Scene.connector(service).page(of: "tickets", after: nil).records.first
        #expect(record?.json["first_reply_at"] == "2026-07-01T01:45:00Z" && record?.json["reply_count"] == 1)
    }

    // MARK: Clocks

    /// Minutes ago are counted on the server's clock, and so is where the next run begins.
    @Test(arguments: [-86_400, -900, 900, 86_400])
    func `a clock that is wrong loses nothing`(ahead: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, ["overlap": .text("1m")], clockAhead: ahead)
        for round in 1...3 {
            service.wait(seconds: 300)
            let now = service.now()
            service.edit { $0.comment(on: round, by: "agent-1", at: now) }
            service.wait(seconds: 120)
            try await Scene.run(&ledger, service, ["overlap": .text("1m")], clockAhead: ahead)
            #expect(ledger.lastRun == [String(round)])
        }
        Scene.expectExact(ledger, service)
    }

    /// A transport that waits, as long as Jira says, before some of the searches.
    private struct LateTransport: Transport {
        let service: EmulatedService<JiraEmulator>
        let seconds: Int

        func send(_ request: HTTPRequest) async throws(ConnectorError) -> HTTPResponse {
            if request.url.contains("search/jql"), service.requests.count % 3 != 0 { service.wait(seconds: seconds) }
            return try await service.send(request)
        }
    }

    /// Minutes ago are other ones by the time that Jira reads them.
    @Test(arguments: [59, 61, 150, 900])
    func `queries that wait before they are read lose nothing`(seconds: Int) async throws {
        var jira = Scene.jira()
        for id in 1...14 { jira.create(id, at: Scene.minute(0).advanced(bySeconds: id * 20)) }
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        let settings = try Settings(Scene.settings, against: JiraConnector.description.settings)
        let transport = LateTransport(service: service, seconds: seconds)
        let connector = try JiraConnector(
            settings: settings, context: Scene.context(transport, now: service.now))
        try await ledger.run(connector) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == (1...14).map(String.init))
        Scene.expectExact(ledger, service)
    }

    @Test func `without the server's clock ours is used`() async throws {
        var jira = Scene.seven()
        jira.showsDate = false
        let service = EmulatedService(jira)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        let now = service.now()
        service.edit { $0.comment(on: 7, by: "agent-1", at: now) }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == ["7"])
        Scene.expectExact(ledger, service)
    }

    @Test func `a list out of order is asked for again, a token that does not move on is an error`() async throws {
        let issues =
            #"[{"id":"2","fields":{"updated":"2026-07-02T00:00:00.000+0000"}},{"id":"1","fields":{"updated":"2026-07-01T00:00:00.000+0000"}}]"#
        for (list, wanted) in [
            (#"{"issues":\#(issues),"isLast":true}"#, "issues changed while they were listed: 1"),
            (#"{"issues":[],"nextPageToken":"same"}"#, "has more and does not move on"),
        ] {
            let transport = CannedTransport([
                "GET /rest/api/3/myself": .json(#"{"accountId":"a"}"#), "GET /rest/api/3/search/jql": .json(list),
            ])
            let settings = try Settings(Scene.settings, against: JiraConnector.description.settings)
            let connector = try JiraConnector(
                settings: settings, context: Scene.context(transport, now: FixedClock().now))
            await #expect {
                _ = try await connector.page(of: "tickets", after: nil)
            } throws: { "\($0)".contains(wanted) }
        }
    }
}
