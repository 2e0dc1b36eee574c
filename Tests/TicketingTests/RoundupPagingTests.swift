import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Reading a Roundup that changes, refuses and cuts its lists meanwhile.
@Suite struct RoundupPagingTests {
    typealias Scene = RoundupScene

    /// How many requests a run over seven issues takes, its sweep included.
    private static let requests = 9

    @Test func `a run ends with exactly the tracker's issues`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(ledger.rejected == ["4"] && service.requests.count == Self.requests)
        #expect(ledger.records["6"]?.json["reopen_count"] == 1)
    }

    @Test(arguments: 1...requests)
    func `a limit and a broken server only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(Scene.seven())
            var ledger = StreamLedger("tickets")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test func `the tracker's own limit is waited for`() async throws {
        var roundup = Scene.seven()
        roundup.window = RequestWindow(limit: 2, seconds: 60)
        let service = EmulatedService(roundup)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...requests)
    func `a password that changes within a run loses nothing`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.meanwhile { roundup, number, _ in if number == request { roundup.password = "another" } }
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, ["password": .secret(Secret("another"))])
        Scene.expectExact(ledger, service)
    }

    /// At every request something happens: a message, another status, a new issue, one that is retired.
    @Test(arguments: 0..<12)
    func `issues that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        var roundup = RoundupEmulator()
        for id in 1...20 { roundup.create(id, at: Scene.minute(id / 4)) }
        let service = EmulatedService(roundup)
        var ledger = StreamLedger("tickets")
        service.meanwhile { roundup, number, now in
            if number > 40 { return }
            switch (number + seed) % 5 {
            case 0: roundup.write(on: (number * 7 + seed) % 20 + 1, by: 3, at: now)
            case 1: roundup.create(100 + number, at: now)
            case 2: roundup.edit((number * 11 + seed) % 20 + 1, at: now) { $0.isRetired = true }
            case 3: roundup.edit((number * 3) % 20 + 1, at: now) { $0.owner = 4 }
            default: roundup.move((number * 13) % 20 + 1, to: seed.isMultiple(of: 2) ? "resolved" : "deferred", at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// The administrator's limit cuts the list of what changed, not that of an issue's page.
    @Test func `a list that the tracker cuts is read on behind its end`() async throws {
        var roundup = RoundupEmulator()
        for id in 1...20 { roundup.create(id, at: Scene.minute(id * 2000)) }
        roundup.mostItems = 8
        let service = EmulatedService(roundup)
        let connector = try Scene.connector(service)
        var ids: [String] = []
        for try await page in connector.pages(of: "tickets") { ids += page.records.map(\.id) }
        #expect(ids == (1...20).map(String.init))
        await #expect(throws: ConnectorError.self, "a sweep over a cut list would take issues for gone") {
            try await connector.identifiers(of: "tickets", after: nil)
        }
    }
}
