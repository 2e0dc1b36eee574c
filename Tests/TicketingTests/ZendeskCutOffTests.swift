import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// What lies a second before a moment, on it and a second behind it.
@Suite struct ZendeskCutOffTests {
    typealias Scene = ZendeskScene

    private func connector(
        _ service: EmulatedService<ZendeskEmulator>, in zone: String, _ changes: [String: SettingInput] = [:]
    ) throws -> ZendeskConnector {
        let settings = try Settings(
            Scene.settings.merging(changes) { $1 }, against: ZendeskConnector.description.settings)
        return try ZendeskConnector(
            settings: settings,
            context: ConnectorContext(
                transport: service, files: NoFiles(), now: service.now, zone: zone, log: { _ in }))
    }

    private func around(_ moment: Instant) -> ZendeskEmulator {
        var zendesk = Scene.zendesk()
        for (id, seconds) in [(1, -1), (2, 0), (3, 1)] {
            let at = moment.advanced(bySeconds: seconds)
            zendesk.create(id, at: at)
            zendesk.ratings[id] = .init(id: id, ticket: id, score: "good", created: at, updated: at)
            zendesk.users[id] = .init(id: id, name: "N", email: "n@plumbline.example", updated: at)
        }
        for id in [880, 900, 901, 902] { zendesk.users[id]?.updated = Scene.minute(-9_999_999) }
        return zendesk
    }

    @Test(arguments: CutOff.all, ["tickets", "ratings"])
    func `since takes its own second and leaves out the one before`(cutOff: CutOff, stream: String) async throws {
        let service = EmulatedService(around(cutOff.moment), at: cutOff.moment.advanced(bySeconds: 7200))
        let page = try await connector(service, in: cutOff.zone, ["since": .text(cutOff.written)])
            .page(of: stream, after: nil)
        #expect(page.records.map(\.id) == ["2", "3"] && service.system.faults == [])
    }

    @Test func `since leaves out no user`() async throws {
        let service = EmulatedService(Scene.seven())
        let page = try await connector(service, in: "UTC", ["since": .text("2026-09-01T00:00:00Z")])
            .page(of: "users", after: nil)
        #expect(page.records.map(\.id) == ["900", "901"] && page.hasMore)
    }

    /// The export holds back the last minute. Tickets that change on its edge come with this run or the next, once.
    @Test(arguments: CutOff.all)
    func `the minute that is held back comes with the next run`(cutOff: CutOff) async throws {
        let service = EmulatedService(around(cutOff.moment), at: cutOff.moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("tickets")
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == ["1", "2"])
        service.edit { $0.create(4, at: cutOff.moment.advanced(bySeconds: 1)) }
        service.wait(seconds: 120)
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == ["3", "4"], "none lost, none doubled")
        Scene.expectExact(ledger, service)
    }

    /// Tickets that share a second are told apart by the cursor.
    @Test(arguments: CutOff.all)
    func `pages that end within a second go on within it`(cutOff: CutOff) async throws {
        var zendesk = Scene.zendesk()
        for id in 1...8 { zendesk.create(id, at: cutOff.moment) }
        let service = EmulatedService(zendesk, at: cutOff.moment.advanced(bySeconds: 7200))
        var ledger = StreamLedger("tickets")
        try await ledger.run(connector(service, in: cutOff.zone)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun == (1...8).map(String.init))
        Scene.expectExact(ledger, service)
    }

    /// A start that is not a minute old yet would be refused.
    @Test func `since may be now, or ahead`() async throws {
        let moment = FixedClock().moment
        for seconds in [-59, 0, 3600] {
            let service = EmulatedService(around(moment), at: moment)
            let written = moment.advanced(bySeconds: seconds).rfc3339
            let page = try await connector(service, in: "UTC", ["since": .text(written)]).page(
                of: "tickets", after: nil)
            #expect(page.records.isEmpty)
        }
    }

    /// The filter of ratings begins a while before the last run, so that what comes at its edge comes at all.
    @Test(arguments: CutOff.all)
    func `a rating on the edge of a run comes with the next`(cutOff: CutOff) async throws {
        let service = EmulatedService(around(cutOff.moment), at: cutOff.moment.advanced(bySeconds: 5))
        var ledger = StreamLedger("ratings")
        let settings: [String: SettingInput] = ["ratings_overlap": .text("5m")]
        try await ledger.run(connector(service, in: cutOff.zone, settings)) { service.wait(seconds: $0) }
        service.edit { zendesk in
            zendesk.ratings[4] = .init(
                id: 4, ticket: 1, score: "bad", created: cutOff.moment, updated: cutOff.moment)
        }
        try await ledger.run(connector(service, in: cutOff.zone, settings)) { service.wait(seconds: $0) }
        #expect(ledger.records.keys.sorted() == ["1", "2", "3", "4"])
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count)
    }
}
