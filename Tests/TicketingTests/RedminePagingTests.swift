import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// Reading a Redmine that changes, refuses and stays silent meanwhile.
@Suite struct RedminePagingTests {
    typealias Scene = RedmineScene

    /// What a host that fails at one request knows once the fault is mended, and how many requests a run takes.
    private func afterFault(
        at request: Int, _ break: @escaping @Sendable (inout RedmineEmulator) -> Void,
        mend: (inout RedmineEmulator) -> Void
    ) async throws -> (StreamLedger, EmulatedService<RedmineEmulator>, Bool) {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.meanwhile { redmine, number, _ in if number == request { `break`(&redmine) } }
        var hasFailed = false
        do {
            try await Scene.run(&ledger, service)
        } catch {
            hasFailed = true
        }
        service.meanwhile(nil)
        service.edit(mend)
        try await Scene.run(&ledger, service)
        return (ledger, service, hasFailed)
    }

    // MARK: Silent answers

    @Test func `closed issues come`() async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        #expect(ledger.records["2"]?.json["status"] == "Closed" && ledger.records["6"]?.json["status"] == "Rejected")
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: ["administrator", "account"])
    func `an empty list for a wrong key is a refusal, not the end`(identity: String) async throws {
        var redmine = Scene.seven()
        (redmine.requiresLogin, redmine.keys) = (false, [:])
        let connector = try Scene.connector(
            EmulatedService(redmine), ["identity": .text(identity), "agents": .text("9")])
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("the key is nobody's, or REST is switched off (identity: \(identity))") }
        await #expect(throws: ConnectorError.self) { try await connector.identifiers(of: "tickets", after: nil) }
        await #expect(throws: ConnectorError.self) { try await connector.check() }
    }

    @Test func `unless a setting says that nobody is asked`() async throws {
        var redmine = Scene.seven()
        (redmine.requiresLogin, redmine.keys) = (false, [:])
        let settings: [String: SettingInput] = ["identity": .text("unchecked"), "agents": .text("9")]
        let connector = try Scene.connector(EmulatedService(redmine), settings)
        #expect(try await connector.page(of: "tickets", after: nil).records.isEmpty)
        #expect(try await connector.check().remarks.last?.contains("a wrong key would not be noticed") == true)
    }

    @Test func `a key that is no administrator's is named as such`() async throws {
        let connector = try Scene.connector(
            EmulatedService(Scene.seven()), ["api_key": .secret(Secret("member")), "agents": .text("9")])
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("our key is no administrator's") }
    }

    @Test(arguments: ["Authorization", "X-Redmine-Switch-User"])
    func `what is not emulated is a fault when it is asked`(header: String) async throws {
        let service = EmulatedService(Scene.seven())
        let request = HTTPRequest(
            .get, "https://redmine.example/issues.json",
            headers: ["X-Redmine-API-Key": "0123456789abcdef", header: "zhang.wei"])
        _ = try await service.send(request)
        #expect(service.system.faults.count == 1)
    }

    @Test func `REST switched off is a refusal`() async throws {
        var redmine = Scene.seven()
        redmine.isRESTEnabled = false
        let connector = try Scene.connector(EmulatedService(redmine))
        let error = await #expect(throws: ConnectorError.self) { try await connector.page(of: "tickets", after: nil) }
        guard case .refused(401, _) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
    }

    /// Whatever the request at which the key ends: what was read is kept, the rest comes later, nothing is taken for gone.
    @Test(arguments: 1...26)
    func `a key that ends within a run loses nothing`(request: Int) async throws {
        let (ledger, service, hasFailed) = try await afterFault(at: request) { redmine in
            (redmine.requiresLogin, redmine.keys) = (false, [:])
            redmine.issues[3]?.isPublic = true
        } mend: {
            $0.keys = Scene.redmine().keys
        }
        Scene.expectExact(ledger, service)
        #expect(hasFailed || request > 23, "the run fails")
    }

    // MARK: Faults

    @Test(arguments: 1...23)
    func `a proxy's limit and a broken server only take time`(request: Int) async throws {
        for answer in [CannedAnswer.rateLimited, .broken] {
            let service = EmulatedService(Scene.seven())
            var ledger = StreamLedger("tickets")
            service.fail(request: request, with: answer)
            try await Scene.run(&ledger, service)
            Scene.expectExact(ledger, service)
        }
    }

    @Test(arguments: 1...23)
    func `a run that dies goes on where it stood`(request: Int) async throws {
        let service = EmulatedService(Scene.seven())
        var ledger = StreamLedger("tickets")
        service.fail(request: request, with: .html)
        await #expect(throws: ConnectorError.self) { try await Scene.run(&ledger, service) }
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    // MARK: Changes meanwhile

    /// At every request something happens: a note on an issue that was read or will be, a new one, one that goes.
    @Test(arguments: 0..<12)
    func `issues that change, come and go meanwhile are known in the end`(seed: Int) async throws {
        var redmine = Scene.redmine()
        for id in 1...20 { redmine.create(id, at: Scene.minute(id / 4)) }
        let service = EmulatedService(redmine)
        var ledger = StreamLedger("tickets")
        service.meanwhile { redmine, number, now in
            if number > 60 { return }
            switch (number + seed) % 5 {
            case 0: redmine.comment(on: (number * 7 + seed) % 20 + 1, by: 9, at: now)
            case 1: redmine.create(100 + number, at: now)
            case 2: redmine.delete((number * 11 + seed) % 20 + 1)
            case 3: redmine.assign((number * 3) % 20 + 1, to: 10, by: 9, at: now)
            default: redmine.move((number * 13) % 20 + 1, to: 3, by: 10, at: now)
            }
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service, "seed \(seed)")
    }

    @Test func `issues of one second come once each, in whatever order the server sorts them`() async throws {
        var redmine = Scene.redmine()
        for id in 1...10 {
            let finer = Instant(microseconds: Scene.minute(0).microseconds + Int64(1000 - id))
            redmine.create(id, at: finer)
        }
        for id in 11...13 { redmine.create(id, at: Scene.minute(id)) }
        let service = EmulatedService(redmine)
        var ledger = StreamLedger("tickets")
        try await Scene.run(&ledger, service)
        #expect(ledger.lastRun.sorted() == (1...13).map(String.init).sorted(), "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    /// The second holds more issues than a page, and some leave it while it is read.
    @Test(arguments: 1...12)
    func `issues that leave a crowded second take none with them`(request: Int) async throws {
        var redmine = Scene.redmine()
        for id in 1...10 { redmine.create(id, at: Scene.minute(0)) }
        let service = EmulatedService(redmine)
        var ledger = StreamLedger("tickets")
        service.meanwhile { redmine, number, now in
            guard number == request else { return }
            redmine.delete(1)
            redmine.comment(on: 2, by: 9, at: now)
            redmine.comment(on: 3, by: 9, at: now)
        }
        try await Scene.run(&ledger, service)
        service.meanwhile(nil)
        let first = Set(ledger.lastRun)
        #expect(first.isSuperset(of: (2...10).map(String.init)), "in the run itself, got \(first.sorted())")
        try await Scene.run(&ledger, service)
        Scene.expectExact(ledger, service)
    }

    @Test(arguments: 1...8)
    func `a sweep that issues vanish under takes no other for gone`(request: Int) async throws {
        var redmine = Scene.redmine()
        for id in 1...12 { redmine.create(id, at: Scene.minute(id)) }
        let service = EmulatedService(redmine)
        service.meanwhile { redmine, number, _ in
            if number == request { for id in [1, 2, 5, 6] { redmine.delete(id) } }
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

    @Test func `a list out of order is an error`() async throws {
        let items = #"[{"id":2,"updated_on":"2026-07-02T00:00:00Z"},{"id":1,"updated_on":"2026-07-01T00:00:00Z"}]"#
        let transport = CannedTransport(always: .json(#"{"issues":\#(items),"total_count":2,"offset":0,"limit":25}"#))
        let settings = try Settings(Scene.settings, against: RedmineConnector.description.settings)
        let connector = try RedmineConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock().now))
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("not in the order of updated_on: issue 1") }
    }

    @Test func `issues that are counted and not shown are an error`() async throws {
        let transport = CannedTransport(always: .json(#"{"issues":[],"total_count":7,"offset":0,"limit":25}"#))
        let settings = try Settings(Scene.settings, against: RedmineConnector.description.settings)
        let connector = try RedmineConnector(
            settings: settings, context: Scene.context(transport, now: FixedClock().now))
        await #expect {
            _ = try await connector.page(of: "tickets", after: nil)
        } throws: { "\($0)".contains("counts 7 in issues.json and shows 0") }
    }

    @Test func `projects and trackers narrow every list`() async throws {
        var redmine = Scene.seven()
        for id in [1, 2] { redmine.issues[id]?.project = "8" }
        redmine.issues[3]?.tracker = "1"
        let service = EmulatedService(redmine)
        let connector = try Scene.connector(service, ["projects": .list(["1", "7"]), "trackers": .list(["3"])])
        #expect(try await connector.count(of: "tickets") == 4)
        var ledger = StreamLedger("tickets")
        try await ledger.run(connector) { service.wait(seconds: $0) }
        #expect(ledger.records.keys.sorted() == ["5", "6", "7"])
    }
}
