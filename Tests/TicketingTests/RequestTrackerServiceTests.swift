import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Runs over an emulated Request Tracker that changes, refuses and hides meanwhile.
@Suite struct RequestTrackerServiceTests {
    typealias Scene = RequestTrackerScene

    @Test(arguments: [true, false])
    func `a run ends with exactly the server's tickets, merged ones included`(isSuperuser: Bool) async throws {
        var tracker = Scene.seven()
        tracker.isSuperuser = isSuperuser
        let service = EmulatedService(tracker)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
        #expect(ledger.rejected == ["4"] && ledger.records["5"]?.json["merged_into_id"] == "1")
    }

    @Test(arguments: 1...14)
    func `a limit and a broken server only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(Scene.seven())
            var ledger = StreamLedger("tickets")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test(arguments: 1...14)
    func `a token that is withdrawn within a run loses nothing`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.meanwhile { tracker, number, _ in if number == request { tracker.token = "another" } }
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        service.meanwhile(nil)
        try await Scene.run(&ledger, service, ["token": .secret(Secret("another"))])
        Scene.expectExact(ledger, service)
    }

    /// At every request something happens: a reply, another status or owner, a new ticket, one that goes into another or goes.
    @Test(arguments: 0..<14)
    func `tickets that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        var tracker = RequestTrackerEmulator()
        tracker.isSuperuser = seed.isMultiple(of: 2)
        for id in 1...20 { tracker.create(id, at: Scene.minute(id / 4)) }
        let service = EmulatedService(tracker)
        var ledger = StreamLedger("tickets")
        service.meanwhile { tracker, number, now in
            if number > 60 { return }
            switch (number + seed) % 7 {
            case 0: tracker.reply(to: (number * 7 + seed) % 20 + 1, by: "li.na", at: now)
            case 1: tracker.create(100 + number, at: now)
            case 2: tracker.move((number * 11 + seed) % 20 + 1, to: "deleted", by: "li.na", at: now)
            case 3: tracker.assign((number * 3) % 20 + 1, to: 32, by: "zhang.wei", at: now)
            case 4: tracker.merge(number % 10 + 1, into: number % 10 + 11, by: "li.na", at: now)
            case 5: tracker.move((number * 5) % 20 + 1, to: "resolved", by: "li.na", at: now)
            default: tracker.move((number * 13) % 20 + 1, to: "open", by: "zhang.wei", at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// Rows that our user may not see are taken out of pages that are cut already, and nobody says that there is more.
    @Test(arguments: [[1, 2, 3], [4, 5, 6], [1, 2, 3, 4, 5, 6, 7, 8], [1, 3, 5, 7], [8, 9, 10]])
    func `tickets that are hidden from us end nothing`(hidden: [Int]) async throws {
        var tracker = RequestTrackerEmulator()
        tracker.isSuperuser = false
        for id in 1...10 { tracker.create(id, at: Scene.minute(id)) { $0.isHidden = hidden.contains(id) } }
        let service = EmulatedService(tracker)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    /// A user who may see few of many tickets is told so, instead of reading nothing and saying that all is well.
    @Test func `a user who sees none of a thousand newest tickets is told to name queues`() async throws {
        var tracker = RequestTrackerEmulator()
        tracker.isSuperuser = false
        for id in 1...1101 { tracker.create(id, at: Scene.minute(id)) { $0.isHidden = id > 1 } }
        let connector = try Scene.connector(EmulatedService(tracker))
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("may see none of the newest 1000 tickets: give 'queues'") }
    }

    @Test(arguments: [true, false])
    func `a server without tickets is read to its end`(isSuperuser: Bool) async throws {
        var tracker = RequestTrackerEmulator()
        tracker.isSuperuser = isSuperuser
        let service = EmulatedService(tracker)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        #expect(ledger.records.isEmpty && service.system.faults == [])
    }
}
