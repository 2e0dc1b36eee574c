import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Reading a GLPI that changes, forgets sessions and refuses meanwhile.
@Suite struct GLPIPagingTests {
    typealias Scene = GLPIScene

    @Test func `tickets of all entities come, and no session is left`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["3"] != nil && service.system.sessions.isEmpty)
        Scene.expectExact(ledger, service)
    }

    @Test func `a session is ended where a page fails, too`() async throws {
        let service = EmulatedService(Scene.seven())
        service.fail(request: 5, with: .html)
        await #expect(throws: ConnectorError.self) {
            try await Scene.connector(service).page(of: "tickets", after: nil)
        }
        #expect(service.system.sessions.isEmpty)
    }

    /// Whatever the request: another session begins, in all entities.
    @Test(arguments: 1...60)
    func `a session that the server forgets is begun anew`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.meanwhile { glpi, number, _ in if number == request { glpi.forgetSessions() } }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test func `a session that may not enter all entities is ended, too`() async throws {
        var glpi = Scene.seven()
        glpi.staysInEntity = true
        let service = EmulatedService(glpi)
        await #expect {
            try await Scene.connector(service).page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("changeActiveEntities answered 200: false") }
        #expect(service.system.sessions.isEmpty && service.system.faults == [])
    }

    @Test(arguments: ["ITILFollowup", "ITILSolution", "Ticket_User", "TicketSatisfaction", "User", "Group_User"])
    func `a profile that may not read a part is refused, not taken for a lack of it`(kind: String) async throws {
        var glpi = Scene.seven()
        glpi.forbidden = [kind]
        let stream = ["TicketSatisfaction": "ratings", "User": "users"][kind] ?? "tickets"
        await #expect {
            _ = try await Scene.connector(EmulatedService(glpi)).page(of: stream, after: nil)
        } throws: { if case ConnectorError.refused(403, _) = $0 { true } else { false } }
    }

    @Test func `a ticket that went into the trash since it was found is gone`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        let now = service.now()
        service.edit { $0.follow(5, by: 90, at: now) }
        service.meanwhile { glpi, number, _ in if number == 5 { glpi.tickets[5]?.isDeleted = true } }
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun == [] && ledger.records["5"] == nil, "neither stored as deleted, nor kept")
        service.meanwhile(nil)
        service.edit { $0.tickets[5]?.isDeleted = false }
        try await Scene.run(&ledger, service)
        #expect(service.system.faults == [])
    }

    @Test(arguments: 1...60)
    func `a token that ends within a run loses nothing`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.meanwhile { glpi, number, _ in
            guard number == request else { return }
            glpi.credentials = []
            glpi.forgetSessions()
        }
        do {
            try await Scene.run(&ledger, service)
            #expect(service.requests.count < request + 2, "only at its end it would not be noticed")
        } catch {
            guard case ConnectorError.refused(401, _) = error else { throw error }
        }
        service.meanwhile(nil)
        service.edit { $0.credentials = Scene.glpi().credentials }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...40)
    func `a run that dies goes on where it stood, a broken server only takes time`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.fail(request: request, with: .html)
        try? await Scene.run(&ledger, service)
        service.fail(request: request % 5 + 1, with: .broken)
        service.fail(request: request % 5 + 3, with: .rateLimited)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Changes meanwhile

    @Test(arguments: 0..<8)
    func `tickets that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        var glpi = Scene.glpi()
        for id in 1...16 { glpi.create(id, at: Scene.minute(id / 4)) }
        let service = EmulatedService(glpi)
        var ledger = StreamLedger("tickets")
        service.meanwhile { glpi, number, now in
            if number > 90 { return }
            switch (number + seed) % 6 {
            case 0: glpi.follow((number * 7 + seed) % 16 + 1, by: 90, at: now)
            case 1: glpi.create(100 + number, at: now)
            case 2: glpi.purge((number * 11 + seed) % 16 + 1)
            case 3: glpi.assign((number * 3) % 16 + 1, to: 91, at: now)
            case 4: glpi.write((number * 5) % 16 + 1, at: now) { $0.isDeleted = true }
            default: glpi.solve((number * 13) % 16 + 1, by: 91, at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    /// The second holds more tickets than a page, and some leave it while it is read.
    @Test(arguments: 1...50)
    func `tickets that leave a crowded second take none with them`(request: Int) async throws {
        var glpi = Scene.glpi()
        for id in 1...8 { glpi.create(id, at: Scene.minute(0)) }
        let service = EmulatedService(glpi)
        var ledger = StreamLedger("tickets")
        service.meanwhile { glpi, number, now in
            guard number == request else { return }
            glpi.purge(1)
            for id in [2, 3] { glpi.follow(id, by: 90, at: now) }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        #expect(
            Set(ledger.lastRun).isSuperset(of: (2...8).map(String.init)), "in the run itself, got \(ledger.lastRun)")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    /// More tickets share a second than a list holds, and each list has another order.
    @Test(arguments: [4, 6, 9], ["3", "5", "50"])
    func `a crowded second whose order changes at every request loses none`(count: Int, range: String) async throws {
        var glpi = Scene.glpi()
        for id in 1...count { glpi.create(id, at: Scene.minute(0)) }
        for id in 1...2 { glpi.create(count + id, at: Scene.minute(id)) }
        glpi.shufflesTies = true
        let service = EmulatedService(glpi)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, ["range": .text(range)])
        #expect(Set(ledger.lastRun) == Set((1...count + 2).map(String.init)), "got \(ledger.lastRun)")
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        Scene.expectExact(ledger, service)
    }

    @Test func `a crowd of which lists never show all fails the run, and is not left`() async throws {
        var glpi = Scene.glpi()
        for id in 1...14 { glpi.create(id, at: Scene.minute(0)) }
        glpi.create(15, at: Scene.minute(1))
        glpi.shufflesTies = true
        let service = EmulatedService(glpi)
        var ledger = StreamLedger("tickets")
        await #expect {
            try await Scene.run(&ledger, service)
        } throws: { "\($0)".contains("raise range") }
        try await Scene.run(&ledger, service, ["range": .text("20")])
        Scene.expectExact(ledger, service)
    }

    /// What is left ends right where the next list begins.
    @Test(arguments: 1...12, 1...6)
    func `a list that shrinks to where the next one begins is no broken answer`(request: Int, left: Int) async throws {
        var glpi = Scene.glpi()
        for id in 1...12 { glpi.create(id, at: Scene.minute(0)) }
        let service = EmulatedService(glpi)
        service.meanwhile { glpi, number, _ in
            if number == request { for id in (left + 1)...12 { glpi.purge(id) } }
        }
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...14, 1...6)
    func `a sweep whose rest vanishes goes on`(request: Int, left: Int) async throws {
        var glpi = Scene.glpi()
        for id in 1...12 { glpi.create(id, at: Scene.minute(id)) }
        let service = EmulatedService(glpi)
        service.meanwhile { glpi, number, _ in
            if number == request { for id in (left + 1)...12 { glpi.purge(id) } }
        }
        let connector = try Scene.connector(service)
        var listed: [String] = []
        var place: Cursor?
        repeat {
            let page = try await connector.identifiers(of: "tickets", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: service.system.tickets.keys.map(String.init)), "got \(listed)")
    }

    @Test(arguments: 1...24)
    func `a sweep that tickets vanish under takes no other for gone`(request: Int) async throws {
        var glpi = Scene.glpi()
        for id in 1...12 { glpi.create(id, at: Scene.minute(id)) }
        let service = EmulatedService(glpi)
        service.meanwhile { glpi, number, _ in
            if number == request { for id in [1, 2, 5, 6] { glpi.purge(id) } }
        }
        let connector = try Scene.connector(service)
        var listed: [String] = []
        var place: Cursor?
        repeat {
            let page = try await connector.identifiers(of: "tickets", after: place)
            listed += page.identifiers
            place = page.cursor
        } while place != nil
        #expect(Set(listed).isSuperset(of: service.system.tickets.keys.map(String.init)), "got \(listed)")
        #expect(Set(listed).count == listed.count)
    }

    /// A list longer than a range, from whose beginning something goes while it is read.
    @Test(arguments: 5...12)
    func `followups that are deleted meanwhile hide no others`(request: Int) async throws {
        var glpi = Scene.glpi()
        glpi.create(1, at: Scene.minute(0))
        for number in 1...8 { glpi.follow(1, by: number == 4 ? 90 : 80, at: Scene.minute(number)) }
        let service = EmulatedService(glpi)
        service.meanwhile { glpi, number, now in
            if number == request { glpi.write(1, at: now) { $0.followups.removeFirst() } }
        }
        let record = try await Scene.connector(service).page(of: "tickets", after: nil).records.first
        #expect(record?.json["first_reply_at"] == "2026-07-01T00:04:00Z")
    }

    @Test(arguments: [-86_400, 86_400])
    func `a clock that is wrong loses nothing`(ahead: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service, clockAhead: ahead)
        for round in 1...3 {
            service.wait(seconds: 900)
            let now = service.now()
            service.edit { $0.follow(round, by: 90, at: now) }
            service.wait(seconds: 900)
            try await Scene.run(&ledger, service, clockAhead: ahead)
            #expect(ledger.lastRun == [String(round)])
        }
        Scene.expectExact(ledger, service)
    }
}
