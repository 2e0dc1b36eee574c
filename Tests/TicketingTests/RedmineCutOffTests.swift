import PlumblineKit
import PlumblineTesting
import Testing
import TicketingConnectors

/// What lies a second before a moment, on it and a second behind it.
@Suite struct RedmineCutOffTests {
    typealias Scene = RedmineScene

    private func around(_ moment: Instant) -> RedmineEmulator {
        var redmine = Scene.redmine()
        for (id, seconds) in [(1, -1), (2, 0), (3, 1)] {
            redmine.create(id, at: moment.advanced(bySeconds: -86_400))
            redmine.comment(on: id, by: 9, at: moment.advanced(bySeconds: seconds))
        }
        return redmine
    }

    private func connector(
        _ service: EmulatedService<RedmineEmulator>, in zone: String, _ changes: [String: SettingInput]
    ) throws -> RedmineConnector {
        let settings = try Settings(
            Scene.settings.merging(changes) { $1 }, against: RedmineConnector.description.settings)
        return try RedmineConnector(
            settings: settings,
            context: ConnectorContext(
                transport: service, files: NoFiles(), now: service.now, zone: zone, log: { _ in }))
    }

    @Test(arguments: CutOff.all)
    func `since takes its own second and leaves out the one before`(cutOff: CutOff) async throws {
        let service = EmulatedService(around(cutOff.moment))
        let page = try await connector(service, in: cutOff.zone, ["since": .text(cutOff.written)])
            .page(of: "tickets", after: nil)
        #expect(page.records.map(\.id) == ["2", "3"] && service.system.faults == [])
    }

    /// A run ends with a change at the moment. Behind it come changes of the same second, of the second before (written
    /// late) and of the second after.
    @Test(arguments: CutOff.all, ["0s", "5m"])
    func `what comes at the edge of a run comes with the next`(cutOff: CutOff, overlap: String) async throws {
        let moment = cutOff.moment
        var redmine = Scene.redmine()
        redmine.create(7, at: moment.advanced(bySeconds: -86_400))
        redmine.comment(on: 7, by: 9, at: moment)
        let service = EmulatedService(redmine, at: moment.advanced(bySeconds: 60))
        var ledger = StreamLedger("tickets")
        let settings: [String: SettingInput] = ["overlap": .text(overlap)]
        func run() async throws {
            try await ledger.run(connector(service, in: cutOff.zone, settings)) { service.wait(seconds: $0) }
        }
        try await run()
        service.edit { redmine in
            redmine.comment(on: 7, by: 10, at: moment)
            redmine.create(8, at: moment)
            redmine.create(9, at: moment.advanced(bySeconds: 1))
            if overlap != "0s" { redmine.create(10, at: moment.advanced(bySeconds: -1)) }
        }
        try await run()
        #expect(Set(ledger.lastRun).count == ledger.lastRun.count, "none doubled")
        Scene.expectExact(ledger, service)
        #expect(ledger.records["7"]?.json["reply_count"] == 2, "the change within the same second")
    }

    /// An issue changes again within the very second in which it was read, and the run goes on for longer than the overlap.
    @Test(arguments: CutOff.all)
    func `a change in the second of its reading is not lost behind a long run`(cutOff: CutOff) async throws {
        let moment = cutOff.moment
        var redmine = Scene.redmine()
        for id in 3...7 { redmine.create(id, at: moment) }
        let service = EmulatedService(redmine, at: moment, pace: 0)
        var ledger = StreamLedger("tickets")
        let settings: [String: SettingInput] = ["agents": .list(["9", "10"])]
        // The second list comes behind the newest change, a list, the statuses, three issues and a proof of identity.
        service.meanwhile { redmine, number, _ in
            guard number == 8 else { return }
            redmine.comment(on: 3, by: 10, at: moment)
            for id in [6, 7] { redmine.comment(on: id, by: 9, at: moment.advanced(bySeconds: id * 600)) }
        }
        try await ledger.run(connector(service, in: cutOff.zone, settings)) { service.wait(seconds: $0) }
        #expect(ledger.lastRun.sorted() == ["3", "4", "5", "6", "7"], "issue 3 was read before it changed again")
        service.meanwhile(nil)
        try await ledger.run(connector(service, in: cutOff.zone, settings)) { service.wait(seconds: $0) }
        Scene.expectExact(ledger, service)
    }
}
